"""manage.py keybaton describe: what the rotation has to know of the project."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections, router
from django.db.models import Max

from keybaton import _load
from keybaton.django import _encrypted, _lifetimes

from . import clock


def answer(words: list[str]) -> dict[str, Any]:
    """Engine, lifetimes, models, and packages whose data SECRET_KEY encrypts; times in seconds."""
    if words:
        raise CommandError("keybaton describe takes no words")
    return {
        "format": 1,
        "session_engine": settings.SESSION_ENGINE,
        **_settings(),
        "user_model": settings.AUTH_USER_MODEL,
        "latest_session_expiry": _latest_session_expiry(),
        "rings": {
            name: {"ring": ring.id, "longest": _lifetimes.longest(name)} for name, ring in _load.named_rings().items()
        },
        "encrypted": _encrypted.packages(),
    }


def lifetimes() -> dict[str, Any]:
    """What counts for a rotation. Whoever looks at the processes need not be able to read the table of the sessions."""
    encrypted = _encrypted.packages()
    said = {
        **_settings(),
        "rings": {name: _lifetimes.longest(name) for name in _load.names()},
        "encrypted": [package for package in encrypted if package not in _encrypted.READ_FALLBACKS],
        "encrypted_fallbacks": [package for package in encrypted if package in _encrypted.READ_FALLBACKS],
    }
    try:
        return {**said, "latest_session_expiry": _latest_session_expiry()}
    except Exception as error:  # noqa: BLE001, whatever it is the reader gets one sentence
        return {**said, "sessions_unread": f"{type(error).__name__}: {error}".strip()}


def _settings() -> dict[str, Any]:
    return {
        "session_cookie_age": settings.SESSION_COOKIE_AGE,
        "password_reset_timeout": settings.PASSWORD_RESET_TIMEOUT,
    }


def _latest_session_expiry() -> int | None:
    """When the last session ends that stands in a table; None where none does. One that may not be read is an error."""
    try:
        model = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    except (AttributeError, ImportError, LookupError, RuntimeError):
        return None
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        if model._meta.db_table not in connection.introspection.table_names(cursor):
            return None
    latest = model._default_manager.using(connection.alias).aggregate(latest=Max("expire_date"))["latest"]
    return clock.seconds_of(latest) if latest else None
