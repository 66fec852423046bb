"""Fallbacks that can be gone through only once, or that are one text."""

from django.conf import settings
from django.core.checks import CheckMessage

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """A generator is used up by the first signature that is read; of a text each character is a key."""
    if isinstance(settings.SECRET_KEY_FALLBACKS, (list, tuple)):
        return []
    kind = type(settings.SECRET_KEY_FALLBACKS).__name__
    return warning(
        "W001",
        f"SECRET_KEY_FALLBACKS is a {kind}, which is no list of keys.",
        "Make it a list: of a generator only the first reader sees the keys, of a text each character is one.",
    )
