"""What a test makes the stand-in do for one secret, and what it did: nothing here is Azure's."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from keyvault.refusal import RefusalError


@dataclass
class Trick:
    # Calls that are refused the next time, with a status or with the code inside a conflict; 0 lets one through.
    refuse: list[list[Any]] = field(default_factory=list)
    # Calls that are done the next time and answered with an error of the server's own.
    fail: list[str] = field(default_factory=list)
    # Calls that are done the next time and never answered.
    unanswered: list[str] = field(default_factory=list)
    # What another program writes just before the next value is set, and just after.
    overtake: list[str] = field(default_factory=list)
    follow: list[str] = field(default_factory=list)
    # What the vault says that tokens for it are meant for.
    resource: str = ""
    # Where the list of versions says that it goes on, once.
    next_page: str = ""


class Tricks:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tricks: dict[str, Trick] = defaultdict(Trick)
        self._calls: dict[str, list[str]] = defaultdict(list)

    def play(self, secret: str, asked: dict[str, Any]) -> None:
        with self._lock:
            self._tricks[secret] = Trick(**asked)

    def calls(self, secret: str) -> list[str]:
        """The calls since it was last asked."""
        with self._lock:
            return self._calls.pop(secret, [])

    def of(self, secret: str) -> Trick:
        with self._lock:
            return self._tricks[secret]

    def begin(self, secret: str, call: str) -> None:
        with self._lock:
            self._calls[secret].append(call)
            refuse = self._tricks[secret].refuse
            found = next((refusal for refusal in refuse if refusal[0] == call), None)
            if found is None:
                return
            refuse.remove(found)
        match found[1]:
            case 0:
                return
            case int(status):
                raise RefusalError(status, "MadeUp", "Made up by a test.")
            case inner:
                raise RefusalError(409, "Conflict", "Made up by a test.", str(inner))

    def elsewhere(self, secret: str) -> str:
        with self._lock:
            page, self._tricks[secret].next_page = self._tricks[secret].next_page, ""
            return page

    def others(self, secret: str, when: str) -> list[str]:
        """What another program writes now, once."""
        with self._lock:
            values: list[str] = getattr(self._tricks[secret], when)
            setattr(self._tricks[secret], when, [])
            return values

    def happens(self, secret: str, what: str, call: str) -> bool:
        """Whether the answer to the call fails or is lost, once."""
        with self._lock:
            calls: list[str] = getattr(self._tricks[secret], what)
            if call in calls:
                calls.remove(call)
                return True
            return False
