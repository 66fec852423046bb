"""A ring that the settings use and do not have."""

from collections.abc import Iterator
from importlib import import_module

from django.conf import settings
from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from keybaton.django import _tokens, signing
from keybaton.django._configuration import RINGS, ring_of, setting
from keybaton.django._ring_keys import line_for, trouble_with

from ._message import error


def check(**_: object) -> list[CheckMessage]:
    """Cookies, sessions and tokens; what a project signs itself is not known before it does."""
    found = [message for use, who in uses() for message in _without(ring_of(use), who)]
    for name in sorted(set(setting("RINGS")) - set(RINGS)):
        found += error(
            "E002", f'KEYBATON["RINGS"] says a ring for {name}, which is nothing.', f"Use one of {', '.join(RINGS)}."
        )
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


OURS = "keybaton.django.sessions.signed_cookies"
