"""Django finds the user of a request, and the session keeps its id and its row."""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from . import _engines
from ._engines import Upgrade
from ._roles import is_next

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

Found = TypeVar("Found")


class Keeper:
    """What becomes of the session of one request while Django looks for its user.

    Django gives a session whose hash was made with a fallback a new id, and ends one whose hash nothing matches. It
    calls two methods of the session for that, and others stand in their place here: they act where Django's own
    functions call them for those reasons, and hand on whatever else they are called for.

    A session that is no SessionBase is left to Django alone.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._session = session = _session_of(request)
        self._upgrade: Upgrade | None = None
        is_known = isinstance(session, SessionBase)
        if is_known:
            _engines.guard(session)
        names = _shadowed() if is_known else ()
        self._real = {name: getattr(session, name) for name in names}
        for name in names:
            setattr(session, name, getattr(self, f"_{name}"))

    @classmethod
    def of(cls, request: HttpRequest) -> "Keeper":
        """The keeper of this request: one, however many middlewares there are that keep users."""
        keeper: Keeper | None = getattr(request, "_keybaton", None)
        if keeper is None or keeper._session is not _session_of(request):
            request._keybaton = keeper = cls(request)
        return keeper

    def user(self, find: Callable[[], Found]) -> Found:
        """What `find` gives, which has Django look for the user."""
        with self._watched() as watch:
            found = find()
        if watch.ended and self._is_renewed():
            self._forget("_cached_user")
            with self._watched() as watch:
                found = find()
        self._settle(watch)
        if watch.ended:
            self._real["flush"]()
        return found

    async def auser(self, find: Callable[[], Awaitable[Found]]) -> Found:
        """The same without blocking."""
        with self._watched() as watch:
            found = await find()
        if watch.ended and await sync_to_async(self._is_renewed)():
            self._forget("_acached_user")
            with self._watched() as watch:
                found = await find()
        self._settle(watch)
        if watch.ended:
            flush = self._real.get("aflush") or sync_to_async(self._real["flush"])
            await flush()
        return found

    @property
    def has_work(self) -> bool:
        """Whether `finish` may have to touch the store."""
        return self._upgrade is not None

    def finish(self, response: HttpResponse | None = None) -> None:
        """Brings the session up in its store, unless this response saves it anyway, or it has another end by now."""
        upgrade, self._upgrade = self._upgrade, None
        if upgrade is None or self._session._session.get(auth.HASH_SESSION_KEY) != upgrade.new:
            return
        if response is None or not _engines.is_saved_anyway(self._session, response):
            _engines.bring_up(self._session, upgrade)

    @contextmanager
    def _watched(self) -> Iterator["_Watch"]:
        """While Django looks for the user. Tasks and threads of one request each have a watch of their own."""
        watch = _Watch(self._session)
        token = _watch.set(watch)
        try:
            yield watch
        finally:
            _watch.reset(token)

    def _is_renewed(self) -> bool:
        """Whether the session came from a cache whose copy was old, and is read from behind it now."""
        return _engines.is_renewed(self._session)

    def _forget(self, name: str) -> None:
        """Django keeps the user that it has found with the request."""
        vars(self._request).pop(name, None)

    def _settle(self, watch: "_Watch") -> None:
        """After Django has found the hash of a fallback: what it wrote stays, unless other processes would undo it."""
        if (match := watch.match) is None:
            return
        data = self._session._session
        if is_next(match.maker):
            data[auth.HASH_SESSION_KEY] = match.made
        else:
            self._upgrade = Upgrade(match.made, data[auth.HASH_SESSION_KEY])
        self._session.modified = match.was_modified

    def _cycle_key(self) -> None:
        if not self._has_matched(sys._getframe(1)):
            self._real["cycle_key"]()

    def _acycle_key(self) -> Awaitable[None]:
        has_matched = self._has_matched(sys._getframe(1))
        return _nothing() if has_matched else self._real["acycle_key"]()

    def _flush(self) -> None:
        if not self._is_kept(sys._getframe(1)):
            self._real["flush"]()

    def _aflush(self) -> Awaitable[None]:
        is_kept = self._is_kept(sys._getframe(1))
        return _nothing() if is_kept else self._real["aflush"]()

    def _has_matched(self, caller: FrameType) -> bool:
        """Whether Django found the hash of a fallback. Somebody who asks it past the middleware saves the session."""
        if not _is_one_of(caller, "get_user", "aget_user"):
            return False
        if watch := self._watch_here():
            # What Django has compared: another task of this request may have changed the session since.
            made = caller.f_locals.get("session_hash") or self._session._session[auth.HASH_SESSION_KEY]
            watch.match = _Match(made, _maker_of(made, caller.f_locals.get("user")), self._session.modified)
        return True

    def _is_kept(self, caller: FrameType) -> bool:
        """Whether the session is not to be ended, or not yet."""
        if _is_one_of(caller, "login", "alogin") or _is_of_channels(caller):
            return self._is_his(caller.f_locals.get("user"))
        watch = self._watch_here() if _is_one_of(caller, "get_user", "aget_user") else None
        if watch:
            watch.ended = True
        return watch is not None

    def _watch_here(self) -> "_Watch | None":
        watch = _watch.get()
        return watch if watch and watch.session is self._session else None

    def _is_his(self, user: "AbstractBaseUser | None") -> bool:
        """Whether somebody logs in again whose session is his, made with another key that is accepted."""
        made = self._session._session.get(auth.HASH_SESSION_KEY)
        if not made or user is None or auth._get_user_session_key(self._request) != user.pk:
            return False
        return any(constant_time_compare(made, hash_) for hash_ in _fallback_hashes(user))


@dataclass(frozen=True, slots=True)
class _Match:
    """The hash that a fallback has made, that fallback where it is known, and whether the session was modified."""

    made: str = field(repr=False)
    maker: str | None = field(repr=False)
    was_modified: bool


@dataclass(slots=True)
class _Watch:
    """What happened while Django looked for the user."""

    session: SessionBase
    ended: bool = False
    match: _Match | None = None


def _session_of(request: HttpRequest) -> SessionBase:
    """None where there is none: Django says what is missing then."""
    return getattr(request, "session", None)


def _maker_of(made: str, user: "AbstractBaseUser | None") -> str | None:
    """The fallback that made this hash; None where a user model leaves some out, so that none can be told."""
    hashes, keys = _fallback_hashes(user), list(settings.SECRET_KEY_FALLBACKS)
    pairs = zip(keys, hashes, strict=True) if len(hashes) == len(keys) else ()
    return next((key for key, hash_ in pairs if constant_time_compare(made, hash_)), None)


def _fallback_hashes(user: "AbstractBaseUser | None") -> list[str]:
    """None for users that know no fallbacks: models that are not made from Django's."""
    return list(getattr(user, "get_session_auth_fallback_hash", tuple)())


def _is_one_of(caller: FrameType, *names: str) -> bool:
    """By name: tools that trace put functions of their own around Django's."""
    return caller.f_code.co_name in names and caller.f_globals.get("__name__") == auth.__name__


def _is_of_channels(caller: FrameType) -> bool:
    """Channels has functions of its own, which know no fallbacks; a consumer may call them while it is connected."""
    return caller.f_code.co_name in ("get_user", "login") and caller.f_globals.get("__name__") == "channels.auth"


@cache
def _shadowed() -> tuple[str, ...]:
    """What Django calls of a session: before 5.1 it had nothing for those who do not block."""
    return tuple(name for name in ("cycle_key", "acycle_key", "flush", "aflush") if hasattr(SessionBase, name))


async def _nothing() -> None:
    return None


_watch: ContextVar[_Watch | None] = ContextVar("keybaton_watch", default=None)
