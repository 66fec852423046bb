"""Channels' own way to find the user of a WebSocket, which ends sessions of the former key."""

import sys
from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """Only where Channels is installed and an application is named."""
    name = getattr(settings, "ASGI_APPLICATION", None)
    application = _imported(name) if name else None
    auth = sys.modules.get("channels.auth")
    if auth is None or all(type(layer) is not auth.AuthMiddleware for layer in _layers(application, DEEPEST)):
        return []
    return warning(
        "W006",
        f"{name} has Channels' own AuthMiddleware: after a new key, each WebSocket that opens ends a session.",
        "Import AuthMiddlewareStack from keybaton.channels.",
    )


def _layers(application: object, depth: int) -> Iterator[object]:
    """What an application hands on to, as Channels nests them."""
    if application is None or depth == 0:
        return
    yield application
    mapping = getattr(application, "application_mapping", None)
    within = [getattr(application, name, None) for name in ("inner", "application")]
    for layer in (*within, *(mapping.values() if isinstance(mapping, dict) else ())):
        yield from _layers(layer, depth - 1)


def _imported(name: str) -> object:
    """Nothing where it cannot be imported, for whatever reason: it is the server that has to say so."""
    try:
        return import_string(name)
    except Exception:  # noqa: BLE001
        return None


DEEPEST = 20
