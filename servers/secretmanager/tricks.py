"""What a test makes the stand-in do for one secret: nothing here is Google's."""

from __future__ import annotations

from dataclasses import dataclass, field

import standin


@dataclass
class Trick(standin.Trick):
    # Calls that are done the next time and answered so many seconds late.
    late: dict[str, float] = field(default_factory=dict)
    # Labels that another program sets just before the next value is added.
    relabel: dict[str, str] = field(default_factory=dict)
    # Whether `latest` is still the version before the newest: Google says that it can be, for minutes.
    lags: bool = False
    # How far the server's clock is ahead, in seconds.
    clock: float = 0
    # Whether values are spoiled on their way.
    spoils: bool = False

    def relabelled(self) -> dict[str, str]:
        now, self.relabel = self.relabel, {}
        return now

    def lateness(self, call: str) -> float:
        return self.late.pop(call, 0)
