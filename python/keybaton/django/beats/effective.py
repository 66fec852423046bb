"""Which keys this process really uses: those in the settings, whatever load() returned."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from keybaton import _load
from keybaton._record import Ring
from keybaton.django import _copies, _owners

Key = str | bytes


@dataclass(frozen=True, slots=True)
class Use:
    """What a process does with the keys of one ring; the keys stand as their marks."""

    name: str
    ring: Ring
    signs: str
    accepts: list[str]
    holds: list[str]


def uses() -> list[Use]:
    """One for each ring that has a record: without its salt there are no marks."""
    rings = _load.named_rings()
    main = _owners.main()
    return [_main(name, ring) if name == main else _other(name, ring) for name, ring in rings.items()]


def _main(name: str, ring: Ring) -> Use:
    signing, fallbacks = settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS
    # Anything else may be a generator, which would be used up here.
    return _use(name, ring, signing, fallbacks if isinstance(fallbacks, list | tuple) else ())


def _other(name: str, ring: Ring) -> Use:
    signing, accepted = _load.given(name)
    fallbacks = getattr(settings, f"{name}_FALLBACKS", accepted)
    return _use(name, ring, getattr(settings, name, signing), fallbacks if isinstance(fallbacks, list | tuple) else ())


def _use(name: str, ring: Ring, signing: Key, accepted: Iterable[Key]) -> Use:
    marks = dict.fromkeys(_mark(ring, key) for key in (signing, *accepted))
    holds = _copies.holds(name, _copies.Keys.of(signing, accepted, _load.ever_given(name), name))
    return Use(name, ring, _mark(ring, signing), list(marks), holds)


def _mark(ring: Ring, key: Key) -> str:
    secret = key if isinstance(key, bytes) else str(key).encode(errors="surrogatepass")
    return base64.urlsafe_b64encode(ring.mark_of(secret)).decode().rstrip("=")
