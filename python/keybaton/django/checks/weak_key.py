"""A signing key that could be guessed, in ways that Django's own check does not see."""

import math
from collections import Counter

from django.conf import settings
from django.core.checks import CheckMessage

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """`keybaton check` knows more ways; these need no more than the text."""
    key = settings.SECRET_KEY
    reason = _why(key) if isinstance(key, str) and key else None
    if reason is None:
        return []
    return warning("W003", f"SECRET_KEY {reason}.", "Run `keybaton rotate`, which draws one at random.")


def _why(key: str) -> str | None:
    if "insecure" in key.lower():
        return "says of itself that it is insecure"
    if key in (key + key)[1:-1]:
        return "repeats itself"
    if _bits(key) < MIN_BITS:
        return f"holds less than {MIN_BITS} bits"
    return None


def _bits(key: str) -> float:
    """How much a text holds whose characters are drawn as often as these are."""
    return -sum(count * math.log2(count / len(key)) for count in Counter(key).values())


MIN_BITS = 128
