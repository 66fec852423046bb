"""Where projects run beside what real ones have: an environment for each Django, on the newest Python it allows."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from cache import CHECKOUT, ToolError, locked, run, say

sys.path.append(str(CHECKOUT / "python" / "tests"))

from matrix import allows, pythons

WANTED = Path(__file__).with_suffix(".txt")
DJANGOS = ("4.2", "5.2", "6.1")


def environments() -> dict[str, Path]:
    """Each Django that this machine can run, with its Python; the newest last."""
    found = dict(pythons())
    newest = {django: max((minor for minor in found if allows(django, minor)), default=None) for django in DJANGOS}
    for django in [django for django, minor in newest.items() if minor is None]:
        say(f"Django {django} is left out: there is no Python here that it allows")
    if not any(newest.values()):
        raise ToolError("there is no Python 3.10 to 3.14 here that can make environments: please install python3-venv")
    return {django: found[minor] for django, minor in newest.items() if minor is not None}


def newest() -> Path:
    """The Python of the environment with the newest Django."""
    django, outer = list(environments().items())[-1]
    return inside(django, outer)


def inside(django: str, outer: Path) -> Path:
    """The Python of an environment with this Django. Its stamp is written last: half of one is no use."""
    pins = hashlib.sha256(WANTED.read_bytes()).hexdigest()[:10]
    with locked(f"project-{outer.name}-django{django}-{pins}") as venv:
        stamp = venv / "installed.txt"
        if not stamp.exists():
            say(f"installing Django {django} and what {WANTED.relative_to(CHECKOUT)} names into {venv}")
            run([outer, "-m", "venv", "--clear", venv])
            pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            run([venv / "bin" / "python", *pip, f"Django=={django}.*", "--requirement", WANTED])
            shutil.copyfile(WANTED, stamp)
    return venv / "bin" / "python"
