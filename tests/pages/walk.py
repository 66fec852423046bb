"""One page from top to bottom, in a project of its own."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from alike import Names
from ground import Ground
from page import Configuration, Page
from transcript import Command


def walk(ground: Ground, page: Page) -> Iterator[str]:
    folder = ground.project(page.store)
    shown, real = Names(), Names()
    for step in page.steps:
        match step:
            case Configuration(text):
                (folder / "keybaton.toml").write_text(text)
            case Command(line, prints):
                printed = ground.run(page.store, line)
                yield from compared(page, line, shown.told(prints), real.told(printed))


def compared(page: Page, line: str, prints: str, printed: str) -> Iterator[str]:
    if prints != printed:
        lines = difflib.unified_diff(
            prints.splitlines(), printed.splitlines(), "the page", "the program", n=99, lineterm=""
        )
        yield "\n".join([f"{page.name}: $ {line}", *lines])
