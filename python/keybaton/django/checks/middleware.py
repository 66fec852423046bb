"""The middleware that keeps users logged in, and its place."""

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """Only where users log in at all."""
    return _found() if apps.is_installed("django.contrib.auth") else []


def _found() -> list[CheckMessage]:
    # A project without users cannot import these.
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware

    from keybaton.django.middleware import KeepUsersMixin

    chain = [_imported(name) for name in settings.MIDDLEWARE]
    keepers = _places(chain, KeepUsersMixin)
    stock = set(_places(chain, AuthenticationMiddleware)) - set(keepers)
    if not keepers and not stock:
        return []
    if not keepers:
        return warning("W005", "A new key will log users out whose browsers send requests in parallel.", USE_OURS)
    if stock:
        return warning("W005", "Django's AuthenticationMiddleware stands beside keybaton's.", USE_OURS)
    if any(place > keepers[0] for place in _places(chain, SessionMiddleware)):
        return warning("W005", "keybaton's AuthenticationMiddleware stands before sessions are there.", AFTER_SESSIONS)
    return []


def _places(chain: list[object], kind: type) -> list[int]:
    return [place for place, found in enumerate(chain) if isinstance(found, type) and issubclass(found, kind)]


def _imported(name: str) -> object:
    """Nothing where it cannot be imported: Django says so itself when it starts."""
    try:
        return import_string(name)
    except ImportError:
        return None


USE_OURS = "In MIDDLEWARE, put keybaton.django.AuthenticationMiddleware in the place of Django's."
AFTER_SESSIONS = "In MIDDLEWARE, put it after SessionMiddleware."
