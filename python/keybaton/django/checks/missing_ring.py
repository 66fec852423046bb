"""A ring that the settings use and do not have."""

from collections.abc import Iterator
from importlib import import_module

from django.conf import settings
from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from keybaton.django import _tokens, signing
from keybaton.django._configuration import RINGS, ring_of, setting
from keybaton.django._ring_keys import is_name, line_for, trouble_with

from ._message import error


def check(**_: object) -> list[CheckMessage]:
    """Cookies, sessions and tokens; what a project signs itself is not known before it does."""
    missing = [message for use, who in uses() if is_name(ring_of(use)) for message in _without(ring_of(use), who)]
    return [*_misnamed(), *missing]


def _misnamed() -> list[CheckMessage]:
    """What is no name is not repeated: it may be a key."""
    said = setting("RINGS")
    if not isinstance(said, dict):
        return error("E002", 'KEYBATON["RINGS"] is no dictionary.', f"Write it as {RINGS}, or leave it out.")
    found = []
    for use, ring in said.items():
        if use not in RINGS:
            found += error("E002", f'KEYBATON["RINGS"] says a ring for {use}, which is nothing.', ONE_OF)
        elif not is_name(ring):
            found += error("E002", f'What KEYBATON["RINGS"] says for {use} is no name of a ring.', A_NAME)
    return found


def uses() -> Iterator[tuple[str, str]]:
    """What has a ring of its own in this process, and which setting says so."""
    if _is_below(settings.SIGNING_BACKEND, signing.CookieSigner):
        yield "cookies", "SIGNING_BACKEND"
    if _has_our_engine():
        yield "sessions", "SESSION_ENGINE"
    if any(map(_tokens.has_ring, _tokens.PACKAGES)):
        yield "tokens", "INSTALLED_APPS"


def _without(ring: str, who: str) -> list[CheckMessage]:
    trouble = trouble_with(ring)
    if trouble is None:
        return []
    return error("E002", f"{who} asks for a ring, and {trouble}.", f"Put this into the settings: {line_for(ring)}.")


def _is_below(name: str, kind: type) -> bool:
    try:
        found = import_string(name)
    except ImportError:  # Django says so itself
        return False
    return isinstance(found, type) and issubclass(found, kind)


def _has_our_engine() -> bool:
    """Without importing ours in a project that has no sessions at all."""
    try:
        store = import_module(settings.SESSION_ENGINE).SessionStore
    except (AttributeError, ImportError, RuntimeError):
        return False
    return any(kind.__module__ == OURS for kind in store.__mro__)


ONE_OF = f"Use one of {', '.join(RINGS)}."
A_NAME = "Say the name, not the key, in capital letters, digits and underscores."
OURS = "keybaton.django.sessions.signed_cookies"
