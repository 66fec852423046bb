"""The signed link of the shop: with SECRET_KEY, or with a ring of its own where the settings name one."""

from django.conf import settings
from django.core import signing as django_signing

from keybaton.django import signing


def make(value: str) -> str:
    ring = getattr(settings, "LINK_RING", None)
    return signing.dumps(value, ring=ring) if ring else str(django_signing.dumps(value))


def read(text: str) -> object:
    """Nothing where it is refused."""
    ring = getattr(settings, "LINK_RING", None)
    try:
        return signing.loads(text, ring=ring) if ring else django_signing.loads(text)
    except django_signing.BadSignature:
        return None
