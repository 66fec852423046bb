"""The transcripts of the pages, from top to bottom, each page or part of it in a project of its own."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from projects import CHECKOUT, Project, bare, fresh, set_up, with_dotenv
from transcript import Ids, commands


@dataclass(frozen=True)
class Walk:
    page: str
    begins: Callable[[Path], Project]
    # The part under this heading, else the whole page.
    part: str = ""

    @property
    def name(self) -> str:
        return f"docs/{self.page}" + (f", {self.part}" if self.part else "")

    def text(self) -> str:
        text = (CHECKOUT / "docs" / self.page).read_text("utf-8")
        if not self.part:
            return text
        return text.partition(f"\n## {self.part}\n")[2].partition("\n## ")[0]


def walk(chosen: Walk, home: Path) -> Iterator[str]:
    text = chosen.text()
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    if not blocks:
        yield f"{chosen.name}: there is no transcript"
    project = chosen.begins(home)
    shown, real = Names(), Names()
    for command in (command for block in blocks for command in commands(block)):
        printed = real.told(project.run(command.line))
        expected = shown.told(command.prints)
        if printed != expected:
            lines = difflib.unified_diff(
                expected.splitlines(), printed.splitlines(), "the page", "the program", n=99, lineterm=""
            )
            yield "\n".join([f"{chosen.name}: $ {command.line}", *lines])


class Names(Ids):
    """Ids are numbered, moments are all alike; a diff's lines without a word end where the page's do."""

    def told(self, text: str) -> str:
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", self.numbered(text))
        return re.sub(r"just now|\d+s ago", "AGO", text).replace(" \n", "\n")


WALKS = (
    Walk("README.md", fresh),
    Walk("generate.md", bare),
    Walk("local.md", fresh, "A new project"),
    Walk("local.md", with_dotenv, "A project that reads .env itself"),
    Walk("local.md", bare, "For one session, without a file"),
    Walk("rotation.md", set_up),
    Walk("instances.md", set_up),
    Walk("leak.md", set_up),
)
