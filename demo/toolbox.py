"""The virtual environment the demo runs in: Django, gunicorn and keybaton.

It stands in the cache, never in the checkout, and is used again by the next run.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from screen import Screen


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


@contextmanager
def toolbox(screen: Screen, checkout: Path, wheel: Path | None) -> Iterator[Tools]:
    """Install what is missing; other runs wait until this one is over."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    venv = cache_folder() / f"demo-{version}"
    venv.parent.mkdir(parents=True, exist_ok=True)
    with (venv.parent / f"{venv.name}.lock").open("w") as lock:
        screen.progress("waiting for another run of the demo to end")
        fcntl.flock(lock, fcntl.LOCK_EX)
        tools = Tools(venv)
        install_packages(screen, tools)
        install_keybaton(screen, tools, checkout, wheel)
        yield tools


def install_packages(screen: Screen, tools: Tools) -> None:
    wanted = Path(__file__).with_name("requirements.txt")
    stamp = tools.venv / "installed.txt"
    if stamp.exists() and stamp.read_text() == wanted.read_text():
        screen.step(f"Django and gunicorn are installed in {tools.venv}")
        return
    screen.step(f"installing Django and gunicorn into {tools.venv}")
    create_venv(tools)
    pip_install(tools, "--requirement", str(wanted))
    stamp.write_text(wanted.read_text())


def install_keybaton(screen: Screen, tools: Tools, checkout: Path, wheel: Path | None) -> None:
    """Install it anew each time: cargo knows what has changed since the last build."""
    source = wheel or checkout
    screen.step(f"installing keybaton from {source} (the first build takes minutes)")
    pip_install(tools, "--no-deps", "--force-reinstall", str(source))


def create_venv(tools: Tools) -> None:
    """Make it without ensurepip, which Debian's Python leaves to python3-venv."""
    here = tools.venv.parent
    python = sys.executable
    run([python, "-m", "venv", "--clear", "--without-pip", str(tools.venv)], here)
    find = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = tools.run("python", "-c", find, cwd=here).strip()
    run([python, "-m", "pip", "install", "--quiet", "--target", packages, "pip"], here)


def pip_install(tools: Tools, *arguments: str) -> None:
    command = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tools.run("python", *command, *arguments, cwd=tools.venv.parent)


def cache_folder() -> Path:
    own = os.environ.get("KEYBATON_CACHE")
    shared = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(own) if own else Path(shared, "keybaton-tests")


def run(command: Sequence[str], cwd: Path) -> str:
    """Run a program to its end, without a terminal; return its stdout."""
    code, said, grumbled = run_in_a_group(command, cwd)
    if code != 0:
        raise DemoError(f"{' '.join(command)} ended with {code}:\n{(said + grumbled).strip()}")
    return said


def run_in_a_group(command: Sequence[str], cwd: Path) -> tuple[int, str, str]:
    """When the demo is interrupted, what the program started ends with it: pip's cargo, cargo's rustc."""
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
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()
        raise
    return process.returncode, said, grumbled


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would steer the demo's project, and with a quick build."""
    steers = ("DJANGO_", "GUNICORN_", "KEYBATON_", "PYTHONPATH", "SECRET_KEY")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(steers)}
    return kept | {"MATURIN_PEP517_ARGS": "--profile dev"}
