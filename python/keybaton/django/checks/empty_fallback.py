"""An empty key among the fallbacks, with which anybody signs."""

from django.conf import settings
from django.core.checks import CheckMessage

from ._message import error


def check(**_: object) -> list[CheckMessage]:
    """`"".split(",")` is a list with one empty text."""
    fallbacks = settings.SECRET_KEY_FALLBACKS
    if not isinstance(fallbacks, (list, tuple)) or all(key.strip() for key in fallbacks):
        return []
    return error(
        "E001",
        "SECRET_KEY_FALLBACKS holds an empty key, with which anybody can sign cookies and messages.",
        "Take it out: keybaton.load() never gives one.",
    )
