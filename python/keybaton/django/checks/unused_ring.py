"""A ring for cookies or sessions that is there, while Django signs them with SECRET_KEY still."""

from django.conf import settings
from django.core.checks import CheckMessage

from keybaton import _load
from keybaton.django._configuration import ring_of

from ._message import warning
from .missing_ring import uses


def check(**_: object) -> list[CheckMessage]:
    """Half a move: a rotation of SECRET_KEY ends what the ring is taken for."""
    used = {use for use, _ in uses()}
    idle = [use for use in LINES if use not in used and ring_of(use) in _load.names() and ring_of(use) != "SECRET_KEY"]
    return [
        message
        for use in idle
        for message in warning(
            "W013",
            f"The settings load {ring_of(use)}, and {use} are signed with SECRET_KEY: {_said(use)}.",
            f"Put this into the settings: {LINES[use]}.",
        )
    ]


def _said(use: str) -> str:
    name = LINES[use].partition(" ")[0]
    return f"{name} is {getattr(settings, name)}"


LINES = {
    "cookies": 'SIGNING_BACKEND = "keybaton.django.signing.CookieSigner"',
    "sessions": 'SESSION_ENGINE = "keybaton.django.sessions.signed_cookies"',
}
