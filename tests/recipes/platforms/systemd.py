"""systemd 252 on a machine of its own reads the units."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from ground import Ground
from machine import Machine
from stage import Stage

FOLDER = "/srv/shop"


def trials(ground: Ground) -> Iterator[str]:
    project = ground.project()
    ground.run("keybaton recipe systemd --write --set user=root --set venv=/usr", project)
    with tempfile.TemporaryDirectory(prefix="keybaton-systemd-") as folder, Stage(Path(folder)) as stage:
        machine = Machine(stage, {}, {project: FOLDER})
        machine.run("cp deploy/systemd/* /etc/systemd/system/", FOLDER)
        # The programs of the units are not on this machine.
        printed = machine.run("systemd-analyze verify /etc/systemd/system/shop*", FOLDER)
        complaints = [line for line in printed.splitlines() if "is not executable" not in line]
    yield from complaints
