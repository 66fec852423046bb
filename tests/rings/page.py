"""docs/rings.md, and in it the move that is walked: what is typed and printed, and what is put into the settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from transcript import Command, commands

FILE = Path(__file__).resolve().parents[2] / "docs" / "rings.md"
HEADING = "## The whole move"


@dataclass(frozen=True)
class Settings:
    """Lines that are put at the end of shop/settings.py."""

    text: str


@dataclass(frozen=True)
class Scene:
    """What stands under one heading."""

    name: str
    steps: list[Settings | Command]


@dataclass(frozen=True)
class Page:
    scenes: list[Scene]

    @classmethod
    def read(cls) -> Page:
        _, _, after = FILE.read_text("utf-8").partition(f"\n{HEADING}\n")
        move, _, _ = after.partition("\n## ")
        _, *scenes = re.split(r"^### ", move, flags=re.MULTILINE)
        return cls([Scene(text.splitlines()[0], list(steps(text))) for text in scenes])

    def settings(self) -> str:
        """The lines by which the uses leave SECRET_KEY."""
        every = (step for scene in self.scenes for step in scene.steps)
        return "".join(step.text for step in every if isinstance(step, Settings))


def steps(text: str) -> Iterator[Settings | Command]:
    for kind, block in re.findall(r"^```(python|console)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if kind == "python":
            yield Settings(block)
        else:
            yield from commands(block)
