"""keybaton inside Django: users who stay logged in while the key changes, and processes that report their keys.

In settings.py:

    INSTALLED_APPS = [..., "keybaton.django"]
    MIDDLEWARE = ["keybaton.django.FenceMiddleware", ..., "keybaton.django.AuthenticationMiddleware", ...]

the first outermost, the second in the place of Django's own.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .fence import FenceMiddleware, readiness
    from .middleware import AuthenticationMiddleware, KeepUsersMixin

__all__ = ["AuthenticationMiddleware", "FenceMiddleware", "KeepUsersMixin", "readiness"]


def __getattr__(name: str) -> object:
    """What MIDDLEWARE names. Django's own middleware imports models, which have to wait for the app registry."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import fence, middleware

    return getattr(fence if hasattr(fence, name) else middleware, name)
