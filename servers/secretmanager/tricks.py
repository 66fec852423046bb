"""What a test makes the stand-in do for one secret, and what it did: nothing here is Google's."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from secretmanager.refusal import Refusal


@dataclass
class Trick:
    # The answer to the next calls, instead of what they ask for.
    refuse: list[str] = field(default_factory=list)
    # Calls that are done and never answered.
    unanswered: list[str] = field(default_factory=list)
    # Another program's value, added just before the next one.
    overtake: list[bytes] = field(default_factory=list)
    # Whether `latest` is still the version before the newest: Google says that it can be, for minutes.
    lags: bool = False
    # Whether values are spoiled on their way.
    spoils: bool = False


class Tricks:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tricks: dict[str, Trick] = defaultdict(Trick)
        self._calls: dict[str, list[str]] = defaultdict(list)

    def play(self, secret: str, asked: dict[str, object]) -> None:
        with self._lock:
            trick = self._tricks[secret]
            for name, value in asked.items():
                setattr(trick, name, [text.encode() for text in value] if name == "overtake" else value)  # type: ignore[attr-defined]

    def calls(self, secret: str) -> list[str]:
        """The calls since it was last asked."""
        with self._lock:
            return self._calls.pop(secret, [])

    def of(self, secret: str) -> Trick:
        with self._lock:
            return self._tricks[secret]

    def begin(self, secret: str, call: str, overtake: Callable[[bytes], None]) -> None:
        with self._lock:
            self._calls[secret].append(call)
            trick = self._tricks[secret]
            refusal = trick.refuse.pop(0) if trick.refuse else None
            foreign, trick.overtake = (trick.overtake, []) if call == "addVersion" else ([], trick.overtake)
        if refusal is not None:
            raise Refusal(refusal, "Made up by a test.")
        for data in foreign:
            overtake(data)

    def is_answered(self, secret: str, call: str) -> bool:
        with self._lock:
            unanswered = self._tricks[secret].unanswered
            if call in unanswered:
                unanswered.remove(call)
                return False
            return True
