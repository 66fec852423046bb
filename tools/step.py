"""Run one step of a check or a test; say before what it is, and after how long it took and how busy it was.

    python3 tools/step.py "clippy" cargo clippy

Where KEYBATON_STEPS names a file, the second line also goes there: a summary of many steps.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path


def main(name: str, command: list[str]) -> int:
    print(f"==> {name}: {' '.join(command)}", flush=True)
    started = time.monotonic()
    code = run(command)
    took = time.monotonic() - started
    line = f"{took:7.1f} s, {cpu():7.1f} s of CPU  {name}: {f'FAILED with {code}' if code else 'passed'}"
    print(f"<== {line.strip()}", flush=True)
    if steps := os.environ.get("KEYBATON_STEPS"):
        with Path(steps).open("a", encoding="utf-8") as file:
            print(line, file=file)
    return code


def cpu() -> float:
    """Of the command and what it waited for: what of its time was work, and what waiting."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command: list[str]) -> int:
    """The exit code, as a shell would give it."""
    try:
        code = subprocess.run(command).returncode
    except FileNotFoundError:
        print(f"error: there is no program `{command[0]}` here: please install it", flush=True)
        return 127
    except KeyboardInterrupt:
        return 130
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
