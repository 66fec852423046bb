"""Takes over the ring that changes in its folder, and nothing else: stock Django with that alone is the control."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from keybaton.django._reload import follow

Answer = Callable[[HttpRequest], HttpResponse]


def following(get_response: Answer) -> Answer:
    def middleware(request: HttpRequest) -> HttpResponse:
        follow()
        return get_response(request)

    return middleware
