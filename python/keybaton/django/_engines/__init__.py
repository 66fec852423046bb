"""Where sessions stand, and how the hash in one is made anew there: one file for each engine that can compare."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse

logger = logging.getLogger("keybaton.django")


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The hash in a session, as it was and as it is to be."""

    old: str = field(repr=False)
    new: str = field(repr=False)

    def of(self, data: dict[str, Any]) -> dict[str, Any] | None:
        """The session with its hash made anew; None where somebody else has changed it."""
        return {**data, HASH_SESSION_KEY: self.new} if data.get(HASH_SESSION_KEY) == self.old else None


def bring_up(session: SessionBase, upgrade: Upgrade) -> None:
    """Writes the new hash where the old one stands, by comparison with what was read.

    A lost race is left for the next request, and so is a store that cannot be written, whatever its client raises: the
    answer to this request is made. Engines that cannot compare are left alone.
    """
    engine = _engine_of(session)
    if engine is None:
        return
    try:
        engine.bring_up(session, upgrade)
    except Exception as error:  # noqa: BLE001
        logger.warning("a session could not be brought up to the new key: %s", type(error).__name__)


def guard(session: SessionBase) -> None:
    """Before a request saves or deletes it: where a store has no means to compare, these take turns with `bring_up`."""
    take_turns: Callable[[SessionBase], None] | None = getattr(_engine_of(session), "guard", None)
    if take_turns is not None:
        take_turns(session)


def is_renewed(session: SessionBase) -> bool:
    """Whether a session came out of a cache that holds an older copy than its table, and was read from there."""
    renew: Callable[[SessionBase], bool] | None = getattr(_engine_of(session), "is_renewed", None)
    return renew is not None and renew(session)


def is_saved_anyway(session: SessionBase, response: HttpResponse) -> bool:
    """Whether Django's SessionMiddleware saves the session with this response, and the new hash with it."""
    return response.status_code < 500 and bool(session.modified or settings.SESSION_SAVE_EVERY_REQUEST)


def _engine_of(session: SessionBase) -> ModuleType | None:
    """The engine that a session's class is, or is made from."""
    names = (kind.__module__ for kind in type(session).__mro__)
    known = next((ENGINES[name] for name in names if name in ENGINES), None)
    return import_module(known, __name__) if known else None


ENGINES = {
    "django.contrib.sessions.backends.db": "._db",
    "django.contrib.sessions.backends.cached_db": "._cached_db",
    "django.contrib.sessions.backends.file": "._file",
}
