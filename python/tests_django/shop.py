"""What the tests know of the project: its keys, and its users' browsers."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client

ENGINES = ("db", "cached_db", "cache", "file", "signed_cookies")
COMPARING = ("db", "cached_db", "file")
OLD, NEW = "the old key, made up " * 3, "the new key, made up " * 3
PROMOTED: dict[str, Any] = {"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": [NEW, OLD]}
STAGED: dict[str, Any] = {"SECRET_KEY": OLD, "SECRET_KEY_FALLBACKS": [NEW, OLD]}
RETIRED: dict[str, Any] = {"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": [NEW]}


def id_of(browser: Client) -> str:
    return str(browser.cookies["sessionid"].value)


def stored(browser: Client) -> SessionBase:
    """The session as it stands in its store."""
    return import_module(settings.SESSION_ENGINE).SessionStore(id_of(browser))
