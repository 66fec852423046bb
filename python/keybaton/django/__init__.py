"""keybaton inside Django: users who stay logged in while the key changes.

In settings.py, in the place of Django's own:

    MIDDLEWARE = [..., "keybaton.django.AuthenticationMiddleware", ...]
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .middleware import AuthenticationMiddleware, KeepUsersMixin

__all__ = ["AuthenticationMiddleware", "KeepUsersMixin"]


def __getattr__(name: str) -> object:
    """What MIDDLEWARE names. Django's own middleware imports models, which have to wait for the app registry."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import middleware

    return getattr(middleware, name)
