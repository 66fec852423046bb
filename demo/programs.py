"""The programs that the demo runs, each to its end, and away from the caller's environment."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


class DemoError(Exception):
    """Something the demo needs did not work; the text says what and where."""


@dataclass(frozen=True)
class Tools:
    """The programs of the virtual environment."""

    venv: Path

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    def run(self, *command: str, cwd: Path) -> str:
        """Run `python …` or `keybaton …` of this environment, return its stdout."""
        return run([str(self.venv / "bin" / command[0]), *command[1:]], cwd)


def run(command: Sequence[str], cwd: Path) -> str:
    """Run a program to its end, without a terminal; return its stdout."""
    code, said, grumbled = run_in_a_group(command, cwd)
    if code != 0:
        raise DemoError(f"{' '.join(command)} ended with {code}:\n{(said + grumbled).strip()}")
    return said


def run_in_a_group(command: Sequence[str], cwd: Path) -> tuple[int, str, str]:
    """When the demo is interrupted, what the program started ends with it: cargo, and cargo's rustc."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        text=True,
        start_new_session=True,
    )
    try:
        said, grumbled = process.communicate()
    except BaseException:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        process.communicate()
        raise
    return process.returncode, said, grumbled


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would steer the demo's project."""
    steers = ("DJANGO_", "GUNICORN_", "KEYBATON_", "PYTHONPATH", "SECRET_KEY")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(steers)}
    return kept | {"KEYBATON_CACHE": str(cache_folder())}


def cache_folder() -> Path:
    own = os.environ.get("KEYBATON_CACHE")
    shared = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(own).absolute() if own else Path(shared, "keybaton-tests")
