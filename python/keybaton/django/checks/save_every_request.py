"""Sessions that are saved with every request, by processes that cannot read them too."""

from django.conf import settings
from django.core.checks import CheckMessage

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """The fence keeps a process from serving that lacks the key."""
    if not settings.SESSION_SAVE_EVERY_REQUEST or FENCE in settings.MIDDLEWARE:
        return []
    return warning(
        "W009",
        "SESSION_SAVE_EVERY_REQUEST is on: a process that lacks the new key empties each session that it is shown.",
        f"Put {FENCE} first in MIDDLEWARE, or turn the setting off.",
    )


FENCE = "keybaton.django.FenceMiddleware"
