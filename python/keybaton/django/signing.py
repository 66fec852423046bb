"""Django's signatures with the keys of a ring besides SECRET_KEY; what is signed looks the same, byte for byte.

For signed cookies and messages, in settings.py:

    SIGNING_BACKEND = "keybaton.django.signing.CookieSigner"

For links and whatever else a project signs itself:

    from keybaton.django import signing

    text = signing.dumps({"invoice": 7}, ring="LINK_SIGNING_KEY")
    signing.loads(text, ring="LINK_SIGNING_KEY", max_age=3600)

A ring stands in the settings under its own name, and is read there whenever something is signed or read:

    LINK_SIGNING_KEY, LINK_SIGNING_KEY_FALLBACKS = keybaton.load("LINK_SIGNING_KEY")
"""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.signing import BadSignature, JSONSerializer, SignatureExpired

from ._configuration import ring_of
from ._ring_keys import accepted_keys, signing_key

__all__ = ["BadSignature", "CookieSigner", "SignatureExpired", "Signer", "TimestampSigner", "dumps", "loads"]


def dumps(
    obj: Any,
    *,
    ring: str,
    salt: str = "django.core.signing",
    serializer: type[Any] = JSONSerializer,
    compress: bool = False,
) -> str:
    """As django.core.signing.dumps, with the key of this ring."""
    text: str = TimestampSigner(ring=ring, salt=salt).sign_object(obj, serializer=serializer, compress=compress)
    return text


def loads(
    s: str,
    *,
    ring: str,
    salt: str = "django.core.signing",
    serializer: type[Any] = JSONSerializer,
    max_age: float | timedelta | None = None,
) -> Any:
    """As django.core.signing.loads, with every accepted key of this ring. Raises BadSignature."""
    return TimestampSigner(ring=ring, salt=salt).unsign_object(s, serializer=serializer, max_age=max_age)


class RingKeys:
    """For a Signer: its keys are what stands in the settings, also where those have changed since it was made."""

    ring: str

    @property
    def key(self) -> str | bytes:
        return signing_key(self.ring)

    @key.setter
    def key(self, key: object) -> None:
        """Django's own __init__ sets it."""

    @property
    def fallback_keys(self) -> list[str] | list[bytes]:
        return accepted_keys(self.ring)

    @fallback_keys.setter
    def fallback_keys(self, keys: object) -> None:
        """Django's own __init__ sets them."""

    @classmethod
    def _salt(cls) -> str:
        """The name of the class, as Django has it: of one of ours that of Django's, of a project's own its own."""
        module = signing.__name__ if cls.__module__ == __name__ else cls.__module__
        return f"{module}.{cls.__name__}"


class Signer(RingKeys, signing.Signer):  # type: ignore[misc]
    """As django.core.signing.Signer, with the keys of a ring; the salt is Django's too, unless one is given."""

    def __init__(self, *, ring: str, sep: str = ":", salt: str | None = None, algorithm: str | None = None) -> None:
        self.ring = ring
        super().__init__(sep=sep, salt=salt or self._salt(), algorithm=algorithm)


class TimestampSigner(RingKeys, signing.TimestampSigner):  # type: ignore[misc]
    """As django.core.signing.TimestampSigner, with the keys of a ring."""

    def __init__(self, *, ring: str, sep: str = ":", salt: str | None = None, algorithm: str | None = None) -> None:
        self.ring = ring
        super().__init__(sep=sep, salt=salt or self._salt(), algorithm=algorithm)


class CookieSigner(TimestampSigner):
    """For SIGNING_BACKEND: signed cookies and messages on the ring COOKIE_SIGNING_KEY.

    Django hands in keys made of SECRET_KEY. Those of the ring stand in their place.
    """

    def __init__(
        self,
        *,
        key: object = None,  # noqa: ARG002
        fallback_keys: object = None,  # noqa: ARG002
        sep: str = ":",
        salt: str | None = None,
        algorithm: str | None = None,
    ) -> None:
        super().__init__(ring=ring_of("cookies"), sep=sep, salt=salt, algorithm=algorithm)

    @property
    def key(self) -> bytes:
        return COOKIES + signing_key(self.ring).encode()

    @key.setter
    def key(self, key: object) -> None:
        """As above."""

    @property
    def fallback_keys(self) -> list[bytes]:
        return [COOKIES + key.encode() for key in accepted_keys(self.ring)]

    @fallback_keys.setter
    def fallback_keys(self, keys: object) -> None:
        """As above."""


COOKIES = b"django.http.cookies"  # what Django puts before a key that signs cookies
