"""Prism before a stand-in for GitHub, with the part of GitHub's description that is about secrets and variables."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from npm import installed

from node import node, path_to
from stage import Stage, free_port

WANTED = Path(__file__).resolve().parent / "prism"


def folder() -> Path:
    """Where Prism and the description are, made in the cache when they are missing or others."""
    told = "prism and GitHub's description of its interface, 80 MB,"
    return installed("prism", WANTED, told, then=keep_part)


def keep_part(place: Path) -> None:
    whole = place / "node_modules" / "@octokit" / "openapi" / "generated"
    description = json.loads((whole / "api.github.com.json").read_text())
    (place / "github.json").write_text(json.dumps(part_of(description)))
    # 390 MB, of which the part is enough.
    shutil.rmtree(whole)


def part_of(description: dict[str, Any]) -> dict[str, Any]:
    """The description without what is not about secrets and variables, or what holds them."""
    paths = {path: said for path, said in description["paths"].items() if re.fullmatch(PATHS, path)}
    part: dict[str, Any] = {**description, "paths": paths, "components": {}, "servers": [{"url": "/"}]}
    part.pop("x-webhooks", None)
    wanted = referred(paths)
    while wanted:
        kind, name = wanted.pop()
        among = part["components"].setdefault(kind, {})
        if name not in among:
            among[name] = description["components"][kind][name]
            wanted |= referred(among[name])
    return part


def referred(said: object) -> set[tuple[str, str]]:
    """The components that are named in a part of a description."""
    if isinstance(said, dict):
        own = re.fullmatch(r"#/components/(\w+)/([\w.-]+)", str(said.get("$ref", "")))
        found = {(own[1], own[2])} if own else set()
        return found.union(*(referred(value) for value in said.values()))
    if isinstance(said, list):
        return set[tuple[str, str]]().union(*(referred(value) for value in said))
    return set()


def start(stage: Stage, upstream: int) -> int:
    """Starts it before a server on this machine; gives its port."""
    place, port = folder(), free_port()
    program = place / "node_modules" / ".bin" / "prism"
    where = ["--host", "127.0.0.1", "--port", str(port)]
    command: list[str | Path] = [node(), program, "proxy", "--errors", *where, place / "github.json"]
    stage.start("prism", [*command, f"http://127.0.0.1:{upstream}"], port, PATH=path_to(), HOME=str(stage.folder))
    return port


ACTIONS = r"/(repos/\{owner\}/\{repo\}|orgs/\{org\})/actions/(secrets|variables)(/.*)?"
ENVIRONMENT = r"/repos/\{owner\}/\{repo\}(/environments/\{environment_name\}(/(secrets|variables)(/.*)?)?)?"
PATHS = rf"{ACTIONS}|{ENVIRONMENT}"
