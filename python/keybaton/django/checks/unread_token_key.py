"""A key for tokens in the settings of a package whose tokens have a ring, which has another one."""

from django.conf import settings
from django.core.checks import CheckMessage

from keybaton.django import _tokens
from keybaton.django._configuration import ring_of
from keybaton.django._ring_keys import accepted_keys, is_name, signing_key, trouble_with

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """What it has signed is refused: the ring counts alone."""
    ring = ring_of("tokens")
    if not any(map(_tokens.has_ring, _tokens.PACKAGES)) or not is_name(ring) or trouble_with(ring):
        return []
    known = [None, signing_key(ring), *accepted_keys(ring), settings.SECRET_KEY]
    names = [name for name in SETTINGS if _said_in(name) not in known]
    return [message for name in names for message in _unread(name, ring)]


def _said_in(setting: str) -> object:
    said = getattr(settings, setting, None)
    return said.get("SIGNING_KEY") if isinstance(said, dict) else None


def _unread(setting: str, ring: str) -> list[CheckMessage]:
    return warning(
        "W014",
        f"{setting} says a SIGNING_KEY that {ring} does not have: tokens that it has signed are refused.",
        f"Take it out where none of its tokens are left, or let {ring} begin with that key:"
        f" `keybaton init --ring {ring}` takes in the one that stands in its place.",
    )


SETTINGS = ("SIMPLE_JWT", "NINJA_JWT")
