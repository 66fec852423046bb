"""Run a program of the tools' virtual environment: python3 tools/toolbox.py ruff check

The environment has what tools/requirements.txt pins. It stands in the cache, and is
made again only when that file changes or another Python asks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cache import CHECKOUT, ToolError, locked, run, say

WANTED = CHECKOUT / "tools" / "requirements.txt"


def main(command: list[str]) -> int:
    if not command:
        raise ToolError("name a program of the tools' environment, such as `ruff check`")
    programs = tools_venv() / "bin"
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run([programs / command[0], *command[1:]], env={**os.environ, "PATH": path}).returncode


def tools_venv() -> Path:
    """The environment's folder, made when it is missing or out of date."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    with locked(f"venv-tools-{version}") as venv:
        stamp = venv / "installed.txt"
        if not stamp.exists() or stamp.read_text() != WANTED.read_text():
            say(f"installing the tools of {WANTED.relative_to(CHECKOUT)} into {venv}")
            make(venv)
            shutil.copyfile(WANTED, stamp)
    return venv


def make(venv: Path) -> None:
    """Without ensurepip: Debian's Python leaves it to a package of its own."""
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", venv])
    [packages] = venv.glob("lib/python*/site-packages")
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([sys.executable, *pip, "--target", packages, "pip"], PIP_ROOT_USER_ACTION="ignore")
    run([venv / "bin" / "python", *pip, "--requirement", WANTED])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
