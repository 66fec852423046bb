"""The virtual environment the demo runs in: Django, gunicorn and keybaton.

It stands in the cache, never in the checkout, and is used again by the next run.
"""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from programs import Tools, cache_folder, run
from screen import Screen


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
    usable = tools.python.exists() and stamp.exists()
    if usable and stamp.read_text() == wanted.read_text():
        screen.step(f"Django and gunicorn are installed in {tools.venv}")
        return
    screen.step(f"installing Django and gunicorn into {tools.venv}")
    create_venv(tools)
    pip_install(tools, "--requirement", str(wanted))
    stamp.write_text(wanted.read_text())


def install_keybaton(screen: Screen, tools: Tools, checkout: Path, wheel: Path | None) -> None:
    if wheel is None:
        screen.step("building keybaton's wheel, unless nothing has changed (the first time takes minutes)")
        build = [sys.executable, str(checkout / "tools" / "wheel.py")]
        wheel = Path(run(build, checkout).strip())
    screen.step(f"installing {wheel.name}")
    pip_install(tools, "--no-deps", "--force-reinstall", str(wheel.absolute()))


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
