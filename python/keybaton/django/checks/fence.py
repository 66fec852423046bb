"""The fence, and its place."""

from django.contrib.sessions.middleware import SessionMiddleware
from django.core.checks import CheckMessage

from keybaton.django._configuration import fence
from keybaton.django.fence import FenceMiddleware

from ._chain import places_of
from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """A strict one that is not there, and one that stands behind what it is to keep from sessions."""
    fences = places_of(FenceMiddleware)
    if not fences and fence() == "strict":
        return warning("W010", "FENCE is strict, and there is no FenceMiddleware.", FIRST)
    if any(session < place for session in places_of(SessionMiddleware) for place in fences):
        return warning("W010", "FenceMiddleware stands behind SessionMiddleware.", FIRST)
    return []


FIRST = "Put keybaton.django.FenceMiddleware first in MIDDLEWARE: it keeps a process without the key from each session."
