"""A WebSocket that stays open while the key changes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.backends.base import SessionBase

from keybaton import _load

from . import _reload
from ._keep import Keeper
from ._throwaway import refuse_throwaway
from .fence import is_fenced, standing

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Socket:
    """One connection. A message that comes or goes is let through while the process may serve, and the session is good.

    The session is looked at again when the ring has changed: nobody finds a user anew for each message, so that what a
    consumer stores would bring the hash of a former key back, and a session that a revoked key has made would go on.
    """

    def __init__(self, session: SessionBase, receive: Receive, send: Send) -> None:
        self._session, self._receive, self._send = session, receive, send
        self._generation = _load.generation()
        self._is_closed = False

    async def receive(self) -> Message:
        """The next message for the consumer."""
        message = await self._receive()
        if message["type"] == "websocket.receive" and not await self._goes_on():
            return {"type": "websocket.disconnect", "code": TRY_AGAIN}
        return message

    async def send(self, message: Message) -> None:
        """Hands on what the consumer says."""
        if self._is_closed or (message["type"] == "websocket.send" and not await self._goes_on()):
            return
        await self._send(message)

    async def _goes_on(self) -> bool:
        if self._is_closed:
            return False
        if await _is_fenced() or not await self._is_good():
            self._is_closed = True
            await self._send({"type": "websocket.close", "code": TRY_AGAIN})
        return not self._is_closed

    async def _is_good(self) -> bool:
        generation = _load.generation()
        if generation == self._generation:
            return True
        self._generation = generation
        return bool(await sync_to_async(_is_still_theirs)(_unwrapped(self._session)))


async def is_refused(receive: Receive, send: Send) -> bool:
    """Whether this process may serve nobody who connects now; whoever does is sent away."""
    refuse_throwaway()
    if not await _is_fenced():
        return False
    await receive()
    await send({"type": "websocket.close", "code": TRY_AGAIN})
    return True


def find_user(session: SessionBase) -> "AbstractBaseUser | AnonymousUser":
    """Whose session it is; its hash is made anew where a former key has made it."""
    connection = _Connection(_unwrapped(session))
    keeper = Keeper(connection)
    user = keeper.user(partial(get_user, connection))
    keeper.finish()
    return user


@dataclass
class _Connection:
    """As much of a request as Django needs to find its user."""

    session: SessionBase


async def _is_fenced() -> bool:
    if _reload.is_due():
        await sync_to_async(_reload.follow, thread_sensitive=False)()
    return is_fenced(await standing("websocket"))


def _is_still_theirs(session: SessionBase) -> bool:
    """Whether what is stored is the session of the same user still. Nothing is ended here: the next request does it."""
    user = session.get(SESSION_KEY)
    if user is None:
        return True
    stored = type(session)(session.session_key)
    stored.flush = _nothing
    if not find_user(stored).is_authenticated or stored.get(SESSION_KEY) != user:
        return False
    session._session[HASH_SESSION_KEY] = stored[HASH_SESSION_KEY]
    return True


def _unwrapped(session: SessionBase) -> SessionBase:
    """Channels has it in a lazy object."""
    found: SessionBase = getattr(session, "_wrapped", session)
    return found


def _nothing() -> None:
    pass


TRY_AGAIN = 1012  # "service restart": whoever is connected may connect again, to a process that serves
