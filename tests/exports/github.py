"""What GitHub documents of the file $GITHUB_ENV and of workflow commands; its runner is not to be had."""

from __future__ import annotations

import json
from pathlib import Path


def read(file: Path) -> dict[str, str]:
    lines = file.read_bytes().decode().split("\n")
    found: dict[str, str] = {}
    while lines and lines[0]:
        line = lines.pop(0)
        head, equals, value = line.partition("=")
        name, heredoc, end = line.partition("<<")
        if heredoc and (not equals or len(name) < len(head)):
            at = lines.index(end)
            found[name], lines = "\n".join(lines[:at]), lines[at + 1 :]
        else:
            found[head] = value
    return found


def masked(file: Path) -> dict[str, str]:
    """Each key in a command of its own, the one that signs first: together they are the ring's texts again."""
    *commands, end = file.read_bytes().decode().split("\n")
    assert not end
    assert all(command.startswith(MASK) for command in commands)
    values = [command.removeprefix(MASK) for command in commands]
    keys = [value.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%") for value in values]
    is_awkward = "," in keys[0] or keys[0].startswith("[")
    return {"SECRET_KEY": keys[0], "SECRET_KEY_FALLBACKS": json.dumps(keys) if is_awkward else ",".join(keys)}


MASK = "::add-mask::"
