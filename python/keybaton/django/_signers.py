"""Signers that were made before the key changed: those of a module, those that an object keeps."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from django.core.signing import Signer

from keybaton import _load

from . import _owners
from .signing import COOKIES, RingKeys


def rekey(ring: str, signing: str, accepted: list[str]) -> None:
    """Gives every Signer that lives the keys that count now, where it had one of this ring."""
    known = _load.ever_given(ring)
    for signer in living():
        if ring_of(signer) != ring:
            continue
        key = _attribute(signer, "key")
        dress: Callable[[str], str | bytes] = _for_cookies if isinstance(key, bytes) else str
        if key not in [dress(key) for key in known]:
            continue
        with suppress(Exception):  # one of a project's own that does not let itself be changed
            # Every key meanwhile, as the settings have it.
            signer.fallback_keys = [dress(key) for key in dict.fromkeys([signing, *accepted, *known])]
            signer.key = dress(signing)
            signer.fallback_keys = [dress(key) for key in accepted]


def ring_of(signer: Signer) -> str | None:
    """The ring whose key it has; one that is just being made has none yet, and reads the settings of now."""
    if issubclass(type(signer), RingKeys):
        return str(_attribute(signer, "ring"))
    key = _attribute(signer, "key")
    text = key.removeprefix(COOKIES).decode(errors="replace") if isinstance(key, bytes) else key
    return _load.giver_of(key) or _owners.by_value(text)


def keys_of(signer: object) -> list[list[object]]:
    """What it signs with, and what it accepts; an iterator is left as it is, since to look is to use it up."""
    accepted = _attribute(signer, "fallback_keys")
    return [[_attribute(signer, "key")], list(accepted) if isinstance(accepted, list | tuple) else []]


def living() -> Iterator[Signer]:
    """By their type alone: to ask some objects for their class is to make them find a user in the database."""
    return (found for found in _everything() if issubclass(type(found), Signer))


def place_of(signer: Signer) -> str:
    """The module that has it, else the one that its class comes from."""
    for name, module in list(sys.modules.items()):
        if any(value is signer for value in list(getattr(module, "__dict__", {}).values())):
            return name
    return type(signer).__module__


def _everything() -> list[Any]:
    """What was frozen too, as servers do before they fork: it is in no list then."""
    was_frozen = gc.get_freeze_count() > 0
    if was_frozen:
        gc.unfreeze()
    found = gc.get_objects()
    if was_frozen:
        gc.freeze()
    return found


def _attribute(signer: object, name: str) -> object:
    try:
        return getattr(signer, name, None)
    except Exception:  # noqa: BLE001, one of a project's own
        return None


def _for_cookies(key: str) -> bytes:
    return COOKIES + key.encode()
