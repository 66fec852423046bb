"""The programs that the demo runs, each to its end, and away from the caller's environment."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO


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
        return run(self._found(command), cwd)

    @contextmanager
    def started(self, *command: str, cwd: Path) -> Iterator[Running]:
        """Start such a program; it has to end well by itself before the block does, and is ended otherwise."""
        with tempfile.TemporaryFile("w+") as said:
            process = spawn(self._found(command), cwd, said, subprocess.STDOUT)
            running = Running(process, " ".join(command), said)
            try:
                yield running
            finally:
                end(process)
            running.ended_well()

    def _found(self, command: Sequence[str]) -> list[str]:
        return [str(self.venv / "bin" / command[0]), *command[1:]]


@dataclass(frozen=True)
class Running:
    """A program that is under way, and what it says."""

    process: subprocess.Popen[str]
    name: str
    said: IO[str]

    def is_running(self) -> bool:
        return self.process.poll() is None

    def ended_well(self) -> None:
        if self.process.returncode != 0:
            self.said.seek(0)
            raise DemoError(f"{self.name} ended with {self.process.returncode}:\n{self.said.read().strip()}")


def run(command: Sequence[str], cwd: Path) -> str:
    """Run a program to its end, without a terminal; return its stdout."""
    code, said, grumbled = run_in_a_group(command, cwd)
    if code != 0:
        raise DemoError(f"{' '.join(command)} ended with {code}:\n{(said + grumbled).strip()}")
    return said


def run_in_a_group(command: Sequence[str], cwd: Path) -> tuple[int, str, str]:
    """When the demo is interrupted, what the program started ends with it: cargo, and cargo's rustc."""
    process = spawn(command, cwd, subprocess.PIPE, subprocess.PIPE)
    try:
        said, grumbled = process.communicate()
    except BaseException:
        end(process)
        raise
    return process.returncode, said, grumbled


def spawn(command: Sequence[str], cwd: Path, out: int | IO[str], err: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    process.communicate()


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would steer the demo's project."""
    steers = ("DJANGO_", "GUNICORN_", "KEYBATON_", "PYTHONPATH", "SECRET_KEY")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(steers)}
    return kept | {"KEYBATON_CACHE": str(cache_folder())}


def cache_folder() -> Path:
    own = os.environ.get("KEYBATON_CACHE")
    shared = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(own).absolute() if own else Path(shared, "keybaton-tests")
