"""Fields whose data SECRET_KEY encrypts: with another key nobody reads what is in the database."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.encoding import force_bytes

from keybaton import _load

from . import _owners


def packages() -> list[str]:
    """The packages that the models of this project use so."""
    found = (PACKAGES[package] for field, package in _fields() if USES[package](field))
    return sorted(dict.fromkeys(found))


def _fields() -> Iterator[tuple[Any, str]]:
    """Each field of each model that is made from one of these packages'."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            modules = {kind.__module__.partition(".")[0] for kind in type(field).__mro__}
            yield from ((field, package) for package in PACKAGES if package in modules)


def _fernet_fields(field: Any) -> bool:
    keys = getattr(settings, "FERNET_KEYS", None)
    return not _has_keys_of_its_own(field, "fernet_fields") and (keys is None or any(map(_is_of_main, keys)))


def _django_cryptography(field: Any) -> bool:
    """Its setting is for what it encrypts. What it signs that with is SECRET_KEY all the same."""
    fernet = getattr(field, "_fernet", None)  # not every field of it encrypts, and one of keybaton's has no signer
    signer = getattr(fernet, "signer", None) or getattr(fernet, "_signer", None)
    return signer is not None and bool(force_bytes(signer.key) == force_bytes(settings.SECRET_KEY))


def _mirage(field: Any) -> bool:
    if key := getattr(settings, "MIRAGE_SECRET_KEY", None):
        return _is_of_main(key)
    return bool(field.crypto.cipher.key == base64.urlsafe_b64encode(force_bytes(settings.SECRET_KEY))[:32])


def _encrypted_fields(field: Any) -> bool:
    """Another package has a module of the same name, and no such setting."""
    return hasattr(settings, "SALT_KEY") and not _has_keys_of_its_own(field, "encrypted_fields")


def _is_of_main(key: object) -> bool:
    """Whether it was put there as SECRET_KEY. One that is only equal was given to the field for its own."""
    return _load.giver_of(key) == _owners.main()


def _has_keys_of_its_own(field: Any, package: str) -> bool:
    """Whether a project has put something in the place of what a package has for its keys."""
    kinds = [kind for kind in type(field).__mro__ if "keys" in vars(kind)]
    return bool(kinds) and kinds[0].__module__.partition(".")[0] != package


PACKAGES = {
    "fernet_fields": "django-fernet-fields",
    "django_cryptography": "django-cryptography",
    "mirage": "django-mirage-field",
    "encrypted_fields": "django-fernet-encrypted-fields",
}
# They read with SECRET_KEY_FALLBACKS too: what is saved anew before a key retires stays readable.
READ_FALLBACKS = frozenset({"django-fernet-encrypted-fields"})
USES: dict[str, Callable[[Any], bool]] = {
    "fernet_fields": _fernet_fields,
    "django_cryptography": _django_cryptography,
    "mirage": _mirage,
    "encrypted_fields": _encrypted_fields,
}
