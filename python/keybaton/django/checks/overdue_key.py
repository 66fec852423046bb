"""A key that is still accepted though nothing that it signed can be valid any more."""

import time

from django.conf import settings
from django.core.checks import CheckMessage

from keybaton._load import named_rings
from keybaton._record import Ring
from keybaton.django import _lifetimes, _owners

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """By the record of the ring; a key without one has no age."""
    return [message for name, ring in named_rings().items() for message in _of_ring(name, ring)]


def _of_ring(name: str, ring: Ring) -> list[CheckMessage]:
    longest = _longest(name)
    overdue = 0 if longest is None else _overdue(ring, time.time() - longest - GRACE)
    if longest is None or not overdue:
        return []
    return warning(
        "W004",
        f"{overdue} of the accepted keys of {name} signed for the last time more than {longest // 86400} days ago.",
        f"Run `keybaton rotate{'' if name == 'SECRET_KEY' else f' --ring {name}'}`, which says whether it can go:"
        " whoever has that key can still sign with it.",
    )


def _longest(name: str) -> int | None:
    """None for links, fields and whatever else has no end that the settings say."""
    if name == _owners.main():
        return int(max(settings.SESSION_COOKIE_AGE, settings.PASSWORD_RESET_TIMEOUT))
    return _lifetimes.longest(name)


def _overdue(ring: Ring, before: float) -> int:
    retiring = [key for key in ring.keys if key.role == "retiring"]
    return sum(key.since is not None and key.since < before for key in retiring)


# A day for whoever starts the next step by hand.
GRACE = 86400
