"""Cases of the commands that change a ring: what it is before and after, and at any kill in between."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from program import Program
from ring import LAYOUTS, Layout, Texts

STAGE = ["stage"]
PROMOTE = ["promote", "--force", "--reason", "a test"]
RETIRE = ["retire", "--force", "--reason", "a test"]
ROTATE = ["rotate", "--new"]
TRIES = 6
CONFIGURATION = """\
default-environment = "dev"
[environments.dev]
store = "{url}"
propagation = "0s"
longest-signature = "0s"
"""


@dataclass(frozen=True)
class Handover:
    """One row of the design's table of changes, in words of its shapes."""

    name: str
    before: str
    command: list[str]
    after: str
    setup: list[list[str]] = field(default_factory=list)
    end: str = ""
    """Where running the command again and again leads, where that is not `after`."""


# `@A` among a command's words stands for the id of the key A.
HANDOVERS = [
    Handover("stage", "A | A", STAGE, "A | B,A"),
    Handover("promote", "A | B,A", PROMOTE, "B | B,A", [STAGE]),
    Handover("retire", "B | B,A", RETIRE, "B | B", [STAGE, PROMOTE]),
    Handover("abort staged", "A | B,A", ["abort"], "A | A", [STAGE]),
    Handover("abort promoted", "B | B,A", ["abort"], "A | B,A", [STAGE, PROMOTE]),
    Handover("revoke settled", "A | A", ["revoke", "@A", "--accept-logouts"], "C | C"),
    Handover("revoke staged", "A | B,A", ["revoke", "@A", "--accept-logouts"], "B | B", [STAGE]),
    Handover("revoke promoted", "B | B,A", ["revoke", "@B", "--accept-logouts"], "C | C,A", [STAGE, PROMOTE]),
    Handover("revoke next", "A | B,A", ["revoke", "@B", "--accept-logouts"], "A | A", [STAGE]),
    Handover("revoke retiring", "B | B,A", ["revoke", "@A", "--accept-logouts"], "B | B", [STAGE, PROMOTE]),
    Handover("rotate settled", "A | A", ROTATE, "A | B,A", end="B | B"),
    Handover("rotate staged", "A | B,A", ["rotate"], "B | B,A", [STAGE], end="B | B"),
    Handover("rotate promoted", "B | B,A", ["rotate"], "B | B", [STAGE, PROMOTE]),
]


class RingCase:
    """One handover in one store, in one folder."""

    def __init__(self, handover: Handover, layout: Layout, program: Program) -> None:
        self.handover, self.layout, self.program = handover, layout, program
        self.name = f"{handover.name}, {layout.name}"

    def prepare(self, folder: Path) -> RingRun:
        (folder / "keybaton.toml").write_text(CONFIGURATION.format(url=self.layout.url_in(folder)))
        keys = {"A": self.layout.make(folder)}
        for words in self.handover.setup:
            done = self.program.run(folder, *words, "--no-input")
            assert done.code == 0, f"`{' '.join(words)}` of the set-up: {done.output}"
        accepted = self.layout.read(folder).fallbacks.split(",")
        keys |= {"B": accepted[0]} if len(accepted) == 2 else {}
        return RingRun(self, folder, keys)


class RingRun:
    """A prepared folder: the words of the command, and what must hold."""

    def __init__(self, case: RingCase, folder: Path, keys: dict[str, str]) -> None:
        self.case, self.folder, self.keys = case, folder, keys
        self.program, self.layout, self.handover = case.program, case.layout, case.handover
        assert self.texts().has(self.handover.before, keys), "the set-up did not lead to the shape before"
        self.others, self.files = self.layout.of_others(folder), files_of(folder)
        self.words = [*map(self.word, self.handover.command), "--no-input"]

    def word(self, word: str) -> str:
        if not word.startswith("@"):
            return word
        signs = self.keys[word[1:]] == self.texts().signing
        rows = self.status()["keys"]
        return next(row["id"] for row in rows if (row["role"] == "signing") == signs)

    def check_serving(self) -> None:
        """After a kill: one of the shapes on the way, and no word that the ring is not keybaton's own."""
        texts, way = self.texts(), self.way()
        assert any(texts.has(shape, self.keys) for shape in way), f"the texts are none of {way}"
        assert self.layout.of_others(self.folder) == self.others, "a line of others changed"
        state = self.state()
        assert state in ("whole", "torn"), f"status calls the ring {state}"

    def way(self) -> list[str]:
        """Before, in between, after: the fallbacks are written before the key that signs."""
        before, after = self.handover.before, self.handover.after
        between = f"{before.split('|')[0]}|{after.split('|')[1]}"
        return [before, after] if self.layout.replaced_at_once else [before, between, after]

    def go_on(self) -> None:
        """Runs the command again, as a user would, until the end; nothing of the kill is left then."""
        end = self.handover.end or self.handover.after
        for _ in range(TRIES):
            if self.state() == "whole" and self.texts().has(end, self.keys):
                break
            done = self.program.run(self.folder, *self.words)
            assert done.code in (0, 6), f"run again, it ends with {done.code}: {done.output}"
        assert self.texts().has(end, self.keys), f"run again and again, it does not come to {end}"
        assert self.state() == "whole", f"at the end status calls the ring {self.state()}"
        assert self.layout.of_others(self.folder) == self.others, "a line of others changed"
        assert files_of(self.folder) == self.files, f"left over: {files_of(self.folder) ^ self.files}"

    def texts(self) -> Texts:
        return self.layout.read(self.folder)

    def state(self) -> str:
        return str(self.status().get("state", "whole"))

    def status(self) -> dict[str, list[dict[str, str]]]:
        done = self.program.run(self.folder, "status", "--json")
        assert done.code == 0, f"status ends with {done.code}: {done.output}"
        report: dict[str, list[dict[str, str]]] = json.loads(done.output)
        return report


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def ring_cases(program: Program) -> list[RingCase]:
    return [RingCase(handover, layout, program) for layout in LAYOUTS for handover in handovers_in(layout)]


def handovers_in(layout: Layout) -> list[Handover]:
    return HANDOVERS[:3] if layout.is_sealed else HANDOVERS
