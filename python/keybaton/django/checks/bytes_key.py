"""Keys that are bytes."""

from django.conf import settings
from django.core.checks import CheckMessage

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """Django signs with them, but `check --deploy` ends in a TypeError, and a ring holds texts."""
    fallbacks = settings.SECRET_KEY_FALLBACKS
    listed = fallbacks if isinstance(fallbacks, (list, tuple)) else ()
    if all(isinstance(key, str) for key in (settings.SECRET_KEY, *listed)):
        return []
    return warning(
        "W002",
        "A key in SECRET_KEY or SECRET_KEY_FALLBACKS is no text.",
        "Decode it in the settings: Django's `check --deploy` cannot look at bytes.",
    )
