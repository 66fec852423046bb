"""The tests of the app beside what projects have with it: PostgreSQL, Channels, Celery, uWSGI, packages for tokens.

    python3 python/tests_django [--quick] [ARGUMENTS FOR PYTEST]

With Django 4.2, 5.2 and 6.1; --quick: with the newest that this machine can run. matrix.py runs the same tests with
nothing but Django, in SQLite.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
CHECKOUT = FOLDER.parents[1]
sys.path[:0] = [str(CHECKOUT / "tools"), str(CHECKOUT / "python" / "tests")]

from cache import ToolError, locked, run, say  # noqa: E402
from postgres import cluster  # noqa: E402

from matrix import allows, pythons  # noqa: E402

WANTED = FOLDER / "requirements.txt"
DJANGOS = ("4.2", "5.2", "6.1")


def main(words: list[str]) -> int:
    given = [word for word in words if word != "--quick"]
    found = dict(pythons())
    newest = {django: max((minor for minor in found if allows(django, minor)), default=None) for django in DJANGOS}
    pairs = [(django, found[minor]) for django, minor in newest.items() if minor is not None]
    if not pairs:
        raise ToolError("there is no Python 3.10 to 3.14 here that can make environments: please install python3-venv")
    went_well = [tried(django, python, given) for django, python in (pairs[-1:] if "--quick" in words else pairs)]
    return 0 if all(went_well) else 1


def tried(django: str, outer: Path, given: list[str]) -> bool:
    python = environment(django, outer)
    print(f"Django {django}, {outer.name}, PostgreSQL", flush=True)
    with cluster() as variables:
        command: list[str | Path] = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(given or [str(FOLDER)])]
        done = subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **variables}, check=False)
    return done.returncode == 0


def environment(django: str, outer: Path) -> Path:
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


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
