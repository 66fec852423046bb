"""The tests of the app beside what projects have with it: databases, Channels, Celery, uWSGI, packages for tokens.

    python3 python/tests_django [--quick] [ARGUMENTS FOR PYTEST]

With Django 4.2, 5.2 and 6.1; --quick: with the newest that this machine can run. What a database could do otherwise is
tried in MariaDB too. The Djangos run beside each other, for most of the time is waited. matrix.py runs the same tests
with nothing but Django, in SQLite.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
CHECKOUT = FOLDER.parents[1]
sys.path[:0] = [str(CHECKOUT / "tools"), str(CHECKOUT / "python" / "tests")]

from cache import ToolError  # noqa: E402
from djangos import environments, inside  # noqa: E402

from mariadb import server  # noqa: E402
from postgres import cluster  # noqa: E402


def main(words: list[str]) -> int:
    given = [word for word in words if word != "--quick"]
    pairs = list(environments().items())[-1 if "--quick" in words else 0 :]
    with ThreadPoolExecutor(len(pairs)) as workers:
        runs = [workers.submit(tried, django, python, given) for django, python in pairs]
        went_well = [run.result() for run in runs]
    return 0 if all(went_well) else 1


def tried(django: str, outer: Path, given: list[str]) -> bool:
    python, name = inside(django, outer), f"Django {django}, {outer.name}"
    with cluster() as running:
        went_well = passed(f"{name}, PostgreSQL", python, given or [str(FOLDER)], running.variables)
    if given:
        return went_well
    with server() as variables:
        words = [*LEAKY, *(str(FOLDER / file) for file in IN_MARIADB)]
        return passed(f"{name}, MariaDB", python, words, variables) and went_well


def passed(name: str, python: Path, words: list[str], variables: dict[str, str]) -> bool:
    # The tests are a project by themselves; pytest-django is for the sample suite of one among them.
    plugins = ["-p", "no:cacheprovider", "-p", "no:django"]
    command: list[str | Path] = [python, "-m", "pytest", "-q", *plugins, *words]
    environment = {**os.environ, **variables}
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    print(f"{name}\n{done.stdout.decode(errors='replace')}", flush=True)
    return done.returncode == 0


# PyMySQL leaves the socket open of a connection that failed.
LEAKY = ("-W", "ignore::pytest.PytestUnraisableExceptionWarning")
IN_MARIADB = ("test_beats.py", "test_commands.py", "test_fence.py", "test_locked_rows.py", "test_users_stay.py")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
