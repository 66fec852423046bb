"""What a project says in its settings: KEYBATON = {...}."""

import os
from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    "DATABASE": "default",  # the alias of the database that the beats and the floor stand in
    "FENCE": "warn",  # one of FENCES
    "EXEMPT": (),  # paths that the fence leaves alone: what they begin with
    "RINGS": {},  # which ring is for what, where it is not called as in RINGS
    "THREAD": None,  # whether a thread beats; None: where threads run
}
FENCES = ("warn", "strict", "off")


# The rings of what has one of its own.
RINGS = {
    "cookies": "COOKIE_SIGNING_KEY",
    "sessions": "SESSION_SIGNING_KEY",
    "tokens": "JWT_SIGNING_KEY",
    "fields": "FIELD_ENCRYPTION_KEY",
}


def setting(name: str) -> Any:
    """One of these, as the project says it, else as it is by default."""
    return getattr(settings, "KEYBATON", DEFAULTS).get(name, DEFAULTS[name])


def ring_of(use: str) -> str:
    """The name of the ring that cookies, sessions or tokens are signed with, or fields are encrypted with."""
    return str({**RINGS, **rings_said()}[use])


def rings_said() -> dict[str, Any]:
    """What a project calls its rings; nothing where that is no dictionary, which a check says."""
    said = setting("RINGS")
    return said if isinstance(said, dict) else {}


def fence() -> str:
    """ "warn", "strict" or "off": the variable KEYBATON_FENCE comes first, so that nobody has to change a release."""
    said = os.environ.get("KEYBATON_FENCE") or setting("FENCE")
    return said if said in FENCES else "warn"
