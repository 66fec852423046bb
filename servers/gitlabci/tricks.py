"""What a test makes the stand-in do for one project or group, and what it did: nothing here is GitLab's."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from gitlabci.refusal import RefusalError


@dataclass
class Trick:
    # Calls that are refused the next time, with a status and a body; 0 lets one through.
    refuse: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    # Calls that are done the next time and answered with an error of the server's own.
    fail: list[str] = field(default_factory=list)
    # Calls that are done the next time and never answered.
    unanswered: list[str] = field(default_factory=list)
    # What another program writes just after such a call is done: a key, a value and perhaps a scope, else that of all.
    follow: list[list[str]] = field(default_factory=list)


class Tricks:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tricks: dict[str, Trick] = defaultdict(Trick)
        self._calls: dict[str, list[str]] = defaultdict(list)

    def play(self, place: str, asked: dict[str, Any]) -> None:
        with self._lock:
            self._tricks[place] = Trick(**asked)

    def calls(self, place: str) -> list[str]:
        """The calls since it was last asked."""
        with self._lock:
            return self._calls.pop(place, [])

    def begin(self, place: str, call: str) -> None:
        with self._lock:
            self._calls[place].append(call)
            refuse = self._tricks[place].refuse
            found = next((refusal for refusal in refuse if refusal[0] == call), None)
            if found is None:
                return
            refuse.remove(found)
        _, status, body = found
        if status:
            raise RefusalError(status, body)

    def others(self, place: str, call: str) -> list[list[str]]:
        """What another program writes after this call, once."""
        with self._lock:
            trick = self._tricks[place]
            mine = [written for after, *written in trick.follow if after == call]
            trick.follow = [other for other in trick.follow if other[0] != call]
            return mine

    def happens(self, place: str, what: str, call: str) -> bool:
        """Whether the answer to the call fails or is lost, once."""
        with self._lock:
            calls: list[str] = getattr(self._tricks[place], what)
            if call in calls:
                calls.remove(call)
                return True
            return False
