"""A project that gives a use of SECRET_KEY a ring of its own: the settings of its instances, step by step."""

import sys
from itertools import pairwise
from typing import Any

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import override_settings

A, B, C = "key-a-made-up-" * 4, "key-b-made-up-" * 4, "key-c-made-up-" * 4
Settings = dict[str, Any]


def before(key: str = A, *accepted: str) -> Settings:
    return {"SECRET_KEY": key, "SECRET_KEY_FALLBACKS": list(accepted or (key,))}


def moved(ring: str, key: str, *accepted: str, **uses: Any) -> Settings:
    return {**before(), ring: key, f"{ring}_FALLBACKS": list(accepted), **uses}


def steps(ring: str, **uses: Any) -> list[Settings]:
    """The old settings; then the new ones, whose ring begins with the key of SECRET_KEY and is rotated."""
    return [
        before(),
        moved(ring, A, A, **uses),
        moved(ring, A, B, A, **uses),
        moved(ring, B, B, A, **uses),
        moved(ring, B, B, **uses),
    ]


def side_by_side(steps: list[Settings]) -> list[tuple[Settings, Settings]]:
    """Two instances while one of them still has the step before: each makes something that the other reads."""
    return [pair for one, other in pairwise(steps) for pair in ((one, other), (other, one))]


class Cookie:
    """A signed cookie."""

    def make(self) -> str:
        response = HttpResponse()
        response.set_signed_cookie("theme", "dark", salt="made up")
        return str(response.cookies["theme"].value)

    def reads(self, made: str) -> bool:
        request = HttpRequest()
        request.COOKIES["theme"] = made
        return bool(request.get_signed_cookie("theme", default=None, salt="made up", max_age=60) == "dark")


class Messages:
    """A message that waits for the next page."""

    def make(self) -> str:
        response, storage = HttpResponse(), CookieStorage(HttpRequest())
        storage.add(constants.INFO, "saved")
        storage.update(response)
        return str(response.cookies["messages"].value)

    def reads(self, made: str) -> bool:
        request = HttpRequest()
        request.COOKIES["messages"] = made
        return list(CookieStorage(request)) == [Message(constants.INFO, "saved")]


def made_under(settings: Settings, use: Any) -> Any:
    with override_settings(**settings):
        return use.make()


def is_read_under(settings: Settings, use: Any, made: Any) -> bool:
    with override_settings(**settings):
        return bool(use.reads(made))


def forget(*packages: str) -> None:
    """Packages that read the settings when they are imported are imported anew then, as by a process that starts."""
    for name in list(sys.modules):
        if name.partition(".")[0] in (packages or TOKENS):
            del sys.modules[name]


TOKENS = ("rest_framework_simplejwt", "ninja_jwt", "rest_framework_jwt")
