"""A page of docs/stores, and in it the section that is walked."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hands.desk import HANDS

STORES = Path(__file__).resolve().parent.parent.parent / "docs" / "stores"


@dataclass(frozen=True)
class Configuration:
    """What stands in keybaton.toml from here on."""

    text: str


@dataclass(frozen=True)
class Command:
    """What is typed, and what the page says that it prints."""

    line: str
    prints: str

    @property
    def kind(self) -> str:
        program, verb, *_ = [*self.line.split(), "", ""]
        return verb if program == "keybaton" else "another program"


@dataclass(frozen=True)
class Page:
    store: str
    steps: list[Configuration | Command]

    @classmethod
    def of(cls, store: str) -> Page:
        file = STORES / f"{store}.md"
        return cls(store, list(steps(section(file.read_text("utf-8") if file.exists() else ""))))

    @property
    def name(self) -> str:
        return f"docs/stores/{self.store}.md"

    def lacks(self) -> Iterator[str]:
        """What has to stand there, whether or not it is true."""
        kinds = (step.kind for step in self.steps if isinstance(step, Command) and self.is_about(step))
        # Each look goes on behind what the last one found, so the order counts.
        if not all(kind in kinds for kind in KINDS):
            yield f"{self.name}: under `{HEADING}` there should be, in this order: {', '.join(KINDS)}"
        if self.store not in HANDS:
            yield f"{self.name}: there is no server to walk it against, see servers/hands/desk.py"

    def is_about(self, command: Command) -> bool:
        """A rotation finds its store in keybaton.toml, and another program has other names for it."""
        return command.kind in ("rotate", "another program") or f"{self.store}:" in command.line


def stores_with_a_server(program: Path) -> list[str]:
    """By the program's own list: those behind a network, and those of one machine that servers/ can start."""
    listed = subprocess.run([program, "stores", "--json"], check=True, capture_output=True, text=True).stdout
    return [store["scheme"] for store in json.loads(listed) if not store["local"] or store["scheme"] in HANDS]


def section(text: str) -> str:
    _, _, after = text.partition(f"\n{HEADING}\n")
    return after.partition("\n## ")[0]


def steps(text: str) -> Iterator[Configuration | Command]:
    for kind, block in re.findall(r"^```(toml|console)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if kind == "toml":
            yield Configuration(block)
        else:
            yield from map(command, block.removeprefix("$ ").split("\n$ "))


def command(text: str) -> Command:
    """A line that goes on begins with `> `, as a shell shows it."""
    first, *rest = text.splitlines()
    more = next((number for number, line in enumerate(rest) if not line.startswith(">")), len(rest))
    typed = [first, *(line.removeprefix(">").removeprefix(" ") for line in rest[:more])]
    return Command("\n".join(typed), "\n".join(rest[more:]))


HEADING = "## A ring moves in"
KINDS = ("copy", "another program", "rotate", "diff")
