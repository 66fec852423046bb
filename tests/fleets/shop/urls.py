"""The pages that browsers ask for."""

import hashlib
import time
from pathlib import Path

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from keybaton.django import readiness

from . import tokens


def sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in whoever says who they are."""
    user = User.objects.get(username=request.GET["name"])
    login(request, user)
    return HttpResponse(user.get_username())


def mail(request: HttpRequest) -> HttpResponse:
    """Hands out a reset token and a link, as by mail, and sets a signed cookie."""
    user = User.objects.get(username=request.GET["name"])
    mails = {"reset": default_token_generator.make_token(user), "link": signing.dumps(user.get_username())}
    response = JsonResponse({"user": request.user.get_username(), "mails": mails})
    response.set_signed_cookie("seen", user.get_username())
    return response


def accepts(request: HttpRequest) -> HttpResponse:
    """Which of a user's reset token, link and signed cookie are refused."""
    user = User.objects.get(username=request.GET["name"])
    checks = {
        "reset": default_token_generator.check_token(user, request.GET["reset"]),
        "link": tokens.is_good(request.GET["link"]),
        "cookie": request.get_signed_cookie("seen", default=None) == user.get_username(),
    }
    refused = [name for name, is_good in checks.items() if not is_good]
    return JsonResponse({"user": request.user.get_username(), "refused": refused})


def task(request: HttpRequest) -> HttpResponse:
    """Hands a link to a Celery worker, which hands one back: each verifies the other's."""
    from . import tasks

    name = request.user.get_username()
    told = tasks.verify_and_make.delay(signing.dumps("from the web")).get(timeout=60)
    checks = {"by the worker": told["is_good"], "of the worker": tokens.is_good(told["made"])}
    return JsonResponse({"user": name, "refused": [name for name, is_good in checks.items() if not is_good]})


def me(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.get_username())


def put(request: HttpRequest) -> HttpResponse:
    name = request.user.get_username()
    request.session[request.GET["key"]] = 1
    return HttpResponse(name)


def stored(request: HttpRequest) -> HttpResponse:
    return HttpResponse(" ".join(key for key in request.session.keys() if not key.startswith("_")))  # noqa: SIM118


def slow(request: HttpRequest) -> HttpResponse:
    """Says that it has begun, and asks for the user when it is told to go on."""
    (settings.FOLDER / "begun").touch()
    go: Path = settings.FOLDER / "go"
    while not go.exists():
        time.sleep(0.05)
    return me(request)


def public(_: HttpRequest) -> HttpResponse:
    """A page for everybody, which needs no database."""
    return HttpResponse("welcome")


def clock(_: HttpRequest) -> HttpResponse:
    return HttpResponse(time.time())


def keys(_: HttpRequest) -> HttpResponse:
    """A mark of the keys that this process has."""
    return HttpResponse(
        hashlib.sha256(",".join([settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]).encode()).hexdigest()
    )


urlpatterns = [
    path("sign-in/", sign_in),
    path("mail/", mail),
    path("accepts/", accepts),
    path("task/", task),
    path("me/", me),
    path("put/", put),
    path("stored/", stored),
    path("slow/", slow),
    path("public/", public),
    path("live/", public),
    path("ready/", readiness),
    path("clock/", clock),
    path("keys/", keys),
]
