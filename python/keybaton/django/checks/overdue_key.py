"""A key that is still accepted though nothing that it signed can be valid any more."""

import time

from django.conf import settings
from django.core.checks import CheckMessage

from keybaton._load import rings

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """By the record of the ring; a key without one has no age."""
    longest = max(settings.SESSION_COOKIE_AGE, settings.PASSWORD_RESET_TIMEOUT)
    before = time.time() - longest - GRACE
    retiring = [key for ring in rings() for key in ring.keys if key.role == "retiring"]
    overdue = sum(key.since is not None and key.since < before for key in retiring)
    if not overdue:
        return []
    return warning(
        "W004",
        f"{overdue} of the accepted keys signed its last session more than {longest // 86400} days ago.",
        "Run `keybaton rotate`, which says whether it can go: whoever has that key can still sign with it.",
    )


# A day for whoever starts the next step by hand.
GRACE = 86400
