"""How long what a process heard may be relied on."""

import time
from typing import NamedTuple

EVERY = 15.0
LEASE = 60.0


class Clocks(NamedTuple):
    """Two clocks, because each misses something: one a machine that was suspended, the other its own setting."""

    boot: float
    wall: float


def clocks() -> Clocks:
    """What they say now."""
    return Clocks(_boot(), time.time())


class Lease:
    """Runs from before a beat. Whichever clock has moved more counts, whatever way it went."""

    __slots__ = ("_begun",)

    def __init__(self) -> None:
        self._begun: Clocks | None = None

    def begin(self, at: Clocks) -> None:
        """From then on."""
        self._begun = at

    def is_over(self, now: Clocks, after: float = LEASE) -> bool:
        """Whether so many seconds have passed since it began; one that has not begun is over."""
        begun = self._begun
        return begun is None or now.boot - begun.boot >= after or abs(now.wall - begun.wall) >= after


if hasattr(time, "CLOCK_BOOTTIME"):  # Linux: it goes on while the machine sleeps

    def _boot() -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)

else:

    def _boot() -> float:
        return time.monotonic()
