"""A user model that makes the hash in a session its own way, and knows no fallbacks."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """One that overrides `get_session_auth_hash` has to override its companion too."""
    if not apps.is_installed("django.contrib.auth"):
        return []
    model = get_user_model()
    if _depth(model, "get_session_auth_hash") >= _depth(model, "get_session_auth_fallback_hash"):
        return []
    return warning(
        "W007",
        f"{model._meta.label} overrides get_session_auth_hash() without get_session_auth_fallback_hash().",
        "Override _get_session_auth_hash(secret) instead, or both: each new key logs everybody out otherwise.",
    )


def _depth(model: type, name: str) -> int:
    """How far up the method is defined; without one, further than all that have it."""
    classes = model.__mro__
    return next((depth for depth, kind in enumerate(classes) if name in vars(kind)), len(classes))
