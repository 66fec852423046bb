"""keybaton inside Django: users who stay logged in while the key changes, and processes that report their keys.

In settings.py:

    INSTALLED_APPS = [..., "keybaton.django"]
    MIDDLEWARE = ["keybaton.django.FenceMiddleware", ..., "keybaton.django.AuthenticationMiddleware", ...]

the first outermost, the second in the place of Django's own.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .fence import FenceMiddleware, readiness
    from .lifespan import with_lifespan
    from .middleware import AuthenticationMiddleware, KeepUsersMixin

__all__ = ["AuthenticationMiddleware", "FenceMiddleware", "KeepUsersMixin", "readiness", "with_lifespan"]

# Looked up when they are asked for: what they import has to wait for the settings, or for the app registry.
PLACES = {
    "AuthenticationMiddleware": ".middleware",
    "FenceMiddleware": ".fence",
    "KeepUsersMixin": ".middleware",
    "readiness": ".fence",
    "with_lifespan": ".lifespan",
}


def __getattr__(name: str) -> object:
    """What MIDDLEWARE, urls.py and asgi.py name."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(PLACES[name], __name__), name)
