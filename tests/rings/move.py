"""The move itself: the page's commands, and after each scene what was signed so far, shown to each instance."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alike import Names
from instances import USES, Artefacts, Instance
from page import Page, Scene, Settings
from project import Project
from transcript import Command

RINGS = ("COOKIE_SIGNING_KEY", "SESSION_SIGNING_KEY", "LINK_SIGNING_KEY", "JWT_SIGNING_KEY")


@dataclass
class Outcome:
    failures: list[str] = field(default_factory=list)
    # How many artefacts were shown to an instance, and were accepted or not.
    read: int = 0
    refused: int = 0
    control: int = 0
    printed: list[str] = field(default_factory=list)

    def shown(self) -> str:
        return "\n".join(self.printed)


class Move:
    def __init__(self, project: Project, outcome: Outcome) -> None:
        self.project, self.outcome = project, outcome
        self.one, self.two = Instance(project, "one"), Instance(project, "two")
        self.kept = [self.one.make("before"), self.two.make("before")]

    def stop(self) -> None:
        self.one.stop()
        self.two.stop()

    def deploy(self, when: str) -> None:
        """Half of the instances, then the others; nothing is refused at any moment."""
        self.one.restart()
        self.check(f"{when}, half of it")
        self.two.restart()
        self.check(when)

    def half_deploy(self, when: str) -> None:
        self.one.restart()
        self.check(when)

    def other_half(self, when: str) -> None:
        self.two.restart()
        self.check(when)

    def the_end(self, when: str) -> None:
        """Each key goes when what it signed has expired: here a moment is long enough. Then one ring is revoked."""
        fresh = [self.one.make("with the new keys"), self.two.make("with the new keys")]
        for ring in RINGS:
            table = f"[environments.dev.rings.{ring}]\n"
            file = self.project.folder / "keybaton.toml"
            file.write_text(file.read_text().replace(table, f'{table}longest-signature = "1s"\n'))
        time.sleep(2)
        for ring in RINGS:
            printed = self.project.must(f"keybaton rotate --ring {ring} --wait=retire --timeout 60s")
            self.must("\nretired " in f"\n{printed}", f"{ring} was not retired: {printed}")
        self.one.restart()
        self.two.restart()
        # What SECRET_KEY's own ring has signed is not theirs: it was not touched.
        self.expect(fresh, dict.fromkeys(USES, True), when)
        own = {use: use == "note" for use in USES}
        self.expect(self.kept[:2], own, f"{when}: what was signed before")
        self.must("shares" not in self.project.must("keybaton status"), "rings still have keys in common")
        self.project.must("keybaton revoke --ring LINK_SIGNING_KEY --all --accept-logouts")
        self.one.restart()
        self.two.restart()
        self.expect(fresh, {use: use != "link" for use in USES}, f"{when}: one ring revoked")

    def check(self, when: str) -> None:
        """Whatever was made so far, and whatever is made now, is accepted by both."""
        self.kept += [self.one.make(when), self.two.make(when)]
        self.expect(self.kept, dict.fromkeys(USES, True), when)

    def expect(self, shown: list[Artefacts], expected: dict[str, bool], when: str) -> None:
        for instance in (self.one, self.two):
            for artefacts in shown:
                told = instance.read(artefacts)
                self.outcome.read += sum(told.values())
                wrong = [use for use in USES if told[use] is not expected[use]]
                self.outcome.refused += sum(expected[use] for use in wrong)
                for use in wrong:
                    verb = "accepted" if told[use] else "refused"
                    self.outcome.failures.append(f"{when}: {use} {verb} by {instance.name}, made {artefacts.made}")

    def must(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            self.outcome.failures.append(otherwise)


# What happens after the commands of a scene.
ACTS: dict[str, Callable[[Move, str], None]] = {
    "Five rings that begin with today's key": Move.half_deploy,
    "A step waits for everybody": Move.other_half,
    "Each new key is accepted": Move.deploy,
    "Each new key signs": Move.deploy,
    "Data are written anew": Move.deploy,
    "The old key goes when nothing that it signed is valid": Move.the_end,
}


def move(page: Page, python: Path, folder: Path) -> Outcome:
    outcome = Outcome()
    walk(page, Project(folder / "move", python), outcome)
    at_once(page, Project(folder / "control", python), outcome)
    return outcome


def walk(page: Page, project: Project, outcome: Outcome) -> None:
    names = [scene.name for scene in page.scenes]
    if names != list(ACTS):
        outcome.failures.append(f"docs/rings.md has the scenes {names}, and they should be {list(ACTS)}")
    shown, real = Names(), Names()
    with moving(project, outcome) as moved:
        for scene in page.scenes:
            outcome.failures += compared(project, scene, (shown, real), outcome)
            ACTS[scene.name](moved, scene.name)


@contextmanager
def moving(project: Project, outcome: Outcome) -> Iterator[Move]:
    moved = Move(project, outcome)
    try:
        yield moved
    finally:
        moved.stop()


def compared(project: Project, scene: Scene, names: tuple[Names, Names], outcome: Outcome) -> Iterator[str]:
    shown, real = names
    outcome.printed.append(f"### {scene.name}")
    for step in scene.steps:
        match step:
            case Settings(text):
                project.put(text)
            case Command(line, prints):
                _, printed = project.run(line)
                outcome.printed.append(f"$ {line}\n{printed.rstrip()}")
                here, there = shown.told(prints), real.told(printed)
                if here != there:
                    lines = (here.splitlines(), there.splitlines())
                    differ = difflib.unified_diff(*lines, "the page", "the program", n=99, lineterm="")
                    yield "\n".join([f"docs/rings.md: $ {line}", *differ])


def at_once(page: Page, project: Project, outcome: Outcome) -> None:
    """The same without `--from`: fresh keys, and half of the instances with the new settings."""
    with moving(project, Outcome()) as moved:
        for ring in (*RINGS, "FIELD_ENCRYPTION_KEY"):
            project.must(f"keybaton init --ring {ring} --write")
        project.put(page.settings())
        moved.one.restart()
        told = [moved.one.read(moved.kept[1]), moved.two.read(moved.one.make("after"))]
    outcome.control = sum(not accepted for each in told for accepted in each.values())
    if outcome.control != len(USES) * 2:
        outcome.failures.append(f"switched at once, {outcome.control} of {len(USES) * 2} are refused")
