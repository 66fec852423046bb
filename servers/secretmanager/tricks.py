"""What a test makes the stand-in do for one secret, and what it did: nothing here is Google's."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from secretmanager.refusal import RefusalError


@dataclass
class Trick:
    # Calls that are refused the next time, and the status that they are refused with.
    refuse: list[list[str]] = field(default_factory=list)
    # Calls that are done the next time and never answered.
    unanswered: list[str] = field(default_factory=list)
    # Values that another program adds just before the next one.
    overtake: list[str] = field(default_factory=list)
    # Labels that another program sets just before the next value is added.
    relabel: dict[str, str] = field(default_factory=dict)
    # Whether `latest` is still the version before the newest: Google says that it can be, for minutes.
    lags: bool = False
    # Whether values are spoiled on their way.
    spoils: bool = False


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
            status = next((status for refused, status in refuse if refused == call), None)
            if status is not None:
                refuse.remove([call, status])
                raise RefusalError(status, "Made up by a test.")

    def others(self, secret: str) -> tuple[list[str], dict[str, str]]:
        """What another program writes now, once."""
        with self._lock:
            trick = self._tricks[secret]
            now = trick.overtake, trick.relabel
            trick.overtake, trick.relabel = [], {}
            return now

    def is_answered(self, secret: str, call: str) -> bool:
        with self._lock:
            unanswered = self._tricks[secret].unanswered
            if call in unanswered:
                unanswered.remove(call)
                return False
            return True
