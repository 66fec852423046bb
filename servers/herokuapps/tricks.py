"""What a test makes the stand-in do for one app, and what it did: nothing here is Heroku's."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from herokuapps.refusal import RefusalError


@dataclass
class Trick:
    # Calls that are refused the next time, with a status and an id; 0 lets one through.
    refuse: list[tuple[str, int, str]] = field(default_factory=list)
    # Calls that are done the next time and answered with an error of the server's own.
    fail: list[str] = field(default_factory=list)
    # Calls that are done the next time and never answered.
    unanswered: list[str] = field(default_factory=list)
    # What another program does just before the next change, and just after: config vars, or what a release is called.
    overtake: list[Any] = field(default_factory=list)
    follow: list[Any] = field(default_factory=list)


class Tricks:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tricks: dict[str, Trick] = defaultdict(Trick)
        self._calls: dict[str, list[str]] = defaultdict(list)

    def play(self, app: str, asked: dict[str, Any]) -> None:
        with self._lock:
            self._tricks[app] = Trick(**asked)

    def calls(self, app: str) -> list[str]:
        """The calls since it was last asked."""
        with self._lock:
            return self._calls.pop(app, [])

    def begin(self, app: str, call: str) -> None:
        with self._lock:
            self._calls[app].append(call)
            refuse = self._tricks[app].refuse
            found = next((refusal for refusal in refuse if refusal[0] == call), None)
            if found is None:
                return
            refuse.remove(found)
        _, status, id_ = found
        if status:
            raise RefusalError(status, id_, "Made up by a test.")

    def others(self, app: str, when: str) -> list[Any]:
        """What another program does now, once."""
        with self._lock:
            asked: list[Any] = getattr(self._tricks[app], when)
            setattr(self._tricks[app], when, [])
            return asked

    def happens(self, app: str, what: str, call: str) -> bool:
        """Whether the answer to the call fails or is lost, once."""
        with self._lock:
            calls: list[str] = getattr(self._tricks[app], what)
            if call in calls:
                calls.remove(call)
                return True
            return False
