"""The middleware that keeps users logged in, and its place."""

from django.apps import apps
from django.core.checks import CheckMessage

from ._chain import places_of
from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """Only where users log in at all."""
    return _found() if apps.is_installed("django.contrib.auth") else []


def _found() -> list[CheckMessage]:
    # A project without users cannot import these.
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware

    from keybaton.django.middleware import KeepUsersMixin

    keepers = places_of(KeepUsersMixin)
    stock = set(places_of(AuthenticationMiddleware)) - set(keepers)
    if not keepers and not stock:
        return []
    if not keepers:
        return warning("W005", "A new key will log users out whose browsers send requests in parallel.", USE_OURS)
    if stock:
        return warning("W005", "Django's AuthenticationMiddleware stands beside keybaton's.", USE_OURS)
    if any(place > keepers[0] for place in places_of(SessionMiddleware)):
        return warning("W005", "keybaton's AuthenticationMiddleware stands before sessions are there.", AFTER_SESSIONS)
    return []


USE_OURS = "In MIDDLEWARE, put keybaton.django.AuthenticationMiddleware in the place of Django's."
AFTER_SESSIONS = "In MIDDLEWARE, put it after SessionMiddleware."
