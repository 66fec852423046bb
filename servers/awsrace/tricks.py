"""What a test makes the stand-in do, and what it saw: nothing here is AWS's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class Trick:
    """For the next calls of one action that are about a thing with this in its name."""

    on: str
    action: str
    times: int = 1
    # How many of them are left alone first.
    skip: int = 0
    # Answered with this error.
    code: str | None = None
    # Answered with this status and a page for people, as a proxy would.
    page: int | None = None
    # Never answered.
    silent: bool = False
    # Whether it is done; by itself what is refused is not, and what is not answered is.
    done: bool | None = None
    # What another program does just before or just after: an action and its fields.
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    # How far the server's clock is ahead, and how late its answer comes, in seconds.
    clock: float = 0
    wait: float = 0

    @property
    def is_done(self) -> bool:
        return self.code is None if self.done is None else self.done


class Tricks:
    def __init__(self) -> None:
        self._tricks: list[Trick] = []
        self._calls: list[tuple[str, str]] = []

    def add(self, asked: dict[str, Any]) -> None:
        self._tricks.append(Trick(**asked))

    def begin(self, action: str, subject: str) -> Trick | None:
        """Notes a call, and gives what is to be done to it."""
        self._calls.append((action, subject))
        trick = next((one for one in self._tricks if one.action == action and one.on in subject), None)
        if trick is None:
            return None
        if trick.skip > 0:
            trick.skip -= 1
            return None
        trick.times -= 1
        self._tricks = [one for one in self._tricks if one.times > 0]
        return trick

    def calls(self, on: str) -> list[str]:
        """The actions that were asked for since this was asked last."""
        seen = [action for action, subject in self._calls if on in subject]
        self._calls = [call for call in self._calls if on not in call[1]]
        return seen


def subject_of(asked: dict[str, Any]) -> str:
    return " ".join(names_in(asked))


def names_in(asked: dict[str, Any]) -> Iterator[str]:
    for member in ("SecretId", "Name", "Path", "ResourceId"):
        yield asked.get(member) or ""
    yield from asked.get("Names") or []
    for by in asked.get("ParameterFilters") or []:
        yield from by.get("Values") or []
