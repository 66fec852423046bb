"""docs/guide.md is true: its pages, commands and tests are there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

from projects import CHECKOUT, PROGRAM

DOCS = CHECKOUT / "docs"
HEAD = ["heading or snippet", "command", "page", "test", "tried with"]


def findings() -> Iterator[str]:
    # What is not there yet stands in a comment behind the table.
    text, _, _ = (DOCS / "guide.md").read_text("utf-8").partition("<!--")
    head, _, *rows = [line for line in text.splitlines() if line.startswith("|")]
    if cells(head) != HEAD:
        yield f"the table's columns should be {HEAD}"
    for row in map(cells, rows):
        yield from (f"{row[0]}: {finding}" for finding in wrong_in(row))
    for page in sorted(DOCS.glob("platforms/[!R]*.md")):
        if f"](platforms/{page.name}" not in text:
            yield f"there is no row for docs/platforms/{page.name}"


def wrong_in(row: list[str]) -> Iterator[str]:
    if len(row) != len(HEAD) or not all(row):
        yield f"a cell of {row} is missing or empty"
        return
    _, command, page, tests, _ = row
    yield from unknown_commands(command)
    pages = re.findall(r"\]\(([^)#]+)", page)
    yield from (f"there is no docs/{name}" for name in pages if not (DOCS / name).is_file())
    paths = re.findall(r"`([^`]+)`", tests)
    yield from (f"there is no {path}" for path in paths if not (CHECKOUT / path).exists())
    if not (pages and paths):
        yield "a page and a test are named as `[page](page)` and `path`"


def unknown_commands(cell: str) -> Iterator[str]:
    """`keybaton VERB`, and behind `recipe` a target that it knows; or a variable that `load()` asks for."""
    named = re.findall(r"`keybaton (\w+)(?: ([\w-]+))?", cell)
    variables = re.findall(r"`(KEYBATON_\w+)=", cell)
    if not (named or variables):
        yield f"{cell} names no command of keybaton"
    known = (DOCS / "load.md").read_text("utf-8")
    yield from (f"docs/load.md does not know {name}" for name in variables if f"`{name}`" not in known)
    for verb, word in named:
        told = subprocess.run([PROGRAM, verb, "--help"], capture_output=True, text=True)
        if told.returncode != 0:
            yield f"there is no command `keybaton {verb}`"
        elif verb == "recipe" and not re.search(rf"\b{word}\b", told.stdout):
            yield f"`keybaton recipe` has no target {word}"


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
