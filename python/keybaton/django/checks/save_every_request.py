"""Sessions that are saved with every request, by processes that cannot read them too."""

from django.conf import settings
from django.core.checks import CheckMessage

from keybaton.django._configuration import fence
from keybaton.django.fence import FenceMiddleware

from ._chain import places_of
from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """Only a strict fence keeps a process from serving that lacks the key."""
    is_fenced = fence() == "strict" and bool(places_of(FenceMiddleware))
    if not settings.SESSION_SAVE_EVERY_REQUEST or is_fenced:
        return []
    return warning(
        "W009",
        "SESSION_SAVE_EVERY_REQUEST is on: a process that lacks the new key empties each session that it is shown.",
        "Put keybaton.django.FenceMiddleware first in MIDDLEWARE, and say"
        ' KEYBATON = {"FENCE": "strict"}, or turn the setting off.',
    )
