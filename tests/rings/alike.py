"""What differs from run to run, under names that do not."""

from __future__ import annotations

import re


class Names:
    """Ids are numbered in the order in which they are named; moments, spans and hosts are all alike."""

    def __init__(self) -> None:
        self._known: list[str] = []

    def told(self, text: str) -> str:
        text = re.sub(r"\b[0-9a-f]{10}\b", self._numbered, text.rstrip("\n"))
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z \([^)]*\)", "TIME", text)
        return re.sub(r"\([^()]*up for [^()]*\)", "(HOSTS)", text)

    def _numbered(self, found: re.Match[str]) -> str:
        if found[0] not in self._known:
            self._known.append(found[0])
        return f"ID{self._known.index(found[0]) + 1}"
