"""Users who stay logged in while the key changes, behind Channels.

In asgi.py, in the place of Channels' own:

    from keybaton.channels import AuthMiddlewareStack

Channels tries no fallbacks: with the key that was promoted it ends each session that the old one made, in the table
too, so that one WebSocket logs its user out of the whole site.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from channels import auth
from channels.db import database_sync_to_async
from channels.sessions import CookieMiddleware, SessionMiddleware
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase

from .django import beats
from .django._keep import Keeper
from .django._reload import follow

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

Application = Callable[..., Any]


class AuthMiddleware(auth.AuthMiddleware):  # type: ignore[misc]
    """Channels' AuthMiddleware, which finds the user as Django does, and keeps the session as keybaton.django does."""

    async def resolve_scope(self, scope: dict[str, Any]) -> None:
        """Finds who is connected; the session is brought up at once, since a WebSocket has no answer to wait for."""
        scope["user"]._wrapped = await database_sync_to_async(_found)(scope)


def AuthMiddlewareStack(inner: Application) -> Application:  # noqa: N802, as Channels calls it
    """Cookies, the session and the user, in one."""
    stack: Application = CookieMiddleware(SessionMiddleware(AuthMiddleware(inner)))
    return stack


@dataclass
class _Connection:
    """As much of a request as Django needs to find its user."""

    session: SessionBase


def _found(scope: dict[str, Any]) -> "AbstractBaseUser | AnonymousUser":
    follow()
    beats.check("websocket")
    session = scope["session"]
    connection = _Connection(getattr(session, "_wrapped", session))
    keeper = Keeper(connection)
    user = keeper.user(partial(get_user, connection))
    keeper.finish()
    return user
