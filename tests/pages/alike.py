"""What differs from run to run, under names that do not."""

from __future__ import annotations

import re


class Names:
    """Ids of keys and rings are numbered in the order in which they are named; moments are all alike."""

    def __init__(self) -> None:
        self._known: list[str] = []

    def told(self, text: str) -> str:
        return re.sub(MOMENT, "TIME", re.sub(ID, self._numbered, text.rstrip("\n")))

    def _numbered(self, found: re.Match[str]) -> str:
        if found[0] not in self._known:
            self._known.append(found[0])
        return f"ID{self._known.index(found[0]) + 1}"


# A key's id has ten digits, a ring's twenty.
ID = r"\b[0-9a-f]{10}(?:[0-9a-f]{10})?\b"
MOMENT = r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
