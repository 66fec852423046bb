"""Sessions that are saved with every request, by processes that cannot read them too."""

from django.conf import settings
from django.core.checks import CheckMessage

from keybaton.django._configuration import fence

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """Only a strict fence keeps a process from serving that lacks the key."""
    is_fenced = FENCE in settings.MIDDLEWARE and fence() == "strict"
    if not settings.SESSION_SAVE_EVERY_REQUEST or is_fenced:
        return []
    return warning(
        "W009",
        "SESSION_SAVE_EVERY_REQUEST is on: a process that lacks the new key empties each session that it is shown.",
        f'Put {FENCE} first in MIDDLEWARE with KEYBATON = {{"FENCE": "strict"}}, or turn the setting off.',
    )


FENCE = "keybaton.django.FenceMiddleware"
