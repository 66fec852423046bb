"""The middleware that keeps users logged in while the key changes."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth import middleware
from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject, SimpleLazyObject, empty

from ._keep import Keeper
from ._reload import follow

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class KeepUsersMixin:
    """For a project's own AuthenticationMiddleware: `class Ours(KeepUsersMixin, AuthenticationMiddleware)`.

    Where the hash in a session was made with a key that is only accepted, the user stays, and the hash is made anew in
    place: same session id, same expiry, no cookie, nothing else changed. Django's own way gives the session a new id,
    which logs out the parallel requests of the same browser. A password change still ends the session.

    Nothing is read before somebody asks for the user.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Lets request.user and request.auser() be found as before, by way of a keeper."""
        follow()
        keeper = Keeper.of(request)
        # A middleware that looks for the user at once does it here.
        response: HttpResponse | None = keeper.user(partial(super().process_request, request))  # type: ignore[misc]
        user = getattr(request, "user", None)
        if isinstance(user, LazyObject) and user._wrapped is empty:
            request.user = SimpleLazyObject(partial(keeper.user, partial(_find, request, user)))
        if hasattr(request, "auser"):
            request.auser = partial(keeper.auser, partial(_afind, request, request.auser))
        return response

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        """What a request comes to; the session is brought up behind the view, and so outside its transaction."""
        response = super().__call__(request)  # type: ignore[misc]
        if not iscoroutinefunction(self.get_response):  # type: ignore[attr-defined]
            Keeper.of(request).finish(response)
        return response

    async def __acall__(self, request: HttpRequest) -> HttpResponse:
        response = await super().__acall__(request)  # type: ignore[misc]
        keeper = Keeper.of(request)
        if keeper.has_work:
            await sync_to_async(keeper.finish)(response)
        return response


class AuthenticationMiddleware(KeepUsersMixin, middleware.AuthenticationMiddleware):  # type: ignore[misc]
    """Django's AuthenticationMiddleware, with which no user is logged out while the key changes."""


def _find(request: HttpRequest, lazy: LazyObject) -> "AbstractBaseUser":
    """Whom a lazy user stands for, looked for each time anew, once the fence has been asked, where there is one."""
    if fence := getattr(request, "_keybaton_fence", None):
        fence.ask()
    lazy._setup()
    return lazy._wrapped


async def _afind(request: HttpRequest, find: "Callable[[], Awaitable[AbstractBaseUser]]") -> "AbstractBaseUser":
    if fence := getattr(request, "_keybaton_fence", None):
        await fence.aask()
    return await find()
