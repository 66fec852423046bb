"""Users who stay logged in while the key changes, behind Channels.

In asgi.py, in the place of Channels' own:

    from keybaton.channels import AuthMiddlewareStack

Channels tries no fallbacks: with the key that was promoted it ends each session that the old one made, in the table
too, so that one WebSocket logs its user out of the whole site.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from channels import auth
from channels.db import database_sync_to_async
from channels.sessions import CookieMiddleware, SessionMiddleware

from .django._socket import Socket, find_user, is_refused

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

__all__ = ["AuthMiddleware", "AuthMiddlewareStack", "get_user"]
Application = Callable[..., Any]


class AuthMiddleware(auth.AuthMiddleware):  # type: ignore[misc]
    """Channels' AuthMiddleware, which finds the user as Django does, and keeps the session as keybaton.django does.

    With each message it asks what FenceMiddleware asks with each request.
    """

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if scope["type"] != "websocket":
            return await super().__call__(scope, receive, send)
        if await is_refused(receive, send):
            return None
        socket = Socket(scope.get("session"), receive, send)
        return await super().__call__(scope, socket.receive, socket.send)

    async def resolve_scope(self, scope: dict[str, Any]) -> None:
        """Finds who is connected; the session is brought up at once, since a WebSocket has no answer to wait for."""
        scope["user"]._wrapped = await get_user(scope)


def AuthMiddlewareStack(inner: Application) -> Application:  # noqa: N802, as Channels calls it
    """Cookies, the session and the user, in one."""
    stack: Application = CookieMiddleware(SessionMiddleware(AuthMiddleware(inner)))
    return stack


async def get_user(scope: dict[str, Any]) -> "AbstractBaseUser | AnonymousUser":
    """Who is connected, for a consumer that wants to know it anew; in the place of channels.auth's."""
    return await database_sync_to_async(find_user)(scope["session"])
