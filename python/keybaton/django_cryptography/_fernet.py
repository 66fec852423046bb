"""What stands in the place of that which a field of django-cryptography encrypts with."""

from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired
from django_cryptography.core.signing import FernetSigner
from django_cryptography.fields import EncryptedMixin
from django_cryptography.utils.crypto import FernetBytes, pbkdf2

from keybaton.django._configuration import ring_of
from keybaton.django._ring_keys import accepted_keys, signing_key


def give_ring() -> None:
    """To every field, also to those that migrations make while they run.

    A field that was given a key of its own keeps that for what it encrypts, and so does a project that has another one
    than SECRET_KEY, or the ring's, in CRYPTOGRAPHY_KEY.
    """
    is_of_ring = settings.CRYPTOGRAPHY_KEY in [_derived(key) for key in (settings.SECRET_KEY, *_accepted())]

    def fernet(field: Any) -> RingFernet:
        return RingFernet(field.key or (None if is_of_ring else settings.CRYPTOGRAPHY_KEY))

    EncryptedMixin._fernet = property(fernet, _ignore)


class RingFernet:
    """Encrypts with one key of the ring, and reads with all."""

    def __init__(self, own: bytes | str | None) -> None:
        self._own = own

    def encrypt(self, data: bytes | str) -> bytes:
        """As the package does."""
        return bytes(self._with(signing_key(ring_of("fields"))).encrypt(data))

    def decrypt(self, data: bytes, ttl: float | timedelta | None = None) -> bytes:
        """As the package does, with the key that has signed it. Raises BadSignature where that is no key of it."""
        found = self._decrypted(data, ttl)
        if found is None:
            raise BadSignature("no key of the ring has signed this")
        return found

    def _decrypted(self, data: bytes, ttl: float | timedelta | None) -> bytes | None:
        for key in _accepted():
            try:
                return bytes(self._with(key).decrypt(data, ttl))
            except SignatureExpired:
                raise
            except BadSignature:
                continue
        return None

    def _with(self, key: str) -> Any:
        return FernetBytes(self._own or _derived(key), FernetSigner(key))


def _accepted() -> list[str]:
    ring = ring_of("fields")
    return list(dict.fromkeys((signing_key(ring), *accepted_keys(ring))))


@cache
def _derived(key: str) -> bytes:
    """What the package encrypts with, made of a text as it does."""
    return bytes(pbkdf2(key, settings.CRYPTOGRAPHY_SALT, ROUNDS, digest=settings.CRYPTOGRAPHY_DIGEST))


def _ignore(field: object, made: object) -> None:
    """What the package makes for each field."""


ROUNDS = 30_000
