"""JWTs on a ring of their own: what stands in the place of the backend that simplejwt, or ninja-jwt, has for tokens."""

import sys
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from ._configuration import ring_of
from ._ring_keys import accepted_keys, signing_key


def give_ring(package: str) -> None:
    """Lets the backend of a package sign with one key of the ring and verify with all.

    It stays the same object: projects import it, some of them before the apps are ready.
    """
    backend = import_module(f"{package}.state").token_backend
    if not backend.algorithm.startswith("HS"):
        raise ImproperlyConfigured(
            f"{package} signs tokens with {backend.algorithm}, whose keys are no texts of a ring\n"
            f"hint: take keybaton's app for {package} out of INSTALLED_APPS, or set its ALGORITHM to HS256"
        )
    if not has_ring(package):
        backend.__class__ = type("RingTokenBackend", (RingTokens, type(backend)), {})
        for name in ("signing_key", "prepared_signing_key"):
            vars(backend).pop(name, None)


def has_ring(package: str) -> bool:
    """Whether the tokens of a package have the keys of a ring."""
    return isinstance(getattr(sys.modules.get(f"{package}.state"), "token_backend", None), RingTokens)


def longest_lifetime() -> int | None:
    """How long a token of these packages lives at most, in seconds; None where none of them has the ring."""
    return max((_longest_of(package) for package in PACKAGES if has_ring(package)), default=None)


class RingTokens:
    """For a TokenBackend: its keys are what stands in the settings now."""

    algorithm: str

    @property
    def signing_key(self) -> str:
        return signing_key(ring_of("tokens"))

    @property
    def prepared_signing_key(self) -> bytes:
        return self.signing_key.encode()

    def get_verifying_key(self, token: str) -> str:
        """The key that has signed this token, or the one that signs now: the package says what is wrong then."""
        signing, *others = dict.fromkeys((self.signing_key, *accepted_keys(ring_of("tokens"))))
        return next((key for key in others if _has_signed(key, token, self.algorithm)), signing)


def _has_signed(key: str, token: str, algorithm: str) -> bool:
    from jwt import InvalidTokenError, PyJWS  # comes with these packages

    try:
        PyJWS().decode(token, key, algorithms=[algorithm])
    except InvalidTokenError:
        return False
    return True


def _longest_of(package: str) -> int:
    said = import_module(f"{package}.settings").api_settings
    kinds = _below(import_module(f"{package}.tokens").Token)
    lifetimes = [*(getattr(said, name) for name in LIFETIMES), *(kind.lifetime for kind in kinds)]
    longest: timedelta = max(lifetime for lifetime in lifetimes if lifetime is not None)
    leeway: timedelta = import_module(f"{package}.state").token_backend.get_leeway()
    return int((longest + leeway).total_seconds())


def _below(kind: Any) -> list[Any]:
    """The kinds of tokens of the package, and a project's own, where they are imported."""
    return [found for child in kind.__subclasses__() for found in (child, *_below(child))]


PACKAGES = {"rest_framework_simplejwt": "simplejwt", "ninja_jwt": "django-ninja-jwt"}
LIFETIMES = (
    "ACCESS_TOKEN_LIFETIME",
    "REFRESH_TOKEN_LIFETIME",
    "SLIDING_TOKEN_LIFETIME",
    "SLIDING_TOKEN_REFRESH_LIFETIME",
)
