"""The pages that browsers ask for."""

import hashlib
import json

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import path


def sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in whoever says who they are, and hands out a reset token and a link, as by mail."""
    user = User.objects.get(username=request.GET["name"])
    login(request, user)
    mails = {"reset": default_token_generator.make_token(user), "link": signing.dumps(user.get_username())}
    return HttpResponse(json.dumps(mails))


def accepts(request: HttpRequest) -> HttpResponse:
    """Which of a user's reset token and link are still good."""
    user = User.objects.get(username=request.GET["name"])
    good = ["reset"] if default_token_generator.check_token(user, request.GET["reset"]) else []
    try:
        signing.loads(request.GET["link"])
        good.append("link")
    except signing.BadSignature:
        pass
    return HttpResponse(" ".join(good))


def me(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.get_username())


def put(request: HttpRequest) -> HttpResponse:
    name = request.user.get_username()
    request.session[request.GET["key"]] = 1
    return HttpResponse(name)


def stored(request: HttpRequest) -> HttpResponse:
    return HttpResponse(" ".join(key for key in request.session.keys() if not key.startswith("_")))  # noqa: SIM118


def keys(_: HttpRequest) -> HttpResponse:
    """A mark of the keys that this process has."""
    return HttpResponse(
        hashlib.sha256(",".join([settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]).encode()).hexdigest()
    )


urlpatterns = [
    path("sign-in/", sign_in),
    path("accepts/", accepts),
    path("me/", me),
    path("put/", put),
    path("stored/", stored),
    path("keys/", keys),
]
