"""What in a process keeps a key of its own, and would sign with it after the settings have changed."""

import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import reduce

from django.core.signing import Signer

# Packages that read SECRET_KEY when they are imported: the module, and where in it the key stands.
READERS = (
    ("simplejwt", "rest_framework_simplejwt.settings", "api_settings.SIGNING_KEY"),
    ("simplejwt", "rest_framework_simplejwt.state", "token_backend.signing_key"),
    ("django-ninja-jwt", "ninja_jwt.settings", "api_settings.SIGNING_KEY"),
    ("drf-jwt", "rest_framework_jwt.settings", "api_settings.JWT_SECRET_KEY"),
)


def rekey(known: set[str], signing: str, accepted: list[str]) -> None:
    """Gives every Signer that lives the keys that count now, where it had one of those that are `known`."""
    for signer in _signers():
        key = getattr(signer, "key", None)  # one that is just being made reads the settings of now
        dress: Callable[[str], str | bytes] = _for_cookies if isinstance(key, bytes) else str
        if key not in [dress(key) for key in known]:
            continue
        with suppress(AttributeError):  # one of a project's own that does not let itself be changed
            # Every key meanwhile, as the settings have it.
            signer.fallback_keys = [dress(key) for key in dict.fromkeys([signing, *accepted, *known])]
            signer.key = dress(signing)
            signer.fallback_keys = [dress(key) for key in accepted]


def holds(signing: str, known: Iterable[str]) -> list[str]:
    """The packages that still sign with a key of this ring that the settings no longer say: a restart ends that."""
    others = set(known) - {signing}
    held = (name for name, module, path in READERS if _read(module, path) in others)
    return list(dict.fromkeys(held))


def _for_cookies(key: str) -> bytes:
    return b"django.http.cookies" + key.encode()


def _signers() -> Iterator[Signer]:
    """By their type alone: to ask some objects for their class is to make them find a user in the database."""
    return (found for found in gc.get_objects() if issubclass(type(found), Signer))


def _read(module: str, path: str) -> object:
    """What stands there, where it is imported already."""
    found = sys.modules.get(module)
    try:
        return reduce(getattr, path.split("."), found) if found else None
    except Exception:  # noqa: BLE001
        return None
