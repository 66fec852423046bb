"""Servers with a proxy before each, and the program that is run against them."""

from __future__ import annotations

import itertools
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from fronts import FRONTS
from proxy import Proxy

from hands.desk import HANDS
from hands.hand import Hand
from roster import SERVERS
from stage import Stage

T = TypeVar("T")


@dataclass(frozen=True)
class Done:
    code: int
    output: str
    error: str


@dataclass(frozen=True)
class Lane:
    """Every so many of a list, beginning with the one of this number."""

    number: int
    of: int

    def part(self, scenes: list[T]) -> list[T]:
        return scenes[self.number :: self.of]


@dataclass
class Place:
    """One kind of store, the proxy before its server, and the vendor's client behind it."""

    name: str
    template: str
    # Which of the scenes are played here: those of one proxy are played one after another.
    lane: Lane
    # What the program finds in its environment: the way through the proxy, and the straight one.
    through: dict[str, str]
    straight: dict[str, str]
    proxy: Proxy
    hand: Hand
    # How long a claim of somebody who was killed keeps others out, in seconds.
    patience: float

    @property
    def store(self) -> str:
        return self.template.partition(":")[0]

    @property
    def is_sealed(self) -> bool:
        return FRONTS[self.store].is_sealed

    @property
    def is_separate(self) -> bool:
        return "layout=separate" in self.template

    def fresh(self) -> str:
        """The URL of a place that nobody has used."""
        return self.template.replace("{world}", f"fault-{os.getpid()}-{next(NUMBERS)}")


@dataclass
class Ground:
    stage: Stage
    program: Path
    places: list[Place]

    @classmethod
    def prepared(cls, stage: Stage, servers: list[str], program: Path) -> Ground:
        for name in servers:
            SERVERS[name](stage)
        places = []
        for store, (variable, make) in HANDS.items():
            if variable in stage.environment:
                front, straight = FRONTS[store], dict(stage.environment)
                for template, lane in itertools.product(front.templates, range(front.lanes)):
                    proxy, changed = front.put_before(stage)
                    name = template.partition(":")[0] + (" separate" if "layout=separate" in template else "")
                    through, hand = {**straight, **changed}, make(stage)
                    lanes = Lane(lane, front.lanes)
                    places.append(Place(name, template, lanes, through, straight, proxy, hand, front.patience))
        return cls(stage, program, places)

    def run(self, there: dict[str, str], *words: str, given: str = "", folder: Path | None = None) -> Done:
        return self.finished(self.start(there, *words, folder=folder), given)

    def start(self, there: dict[str, str], *words: str, folder: Path | None = None) -> subprocess.Popen[str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        home = self.stage.folder / "home"
        home.mkdir(exist_ok=True)
        streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        environment = {**kept, "HOME": str(home), "RUST_LOG": "trace", **there}
        return subprocess.Popen([self.program, *words], cwd=folder or home, env=environment, text=True, **streams)

    def finished(self, process: subprocess.Popen[str], given: str = "") -> Done:
        output, error = process.communicate(given, timeout=120)
        self.must_show_no_secret(output + error)
        return Done(process.returncode, output, error)

    def must_show_no_secret(self, said: str) -> None:
        secrets = self.secrets()
        shown = [secret for secret in secrets if secret in said]
        paths = [call.path for place in self.places for call in place.proxy.calls]
        sent = [path for path in paths for secret in secrets if secret in path]
        if shown or sent:
            raise AssertionError(f"a planted secret is shown: {said}{sent}")

    def secrets(self) -> list[str]:
        planted = [
            value
            for name, value in self.stage.environment.items()
            if ("TOKEN" in name or "SECRET" in name) and value.strip() and not Path(value).exists()
        ]
        # A copy of each: a stand-in may give out the next one meanwhile.
        return [KEY, *planted, *(token for tokens in self.stage.tokens for token in tuple(tokens))]


NUMBERS = itertools.count()

# The key that each ring begins with.
KEY = "made-up-" + "k3yBatonTe5t" * 5
