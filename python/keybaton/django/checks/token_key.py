"""Tokens that are signed with the key of everything else."""

from django.conf import settings
from django.core.checks import CheckMessage

from keybaton.django._copies import packages_with

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """Packages for JWTs know one key and no fallbacks, and read it when they are imported."""
    names = packages_with(settings.SECRET_KEY)
    if not names:
        return []
    return warning(
        "W008",
        f"{' and '.join(names)} signs tokens with SECRET_KEY: a new key makes every token invalid at once.",
        "Give it a signing key of its own, such as that of a second ring: keybaton.load('JWT_SIGNING_KEY').",
    )
