"""Run a program of the tools' virtual environment: python3 tools/toolbox.py ruff check

The environment has what tools/requirements.txt pins. It stands in the cache, and is
made again only when that file changes or another Python asks.
"""

from __future__ import annotations

import hashlib
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
    return environment("tools", WANTED)


def environment(name: str, wanted: Path) -> Path:
    """The folder of an environment that has what `wanted` pins, made when it is missing.

    Its name changes with the pins: another checkout that shares the cache may be using the one with the former ones.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    pins = hashlib.sha256(wanted.read_bytes()).hexdigest()[:10]
    with locked(f"venv-{name}-{version}-{pins}") as venv:
        stamp = venv / "installed.txt"
        if not stamp.exists():
            say(f"installing what {wanted.relative_to(CHECKOUT)} names into {venv}")
            make(venv, wanted)
            shutil.copyfile(wanted, stamp)
    return venv


def make(venv: Path, wanted: Path) -> None:
    """Without ensurepip: Debian's Python leaves it to a package of its own."""
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", venv])
    [packages] = venv.glob("lib/python*/site-packages")
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([sys.executable, *pip, "--target", packages, "pip"], PIP_ROOT_USER_ACTION="ignore")
    run([venv / "bin" / "python", *pip, "--requirement", wanted])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
