"""What projects put in the place of Django's own: middleware, users, backends."""

from collections.abc import Callable
from typing import ClassVar

from django.contrib import auth
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from keybaton.django import KeepUsersMixin


class Eager(AuthenticationMiddleware):  # type: ignore[misc]
    """Looks for the user whether somebody asks or not."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = auth.get_user(request)


class EagerOurs(KeepUsersMixin, Eager):
    """It, with the mixin."""


class Curious(AuthenticationMiddleware):  # type: ignore[misc]
    """Has its own way to find the user, and asks it at once."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: auth.get_user(request))
        str(request.user)


class CuriousOurs(KeepUsersMixin, Curious):
    """It, with the mixin."""


class Closed(AuthenticationMiddleware):  # type: ignore[misc]
    """Answers by itself."""

    def process_request(self, request: HttpRequest) -> HttpResponse:
        super().process_request(request)
        return HttpResponse("closed")


class ClosedOurs(KeepUsersMixin, Closed):
    """It, with the mixin."""


def past_the_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Asks Django for the user, not the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = auth.get_user(request)
        return get_response(request)

    return middleware


class Plain(dict[str, object]):
    """A session that is none of Django's, as test suites have them."""

    __slots__ = ()
    accessed = modified = False

    def flush(self) -> None:
        self.clear()


def with_a_plain_session(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.session = Plain()
        return get_response(request)

    return middleware


class Selective(User):  # type: ignore[misc]
    """Accepts the hash of the last fallback alone, and so gives fewer than there are fallbacks."""

    class Meta:
        proxy = True
        app_label = "auth"

    def get_session_auth_fallback_hash(self) -> list[str]:
        return list(super().get_session_auth_fallback_hash())[-1:]


class SelectiveBackend(ModelBackend):  # type: ignore[misc]
    def get_user(self, user_id: int) -> User:
        return Selective.objects.get(pk=user_id)


class Interrupted(User):  # type: ignore[misc]
    """Lets something else happen while Django compares hashes, as a task or thread of the same request may."""

    meanwhile: ClassVar[Callable[[], object] | None] = None

    class Meta:
        proxy = True
        app_label = "auth"

    def get_session_auth_fallback_hash(self) -> list[str]:
        happens, Interrupted.meanwhile = Interrupted.meanwhile, None
        if happens:
            happens()
        return list(super().get_session_auth_fallback_hash())


class InterruptedBackend(ModelBackend):  # type: ignore[misc]
    def get_user(self, user_id: int) -> User:
        return Interrupted.objects.get(pk=user_id)


class BrokenBackend(ModelBackend):  # type: ignore[misc]
    def get_user(self, user_id: int) -> User:  # noqa: ARG002
        raise ConnectionError("made up")
