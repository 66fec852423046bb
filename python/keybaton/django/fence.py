"""The middleware that asks, before each request, whether this process may still serve."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse

from . import beats
from ._configuration import fence, setting
from .beats import Standing

RETRY_AFTER = "15"


class FenceMiddleware:
    """Stands outermost. A request that finds the lease run out waits for a beat.

    Below the floor it warns, or with KEYBATON = {"FENCE": "strict"} answers 503, until the process has the ring of now.
    """

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._exempt = tuple(setting("EXEMPT"))
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        if self._is_async:
            return self.__acall__(request)
        if request.path_info.startswith(self._exempt):
            return self.get_response(request)
        if is_fenced(beats.check("web")):
            return refusal()
        request._keybaton_fence = fence = Fence()
        return fence.over(self.get_response(request))

    async def __acall__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(self._exempt):
            return await self.get_response(request)
        if is_fenced(await standing()):
            return refusal()
        request._keybaton_fence = fence = Fence()
        return fence.over(await self.get_response(request))

    def process_exception(self, _request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal() if isinstance(exception, Fenced) else None


class Fence:
    """What stands between one request and its user."""

    def __init__(self) -> None:
        self._is_closed = False

    def ask(self) -> None:
        """Again, when somebody wants the user: the process may have been stopped since the request began."""
        self._decide(beats.check("web"))

    async def aask(self) -> None:
        """The same without blocking."""
        self._decide(await standing())

    def over(self, response: HttpResponse) -> HttpResponse:
        """The answer of the site, unless it was made of a refusal."""
        return refusal() if self._is_closed else response

    def _decide(self, standing: Standing) -> None:
        if is_fenced(standing):
            self._is_closed = True
            raise Fenced("this process is below the floor")


class Fenced(Exception):  # noqa: N818, the view that it ends is not wrong
    """Ends a view whose process may serve no more."""


def readiness(_request: HttpRequest) -> HttpResponse:
    """For a load balancer: 200, or 503 where this process is below the floor and others are not."""
    is_late = fence() != "off" and beats.check("web") is Standing.BELOW
    return refusal() if is_late else HttpResponse("ready\n", content_type="text/plain")


def is_fenced(standing: Standing) -> bool:
    """Whether a process that knows this may serve nothing."""
    return standing is Standing.BELOW and fence() == "strict"


async def standing(role: str = "web") -> Standing:
    """What this process knows, from another thread where the database has to be asked."""
    if beats.is_due():
        found: Standing = await sync_to_async(beats.check, thread_sensitive=False)(role)
        return found
    return beats.heard()


def refusal() -> HttpResponse:
    """503: another process answers, or this one in a moment."""
    text = "This process does not have the keys of now. Please try again.\n"
    response = HttpResponse(text, status=503, content_type="text/plain")
    response["Retry-After"] = RETRY_AFTER
    return response
