"""What a test makes the stand-in do in one place: nothing here is GitHub's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from standin import Trick


@dataclass
class Play(Trick):
    # Calls before which GitHub takes another key.
    rotate: list[str] = field(default_factory=list)
    # What another program writes just before a call, one thing each time: the call, the kind, the name, the text.
    # A call alone lets one through.
    meddle: list[list[str]] = field(default_factory=list)

    # Repositories that an organization's secret is chosen for from then on: the secret, and after which pages of them.
    choose: dict[str, list[list[int]]] = field(default_factory=dict)

    def chosen_next(self, name: str) -> list[int]:
        after = self.choose.get(name)
        return after.pop(0) if after else []

    def meddling(self, call: str) -> list[str]:
        found = next((words for words in self.meddle if words[0] == call), [])
        if found:
            self.meddle.remove(found)
        return found[1:]


def refusal_in(refused: Any) -> tuple[int, str, dict[str, str]]:  # noqa: ANN401 - a test's words
    """A status alone, or with a message and headers."""
    if isinstance(refused, int):
        return refused, "Made up by a test.", {}
    status, message, headers = refused
    return status, message, headers
