"""Rotations that wait for what real processes report: python3 tests/waits [ARGUMENTS FOR PYTEST]

Several at once, for they wait.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.append(str(FOLDER.parents[1] / "tools"))

from cache import ToolError  # noqa: E402
from djangos import newest  # noqa: E402

AT_ONCE = 5


def main(words: list[str]) -> int:
    pytest = [
        str(newest()),
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:django",
        f"--numprocesses={AT_ONCE}",
    ]
    return subprocess.run([*pytest, *(words or [str(FOLDER)])]).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
