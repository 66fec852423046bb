"""Kills, each in a folder of its own, several at once."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from program import Call, Program

LONGEST_RUN = 0.03
"""Seconds; a kill at a random moment comes within them."""


class Run(Protocol):
    """A folder made ready for a command."""

    folder: Path
    words: list[str]

    def check_serving(self) -> None:
        """Fails unless what is there after a kill serves."""

    def go_on(self) -> None:
        """Runs the command again, and fails unless it comes to its end."""


class Case(Protocol):
    """A command, and what is there before it."""

    @property
    def program(self) -> Program: ...

    @property
    def name(self) -> str: ...

    def prepare(self, folder: Path) -> Run: ...


class Harness:
    """Counts the kills, and keeps what was wrong after one."""

    def __init__(self, folder: Path, pool: ThreadPoolExecutor, chance: random.Random) -> None:
        self.folder, self.pool, self.chance = folder, pool, chance
        self.kills = 0
        self.failures: list[str] = []
        self._numbers = itertools.count()

    def kill_everywhere(self, cases: Sequence[Case]) -> None:
        """Once at each call that touches a file."""
        listed = self.pool.map(self._calls, cases)
        jobs = [(case, call) for case, calls in zip(cases, listed, strict=True) for call in calls]
        self._collect(self.pool.map(lambda job: self._killed_at(*job), jobs))

    def kill_at_random(self, cases: Sequence[Case], count: int) -> None:
        """At moments that chance picks; some come after the end, and kill nothing."""
        jobs = [(self.chance.choice(cases), self.chance.uniform(0, LONGEST_RUN)) for _ in range(count)]
        self._collect(self.pool.map(lambda job: self._killed_after(*job), jobs))

    def _calls(self, case: Case) -> list[Call]:
        run = self._prepared(case)
        return case.program.calls(run.folder, *run.words)

    def _killed_at(self, case: Case, call: Call) -> tuple[bool, str]:
        run = self._prepared(case)
        killed = case.program.killed_at(call, run.folder, *run.words)
        return killed, self._judged(run, f"{case.name}, killed at {call}")

    def _killed_after(self, case: Case, seconds: float) -> tuple[bool, str]:
        run = self._prepared(case)
        killed = case.program.killed_after(seconds, run.folder, *run.words)
        return killed, self._judged(run, f"{case.name}, killed after {seconds * 1000:.1f} ms")

    def _prepared(self, case: Case) -> Run:
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        return case.prepare(folder)

    def _judged(self, run: Run, what: str) -> str:
        """What is wrong, or nothing."""
        try:
            run.check_serving()
            run.go_on()
        except AssertionError as error:
            return f"{what}: {error}"
        return ""

    def _collect(self, outcomes: Iterable[tuple[bool, str]]) -> None:
        for killed, failure in outcomes:
            self.kills += killed
            if failure:
                self.failures.append(failure)
