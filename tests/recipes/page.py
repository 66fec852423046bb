"""The transcripts of docs/platforms: what a page shows is what the program prints."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from ground import CHECKOUT, Ground
from transcript import Command, Ids, commands

PAGES = CHECKOUT / "docs" / "platforms"


def lacks(targets: Iterable[str]) -> Iterator[str]:
    """A page without a recipe shows what nobody has tried."""
    pages = {page.stem for page in PAGES.glob("*.md")} - {"README"}
    yield from (f"docs/platforms/{name}.md has no line in tests/recipes/platforms" for name in pages - set(targets))


def walk(ground: Ground, target: str) -> Iterator[str]:
    """From top to bottom, in a project of its own."""
    folder = ground.project("page/shop")
    shown, real = Names(), Names()
    for step in steps(target):
        printed = ground.run(step.line, folder)
        prints, printed = shown.told(step.prints), real.told(printed)
        if prints != printed:
            lines = difflib.unified_diff(
                prints.splitlines(), printed.splitlines(), "the page", "the program", n=3, lineterm=""
            )
            yield "\n".join([f"docs/platforms/{target}.md: $ {step.line}", *lines])


def steps(target: str) -> Iterator[Command]:
    page = PAGES / f"{target}.md"
    # What is no platform, such as the action, has no page here; a test of the program asks for that of each recipe.
    text = page.read_text("utf-8") if page.is_file() else ""
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield from commands(block)


class Names(Ids):
    """Ids are numbered; moments are all alike."""

    def told(self, text: str) -> str:
        return re.sub(MOMENT, "TIME", self.numbered(text))


MOMENT = r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
