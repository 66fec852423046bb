"""systemd itself, on a machine of its own, which starts a service with each file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from machine import Machine
from stage import Stage

FOLDER = "/srv/exports"


def read(folder: Path, texts: list[str]) -> list[dict[str, str]]:
    shared = folder / "shared"
    shared.mkdir()
    (shared / "dump.py").write_text(DUMP)
    (shared / "dump@.service").write_text(UNIT)
    for number, text in enumerate(texts):
        (shared / f"{number}.env").write_bytes(text.encode())
    with tempfile.TemporaryDirectory(prefix="keybaton-unit-") as stage_folder, Stage(Path(stage_folder)) as stage:
        machine = Machine(stage, {}, {shared: FOLDER})
        machine.run("cp dump@.service /etc/systemd/system/", FOLDER)
        for number in range(len(texts)):
            printed = machine.run(f"systemctl start dump@{number}", FOLDER)
            assert (shared / f"{number}.json").exists(), printed
    return [dict(json.loads((shared / f"{number}.json").read_text())) for number in range(len(texts))]


DUMP = """\
import json, os, sys

with open(sys.argv[1], "w") as file:
    json.dump(dict(os.environ), file)
"""

UNIT = f"""\
[Service]
Type=oneshot
EnvironmentFile={FOLDER}/%i.env
ExecStart=/usr/bin/python3 {FOLDER}/dump.py {FOLDER}/%i.json
"""
