"""Where the tests of the app run beside other packages: an environment for each Django."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
CHECKOUT = FOLDER.parents[1]
sys.path[:0] = [str(CHECKOUT / "tools"), str(CHECKOUT / "python" / "tests")]

from cache import ToolError as ToolError  # noqa: E402
from cache import locked, run, say  # noqa: E402

from matrix import allows, pythons  # noqa: E402

WANTED = FOLDER / "requirements.txt"
DJANGOS = ("4.2", "5.2", "6.1")


def environments(*, newest_only: bool = False) -> list[tuple[str, Path]]:
    """Each Django with the newest Python of this machine that it allows."""
    found = dict(pythons())
    newest = {django: max((minor for minor in found if allows(django, minor)), default=None) for django in DJANGOS}
    pairs = [(django, found[minor]) for django, minor in newest.items() if minor is not None]
    if not pairs:
        raise ToolError("there is no Python 3.10 to 3.14 here that can make environments: please install python3-venv")
    return pairs[-1:] if newest_only else pairs


def inside(django: str, outer: Path) -> Path:
    """The Python of an environment with this Django. Its stamp is written last: half of one is no use."""
    pins = hashlib.sha256(WANTED.read_bytes()).hexdigest()[:10]
    with locked(f"app-{outer.name}-django{django}-{pins}") as venv:
        stamp = venv / "installed.txt"
        if not stamp.exists():
            say(f"installing Django {django} and what {WANTED.relative_to(CHECKOUT)} names into {venv}")
            run([outer, "-m", "venv", "--clear", venv])
            pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            run([venv / "bin" / "python", *pip, f"Django=={django}.*", "--requirement", WANTED])
            stamp.write_text(WANTED.read_text())
    return venv / "bin" / "python"
