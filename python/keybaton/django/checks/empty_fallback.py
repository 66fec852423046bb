"""An empty key among the fallbacks, with which anybody signs."""

from django.conf import settings
from django.core.checks import CheckMessage

from ._message import error


def check(**_: object) -> list[CheckMessage]:
    """`"".split(",")` is a list with one empty text."""
    fallbacks = settings.SECRET_KEY_FALLBACKS
    listed = fallbacks if isinstance(fallbacks, (list, tuple)) else ()
    if all(key.strip() for key in listed if isinstance(key, (str, bytes))):
        return []
    return error(
        "E001",
        "SECRET_KEY_FALLBACKS holds an empty key, with which anybody can sign cookies and messages.",
        "Take it out: keybaton.load() never gives one.",
    )
