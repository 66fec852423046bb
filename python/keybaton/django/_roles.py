"""Which part a key plays, as this process knows it."""

from django.conf import settings

from keybaton import _load

from . import _owners


def is_next(key: str | None) -> bool:
    """Whether a key signs nowhere yet, as far as this process knows: others may sign with it already.

    The record says it. Without one the order does: the accepted keys stand newest first, the signing one among them.
    """
    signing = settings.SECRET_KEY
    ring = _load.ring(_owners.main())
    if ring and key is not None and ring.role_of(signing) is not None:
        return ring.role_of(key) == "next"
    accepted = list(settings.SECRET_KEY_FALLBACKS)
    return key in accepted and signing in accepted and accepted.index(key) < accepted.index(signing)
