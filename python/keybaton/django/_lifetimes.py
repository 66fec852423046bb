"""How long what a ring has signed is good for, as far as Django's settings say it."""

from django.conf import settings

from . import _tokens
from ._configuration import RINGS, ring_of


def longest(ring: str) -> int | None:
    """In seconds; None where something that it signs has no end that is known."""
    uses = [use for use in RINGS if ring_of(use) == ring]
    spans = [_longest_of(use) for use in uses]
    known = [span for span in spans if span is not None]
    return max(known) if known and len(known) == len(spans) else None


def _longest_of(use: str) -> int | None:
    if use == "sessions":
        return int(settings.SESSION_COOKIE_AGE)
    return _tokens.longest_lifetime() if use == "tokens" else None
