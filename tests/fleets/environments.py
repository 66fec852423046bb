"""Where the instances run: an environment for each Django, on the newest Python of this machine that it allows."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from cache import CHECKOUT, ToolError, locked, run, say

from matrix import allows, pythons

WANTED = Path(__file__).parent / "requirements.txt"
DJANGOS = ("4.2", "5.2", "6.1")


def environments() -> dict[str, Path]:
    """Each Django that this machine can run, with its Python; they are made when they are wanted."""
    found = dict(pythons())
    newest = {django: max((minor for minor in found if allows(django, minor)), default=None) for django in DJANGOS}
    for django in [django for django, minor in newest.items() if minor is None]:
        say(f"Django {django} is left out: there is no Python here that it allows")
    if not any(newest.values()):
        raise ToolError("there is no Python 3.10 to 3.14 here that can make environments: please install python3-venv")
    return {django: found[minor] for django, minor in newest.items() if minor is not None}


def inside(django: str, outer: Path) -> Path:
    """The Python of an environment with this Django. Its stamp is written last: half of one is no use."""
    pins = hashlib.sha256(WANTED.read_bytes()).hexdigest()[:10]
    with locked(f"fleet-{outer.name}-django{django}-{pins}") as venv:
        stamp = venv / "installed.txt"
        if not stamp.exists():
            say(f"installing Django {django} and what {WANTED.relative_to(CHECKOUT)} names into {venv}")
            run([outer, "-m", "venv", "--clear", venv])
            pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            run([venv / "bin" / "python", *pip, f"Django=={django}.*", "--requirement", WANTED])
            shutil.copyfile(WANTED, stamp)
    return venv / "bin" / "python"
