"""A command, a store, a fault at one of its calls; and what has to be so afterwards."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fronts import FRONTS
from ground import KEY, Done, Ground, Place
from proxy import Answer, Call, Fate, GoneError, Upstream

Kill = Callable[[], None]
HASTE = ("--force", "--reason", "a test")


@dataclass(frozen=True)
class Command:
    name: str
    # What it does to a ring in this phase, and the phase it comes to.
    before: str
    after: str
    words: tuple[str, ...]


COMMANDS = (
    Command("status", "settled", "settled", ("status", "--store", "{url}")),
    Command("create", "absent", "settled", ("copy", "-", "{url}", "--create")),
    Command("stage", "settled", "staged", ("stage", "--store", "{url}")),
    Command("promote", "staged", "promoted", ("promote", "--store", "{url}", *HASTE)),
    Command("retire", "promoted", "settled", ("retire", "--store", "{url}", *HASTE)),
    Command("abort", "staged", "settled", ("abort", "--store", "{url}")),
    Command("revoke", "settled", "settled", ("revoke", "--all", "--accept-logouts", "--store", "{url}")),
)


# The steps that bring a settled ring into each phase.
PHASES: dict[str, tuple[str, ...]] = {"settled": (), "staged": ("stage",), "promoted": ("stage", "promote")}


@dataclass
class Case:
    """One fault at one call."""

    url: str
    call: int
    fault: str
    accepted: list[str]

    def __str__(self) -> str:
        return f"{self.fault} call {self.call}"


class FaultScene:
    def __init__(self, ground: Ground, place: Place, command: Command) -> None:
        self.ground, self.place, self.command = ground, place, command
        self.name = f"{command.name}, {place.name}"
        self.tried = 0
        self.cases: list[Case] = []

    @property
    def patience(self) -> float:
        return self.place.patience

    def begin(self) -> Iterator[str]:
        """Each fault at each call; what is not as it should be straight afterwards."""
        calls = self.count()
        wanted = FRONTS[self.place.store].calls.get(self.command.name + (" separate" if self.place.is_separate else ""))
        self.tried += 1
        if calls != wanted:
            yield f"{self.name}: {calls} calls, and not {wanted}"
        self.cases = [self.befall(number, fault) for number in range(1, calls + 1) for fault in FAULTS]
        for case in self.cases:
            yield from self.must_serve(case)

    def end(self) -> Iterator[str]:
        """The next run, once nobody holds a claim any more."""
        for case in self.cases:
            self.tried += 1
            yield from self.must_go_on(case)

    def count(self) -> int:
        url = self.prepared()[0]
        self.place.proxy.begin()
        done = self.run(self.place.through, url)
        if done.code != 0:
            raise AssertionError(f"{self.name}: ends with {done.code}, without any fault: {done.error}")
        return len(self.place.proxy.calls)

    def prepared(self) -> tuple[str, list[str]]:
        """A place with a ring in the phase that the command wants, and the keys that it accepts."""
        url = self.place.fresh()
        if self.command.before == "absent":
            return url, []
        self.must("copy", self.original(), url, "--create")
        return url, self.place.hand.texts(url)["SECRET_KEY_FALLBACKS"].split(",")

    def original(self) -> str:
        """A ring in that phase in a file, made once."""
        file = self.ground.stage.folder / f"{self.place.name} {self.place.lane.number} {self.command.before}.env"
        store = f"dotenv:{file}"
        if not file.exists():
            self.must("copy", "-", store, given=KEY)
            for step in PHASES[self.command.before]:
                self.must(step, "--store", store, *(HASTE if step == "promote" else ()))
        return store

    def must(self, *words: str, given: str = "") -> Done:
        done = self.ground.run(self.place.straight, *words, given=given)
        if done.code != 0:
            raise AssertionError(f"{self.name}: `keybaton {' '.join(words)}` ends with {done.code}: {done.error}")
        return done

    def run(self, there: dict[str, str], url: str) -> Done:
        return self.ground.run(there, *self.words(url), given=KEY, folder=self.folder(url))

    def folder(self, url: str) -> Path | None:  # noqa: ARG002 - nowhere in particular, unless a scene has a project
        """Where the command is typed."""
        return None

    def words(self, url: str) -> list[str]:
        return [word.replace("{url}", url) for word in self.command.words]

    def befall(self, number: int, fault: str) -> Case:
        url, accepted = self.prepared()
        process: subprocess.Popen[str] | None = None

        def kill() -> None:
            if process is not None:
                process.kill()

        self.place.proxy.begin(at(number, FAULTS[fault], kill))
        process = self.ground.start(self.place.through, *self.words(url), folder=self.folder(url))
        self.ground.finished(process, KEY)
        self.place.proxy.begin()
        return Case(url, number, fault, accepted)

    def must_serve(self, case: Case) -> Iterator[str]:
        texts = self.place.hand.texts(case.url)
        signing, accepted = texts.get("SECRET_KEY"), texts.get("SECRET_KEY_FALLBACKS", "").split(",")
        if self.command.before == "absent" and signing is None:
            return
        kept = set(case.accepted) if self.command.name in ("stage", "promote") else set()
        # A key that is cut off leaves the fallbacks first: between two steps it signs, and its successor is accepted.
        is_cut = self.command.name == "revoke" and bool(signing) and accepted != [""]
        if (signing not in accepted and not is_cut) or not kept <= set(accepted):
            yield f"{self.name}, {case}: the ring does not serve"

    def must_go_on(self, case: Case) -> Iterator[str]:
        again = self.run(self.place.straight, case.url)
        # Done already by the first run, which then makes no sense a second time.
        if again.code not in (0, 6):
            yield f"{self.name}, {case}: run again it ends with {again.code}: {again.error}"
        shown = self.ground.run(self.place.straight, "status", "--json", "--store", case.url)
        phase = json.loads(shown.output).get("phase") if shown.code == 0 else shown.error
        if phase != self.command.after:
            yield f"{self.name}, {case}: afterwards it is {phase}, and not {self.command.after}"


def fault_scenes(ground: Ground, place: Place) -> list[FaultScene]:
    return [
        FaultScene(ground, place, command)
        for command in COMMANDS
        # Three values are written one after another whatever the command: these make them, write over them, and cut a
        # key off.
        if not place.is_separate or command.name in ("create", "promote", "revoke")
    ]


def dropped(_upstream: Upstream, _kill: Kill) -> Answer:
    raise GoneError


def lost(upstream: Upstream, _kill: Kill) -> Answer:
    upstream()
    raise GoneError


def killed(upstream: Upstream, kill: Kill) -> Answer:
    upstream()
    kill()
    raise GoneError


FAULTS: dict[str, Callable[[Upstream, Kill], Answer]] = {"drop": dropped, "lose the answer of": lost, "kill": killed}


def at(number: int, fault: Callable[[Upstream, Kill], Answer], kill: Kill) -> Fate:
    def fate(count: int, _call: Call, upstream: Upstream) -> Answer:
        return fault(upstream, kill) if count == number else upstream()

    return fate
