"""Pages of the project that the tests of the app have."""

import asyncio

from asgiref.sync import sync_to_async
from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import path

from keybaton.django import readiness


def me(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.get_username())


async def async_me(request: HttpRequest) -> HttpResponse:
    if hasattr(request, "auser"):  # Django 5.0
        return HttpResponse((await request.auser()).get_username())
    return HttpResponse(await sync_to_async(lambda: request.user.get_username())())


async def at_once(request: HttpRequest) -> HttpResponse:
    """Asks in three tasks at once, one of them in a thread."""
    in_thread = sync_to_async(lambda: request.user.get_username())
    users = await asyncio.gather(async_me(request), async_me(request), in_thread())
    names = [user if isinstance(user, str) else user.content.decode() for user in users]
    return HttpResponse(" ".join(names))


async def put_at_once(request: HttpRequest) -> HttpResponse:
    """Stores something while another task looks for the user."""

    async def store() -> None:
        request.session["cart"] = "at once"

    await sync_to_async(request.session.keys)()
    await asyncio.gather(async_me(request), store())
    return HttpResponse("ok")


def put(request: HttpRequest) -> HttpResponse:
    request.session["cart"] = request.GET["cart"]
    return HttpResponse(request.user.get_username())


def put_nobody(request: HttpRequest) -> HttpResponse:
    request.session["cart"] = "full"
    return HttpResponse("ok")


def cart(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.session.get("cart", ""))


def interrupted(request: HttpRequest) -> HttpResponse:
    """Somebody else stores something in the session while this page is made."""
    name = request.user.get_username()
    other = type(request.session)(request.session.session_key)
    other["cart"] = "theirs"
    other.save()
    return HttpResponse(name)


def sign_in(request: HttpRequest) -> HttpResponse:
    """Believes whoever says who they are."""
    login(request, User.objects.get(username=request.GET["name"]), "django.contrib.auth.backends.ModelBackend")
    return HttpResponse("ok")


def sign_out(request: HttpRequest) -> HttpResponse:
    name = request.user.get_username()
    logout(request)
    return HttpResponse(name, status=int(request.GET["status"]))


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError(f"made up, for {request.user.get_username()}")


def nobody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def while_stopped() -> None:
    """What happens while the process stands still in the middle of a request; tests say what."""


def stopped(request: HttpRequest) -> HttpResponse:
    while_stopped()
    try:
        return HttpResponse(request.user.get_username())
    except Exception:
        if "swallow" not in request.GET:
            raise
    return HttpResponse("it went wrong")


urlpatterns = [
    path("ready/", readiness),
    path("live/", nobody),
    path("stopped/", stopped),
    path("me/", me),
    path("async/", async_me),
    path("at-once/", at_once),
    path("put-at-once/", put_at_once),
    path("put/", put),
    path("put-nobody/", put_nobody),
    path("cart/", cart),
    path("interrupted/", interrupted),
    path("sign-in/", sign_in),
    path("sign-out/", sign_out),
    path("broken/", broken),
    path("nobody/", nobody),
]
