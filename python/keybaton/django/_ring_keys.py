"""The keys of a ring as they stand in the settings, under its own name: NAME and NAME_FALLBACKS."""

import re

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def signing_key(ring: str) -> str:
    """The key that signs. Raises ImproperlyConfigured where the settings have none."""
    if trouble := _key_trouble(ring):
        raise ImproperlyConfigured(f"{trouble}\nhint: put this into the settings: {line_for(ring)}")
    return str(getattr(settings, ring))


def accepted_keys(ring: str) -> list[str]:
    """Every key that is accepted. Raises ImproperlyConfigured where the settings have no list of them."""
    if trouble := _list_trouble(ring):
        raise ImproperlyConfigured(f"{trouble}\nhint: put this into the settings: {line_for(ring)}")
    return list(getattr(settings, f"{ring}_FALLBACKS"))


def trouble_with(ring: str) -> str | None:
    """What is wrong with a ring in the settings, in one sentence."""
    return _key_trouble(ring) or _list_trouble(ring)


def _key_trouble(ring: str) -> str | None:
    """Found here, so that no frame behind the error holds a key: an error page would show it."""
    return None if _is_key(getattr(settings, _sound(ring), None)) else f"the settings have no key {ring}"


def _list_trouble(ring: str) -> str | None:
    keys = getattr(settings, f"{_sound(ring)}_FALLBACKS", None)
    if not isinstance(keys, list | tuple):
        return f"the settings have no list {ring}_FALLBACKS"
    # With an empty one anybody signs.
    return None if all(map(_is_key, keys)) else f"{ring}_FALLBACKS holds an empty key, or one that is no text"


def line_for(ring: str) -> str:
    """What to write into the settings."""
    return f'{ring}, {ring}_FALLBACKS = keybaton.load("{ring}")'


def _sound(ring: str) -> str:
    """The same name. What cannot be one is not repeated: it may be a key, given in the place of its name."""
    if not is_name(ring):
        raise ImproperlyConfigured(
            "the name of a ring in the settings is one of capital letters, digits and underscores\n"
            'hint: give the name, not the key, as in ring="LINK_SIGNING_KEY"'
        )
    return ring


def is_name(ring: object) -> bool:
    return isinstance(ring, str) and re.fullmatch(r"[A-Z_][A-Z0-9_]{0,63}", ring) is not None


def _is_key(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
