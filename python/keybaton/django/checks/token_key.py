"""Tokens that are signed with the key of everything else."""

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage

from keybaton.django._copies import packages_with
from keybaton.django._owners import is_of_another, main

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """Packages for JWTs know one key and no fallbacks, and read it when they are imported."""
    names = [*packages_with(settings.SECRET_KEY), *_allauth()]
    if not names:
        return []
    return warning(
        "W008",
        f"{' and '.join(names)} signs tokens with SECRET_KEY: a new key makes every token invalid at once.",
        "Give it a signing key of its own: `keybaton init --ring JWT_SIGNING_KEY --from SECRET_KEY` begins a ring with"
        " which no token ends.",
    )


def _allauth() -> list[str]:
    """It reads the settings whenever it signs. Its keys are no texts unless it is told so."""
    algorithm = str(getattr(settings, "HEADLESS_JWT_ALGORITHM", ""))
    key = getattr(settings, "HEADLESS_JWT_PRIVATE_KEY", None) or settings.SECRET_KEY
    is_used = apps.is_installed("allauth.headless") and algorithm.startswith("HS")
    return ["allauth"] if is_used and key == settings.SECRET_KEY and not is_of_another(main(), key) else []
