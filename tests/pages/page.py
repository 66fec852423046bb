"""A page of docs/stores, and in it the section that is walked."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from transcript import Command, commands

from hands.desk import HANDS

STORES = Path(__file__).resolve().parent.parent.parent / "docs" / "stores"


@dataclass(frozen=True)
class Configuration:
    """What stands in keybaton.toml from here on."""

    text: str


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
        kinds = (kind_of(step) for step in self.steps if isinstance(step, Command) and self.is_about(step))
        # Each look goes on behind what the last one found, so the order counts.
        if not all(kind in kinds for kind in KINDS):
            yield f"{self.name}: under `{HEADING}` there should be, in this order: {', '.join(KINDS)}"
        if self.store not in HANDS:
            yield f"{self.name}: there is no server to walk it against, see servers/hands/desk.py"

    def is_about(self, command: Command) -> bool:
        """A rotation finds its store in keybaton.toml, and another program has other names for it."""
        return kind_of(command) in ("rotate", "another program") or f"{self.store}:" in command.line


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
            yield from commands(block)


def kind_of(command: Command) -> str:
    """Keybaton's own command, or another program."""
    program, verb, *_ = [*command.line.split(), "", ""]
    return verb if program == "keybaton" else "another program"


HEADING = "## A ring moves in"
KINDS = ("copy", "another program", "rotate", "diff")
