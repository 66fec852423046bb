"""supervisord, one program for each key."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 60.0


def read(folder: Path, texts: list[str]) -> list[dict[str, str]]:
    (folder / "dump.py").write_text(DUMP)
    head = f"[supervisord]\nnodaemon=true\nlogfile={folder}/log\npidfile={folder}/pid\n"
    programs = [
        f"[program:{number}]\ncommand={sys.executable} {folder}/dump.py {folder}/{number}.json\n"
        f"autorestart=false\nstartsecs=0\n{text}"
        for number, text in enumerate(texts)
    ]
    (folder / "supervisord.conf").write_bytes((head + "".join(programs)).encode())
    command = [f"{sys.prefix}/bin/supervisord", "--configuration", f"{folder}/supervisord.conf"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as supervisord:
        try:
            return [found(folder / f"{number}.json", supervisord) for number in range(len(texts))]
        finally:
            supervisord.terminate()


def found(file: Path, supervisord: subprocess.Popen[bytes]) -> dict[str, str]:
    end = time.monotonic() + PATIENCE
    while not file.exists():
        said = supervisord.stdout.read().decode() if supervisord.poll() is not None and supervisord.stdout else ""
        assert not said, said
        assert time.monotonic() < end
        time.sleep(0.05)
    variables: dict[str, str] = json.loads(file.read_text())
    return variables


DUMP = """\
import json, os, sys

with open(sys.argv[1] + ".part", "w") as file:
    json.dump(dict(os.environ), file)
os.rename(sys.argv[1] + ".part", sys.argv[1])
"""
