"""Transcripts in the docs: what is typed, what is printed, and ids under names that no run changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """What is typed, and what the page says that it prints."""

    line: str
    prints: str


def commands(block: str) -> Iterator[Command]:
    """Those of one block, each behind `$ `."""
    yield from map(command, block.removeprefix("$ ").split("\n$ "))


def command(text: str) -> Command:
    """A line that goes on begins with `> `, as a shell shows it."""
    first, *rest = text.splitlines()
    more = next((number for number, line in enumerate(rest) if not line.startswith(">")), len(rest))
    typed = [first, *(line.removeprefix(">").removeprefix(" ") for line in rest[:more])]
    return Command("\n".join(typed), "\n".join(rest[more:]))


class Ids:
    """Ids of keys and rings are numbered in the order in which they are named."""

    def __init__(self) -> None:
        self._known: list[str] = []

    def numbered(self, text: str) -> str:
        return re.sub(ID, self._number, text.rstrip("\n"))

    def _number(self, found: re.Match[str]) -> str:
        if found[0] not in self._known:
            self._known.append(found[0])
        return f"ID{self._known.index(found[0]) + 1}"


# A key's id has ten digits, a ring's twenty.
ID = r"\b[0-9a-f]{10}(?:[0-9a-f]{10})?\b"
