"""What a scene did to the users, and how that is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from browsers import Browser
from project import Setup


@dataclass
class Outcome:
    """What is to be 0, besides the requests and those that another instance answered."""

    users: int = 0
    requests: int = 0
    logged_out: int = 0
    refused: int = 0
    lost: int = 0
    turned_away: int = 0
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, browsers: Sequence[Browser]) -> Outcome:
        """After they have left: what they met, and what is missing in their sessions."""
        return cls(
            users=len(browsers),
            lost=sum(browser.lost() for browser in browsers),
            logged_out=sum(browser.logged_out > 0 for browser in browsers),
            refused=sum(len(browser.refused) for browser in browsers),
            turned_away=sum(browser.turned_away for browser in browsers),
            requests=sum(browser.requests for browser in browsers),
        )

    @property
    def is_spotless(self) -> bool:
        return not self.logged_out + self.lost

    def expect(self, what: str, seen: object, expected: object) -> None:
        """Notes what is not as promised."""
        if seen != expected:
            self.wrong.append(f"{what}: {seen}, expected {expected}")


@dataclass(frozen=True)
class Row:
    """A line of the table: which scene it was, and how it ended."""

    scenario: str
    setup: Setup
    has_control: bool
    outcome: Outcome
    seconds: float

    @property
    def name(self) -> str:
        setup = self.setup
        return f"Django {setup.django}, {setup.sessions}, {self.scenario}, {setup.who.value}"

    def failures(self) -> Iterable[str]:
        """A control that loses nothing is one that shows nothing."""
        found = self.outcome
        yield from (f"{self.name}: {what}" for what in found.wrong)
        if self.setup.is_ours and found.logged_out:
            yield f"{self.name}: {found.logged_out} of {found.users} users were logged out"
        if self.setup.is_ours and found.lost:
            yield f"{self.name}: {found.lost} session writes were lost"
        if self.setup.is_ours and found.refused:
            yield f"{self.name}: {found.refused} tokens were refused"
        if not self.setup.is_ours and self.has_control and found.is_spotless:
            yield f"{self.name}: the control lost neither users nor session writes"


def table(rows: Iterable[Row]) -> str:
    lines: list[tuple[str, ...]] = [HEAD, *map(cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def cells(row: Row) -> tuple[str, ...]:
    found = row.outcome
    numbers = (found.requests, f"{found.logged_out} of {found.users}", found.refused, found.lost, found.turned_away)
    return (row.setup.django, row.setup.sessions, row.scenario, row.setup.who.value, *map(str, numbers))


def as_json(rows: Iterable[Row]) -> str:
    """One object a row."""
    told = [
        {
            "django": row.setup.django,
            "sessions": row.setup.sessions,
            "scenario": row.scenario,
            "middleware": row.setup.who.value,
            **asdict(row.outcome),
            "seconds": round(row.seconds, 1),
        }
        for row in rows
    ]
    return json.dumps(told, indent=2)


HEAD = ("Django", "sessions", "scenario", "middleware", "requests", "logged out", "refused", "lost", "turned away")
