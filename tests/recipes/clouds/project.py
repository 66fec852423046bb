"""Projects with their rings in a cloud, and what is done with them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ground import CHECKOUT, SHOP, Ground


@dataclass
class Site:
    """A project, and who asks: the environment in which keybaton runs."""

    ground: Ground
    folder: Path
    target: str
    there: dict[str, str]

    @classmethod
    def of(
        cls,
        ground: Ground,
        name: str,
        recipe: str,
        there: dict[str, str],
        store: str = "",
        app: str = "",
        further: str = "",
    ) -> Site:
        """`recipe`: its target, and what is said of it; what else is named stands there before."""
        installed = {"shop/settings.py": SHOP["shop/settings.py"] + f'INSTALLED_APPS = ["{app}"]\n'} if app else {}
        folder = ground.project(name, installed)
        if store:
            table = f'\n[environments.production]\nstore = "{store}"\npropagation = "15m"\n'
            table += f'[environments.production.rings.JWT_KEY]\nstore = "{further}"\n' if further else ""
            with (folder / "keybaton.toml").open("a") as file:
                file.write(table)
        printed = ground.run(f"keybaton recipe {recipe} --write", folder)
        assert "wrote" in printed, printed
        return cls(ground, folder, recipe.split()[0], there)

    def made(self, name: str) -> str:
        return (self.folder / "deploy" / self.target / name).read_text()

    def json(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.made(name))
        return document

    def does(self, command: str, **who: str) -> bool:
        """Whether keybaton does it in production, as somebody else if `who` says so."""
        printed = self.ground.run(
            f'keybaton {command}; echo "code $?"', self.folder, **{**self.there, **PRODUCTION, **who}
        )
        return printed.endswith("code 0\n")

    def steps(self, recipe: str) -> list[str]:
        """The commands that the recipe tells."""
        told = json.loads(self.ground.run(f"keybaton recipe {recipe} --json", self.folder))
        return [step.strip() for step in told["steps"] if step.startswith("    ")]


def rotates(site: Site, **who: str) -> bool:
    """A whole rotation, without its waiting times."""
    return all(site.does(step, **who) for step in ROTATION)


def settle(site: Site) -> None:
    """As the administrator, whatever was left half done."""
    site.does("abort --no-input")
    site.does('retire --force --reason "a trial"')


def blocks(page: str, language: str, below: str) -> list[str]:
    """The blocks of one language in one section of a page."""
    text = (CHECKOUT / "docs" / page).read_text()
    section = re.split(r"^## ", text.partition(f"\n## {below}\n")[2], flags=re.MULTILINE)[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


PRODUCTION = {"KEYBATON_ENV": "production"}
READS = ["status", "run -- true"]
ROTATION = ["stage", 'promote --force --reason "a trial"', 'retire --force --reason "a trial"']
