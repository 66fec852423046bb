"""One beat: the rows first, then the floor. The writer raises the floor first, then reads the rows."""

from dataclasses import dataclass
from enum import Enum

from keybaton.django import _configuration

from . import table
from .effective import Use
from .identity import Process


class Standing(Enum):
    """How what this process uses compares with the floor."""

    UNKNOWN = "nothing to compare, or the database is away"
    CURRENT = "at the floor or above"
    BELOW = "below the floor, while others serve from it: restart this one with the ring of now"
    ALONE = "below the floor, and nobody serves from it: was a store or a release rolled back?"


@dataclass(frozen=True, slots=True)
class Report:
    """What a process hears when it beats: its standing, and the rings that it has below the floor."""

    standing: Standing = Standing.UNKNOWN
    below: frozenset[str] = frozenset()


def report(process: Process, uses: list[Use], before: Report) -> Report:
    """Says what this process uses, and that it knows where that is below the floor."""
    with table.connected() as alias:
        _write(alias, process, uses, before.below)
        floors = table.floors(alias, uses)
        late = [use for use in uses if use.ring.revision < floors.get(use.ring.id, 0)]
        below = frozenset(use.name for use in late)
        if below != before.below:
            _write(alias, process, uses, below)
        has_rivals = any(table.is_served_from(alias, use.ring.id, floors[use.ring.id]) for use in late)
    standing = Standing.BELOW if has_rivals else Standing.ALONE if late else Standing.CURRENT
    return Report(standing, below)


def _write(alias: str, process: Process, uses: list[Use], below: frozenset[str]) -> None:
    fence = "strict" if _configuration.fence() == "strict" else "warn"
    for use in uses:
        table.write(alias, process, use, {"fence": fence, "below": use.name in below})
