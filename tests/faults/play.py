"""The scenes of each place, one after another; places at the same time, for each has a proxy of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol


class Scene(Protocol):
    name: str
    tried: int

    @property
    def patience(self) -> float:
        """How long a claim of somebody who was killed keeps others out, in seconds."""

    def begin(self) -> Iterator[str]:
        """What is not as it should be, straight after the faults."""

    def end(self) -> Iterator[str]:
        """What is not, once nobody holds a claim any more."""


def play(places: list[list[Scene]]) -> list[str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [failure for failures in pool.map(play_one, places) for failure in failures]


def play_one(scenes: list[Scene]) -> list[str]:
    failures = [failure for scene in scenes for failure in told(scene.begin())]
    time.sleep(max((scene.patience for scene in scenes), default=0))
    return failures + [failure for scene in scenes for failure in told(scene.end())]


def told(failures: Iterator[str]) -> Iterator[str]:
    for failure in failures:
        print(failure, flush=True)
        yield failure


# More than there are processors: most of the time somebody waits for an answer that does not come.
AT_ONCE = 8
