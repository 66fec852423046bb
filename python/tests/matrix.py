"""Runs these tests under the Pythons of this machine, each with a Django that it allows.

    python3 python/tests/matrix.py [--all | --list] [-- ARGUMENTS FOR PYTEST]

Every Django once, on the newest Python that it allows; every Python at least once; the oldest and the newest Python
also without Django. The tests of the app, python/tests_django, run for each pair that has a Django, in a process of
their own: they are a Django project themselves. Environments are kept in $KEYBATON_CACHE, else ~/.cache/keybaton-tests.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = range(10, 15)  # 3.10 to 3.14
# Each Django with the first and the last Python 3 that it allows.
DJANGOS = {"4.2": (10, 12), "5.0": (10, 12), "5.1": (10, 13), "5.2": (10, 14), "6.0": (12, 14), "6.1": (12, 14)}


class Pair(NamedTuple):
    """A Python 3 by its minor version, with a Django or without."""

    minor: int
    django: str | None

    def __str__(self) -> str:
        return f"Python 3.{self.minor}, " + (f"Django {self.django}" if self.django else "no Django")


def main() -> int:
    arguments = parse()
    found = dict(pythons())
    if not found:
        print("error: no Python 3.10 to 3.14 that can make environments, on PATH or in pyenv")
        print("hint: on Debian and Ubuntu, apt install python3-venv")
        return 1
    for minor, python in found.items():
        print(f"Python 3.{minor} is {python}")
    pairs = all_pairs(found) if arguments.all else chosen_pairs(found)
    if arguments.list:
        print("\n".join(map(str, pairs)))
        return 0
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        runs = [workers.submit(run, pair, found[pair.minor], suites(arguments.pytest, pair, pairs)) for pair in pairs]
    return 0 if all(run.result() for run in runs) else 1


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--all", action="store_true", help="run every pair that is allowed")
    parser.add_argument("--list", action="store_true", help="show the pairs and run nothing")
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    return parser.parse_args()


def pythons() -> Iterator[tuple[int, Path]]:
    """Each Python 3 that can make environments, once."""
    for minor in PYTHONS:
        working = (python for python in candidates(minor) if works(python, minor))
        if python := next(working, None):
            yield minor, python


def candidates(minor: int) -> Iterator[Path]:
    name = f"python3.{minor}"
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield Path(folder or ".", name)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/3.{minor}.*/bin/{name}"))


def works(python: Path, minor: int) -> bool:
    """Whether it runs and has what an environment and Django need: pyenv's shims and Debian's splits may not."""
    if not python.is_file():
        return False
    probe = f"import sys, venv, ensurepip, sqlite3; sys.exit(sys.version_info[:2] != (3, {minor}))"
    done = subprocess.run([python, "-c", probe], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        why = (done.stderr.strip() or "another version").splitlines()[-1]
        print(f"{python} is left out: {why}")
    return done.returncode == 0


def all_pairs(found: dict[int, Path]) -> list[Pair]:
    with_django = [Pair(minor, django) for django in DJANGOS for minor in found if allows(django, minor)]
    return [*with_django, *(Pair(minor, None) for minor in found)]


def chosen_pairs(found: dict[int, Path]) -> list[Pair]:
    pairs = all_pairs(found)
    newest_python = {pair.django: pair for pair in pairs if pair.django}
    newest_django = {pair.minor: pair for pair in pairs if pair.django}
    used = {pair.minor for pair in newest_python.values()}
    left = [pair for minor, pair in newest_django.items() if minor not in used]
    return [*newest_python.values(), *left, *(Pair(minor, None) for minor in sorted({min(found), max(found)}))]


def allows(django: str, minor: int) -> bool:
    first, last = DJANGOS[django]
    return first <= minor <= last


def suites(given: list[str], pair: Pair, pairs: list[Pair]) -> list[list[str]]:
    """What pytest is told, once for each process of a pair: what was given, else the tests."""
    if given:
        return [given]
    return [tests(pair, pairs), *([["python/tests_django"]] if pair.django else [])]


def tests(pair: Pair, pairs: list[Pair]) -> list[str]:
    """The package's own: everything once for each Python and without Django, else what another Django can change."""
    first = next(other for other in pairs if other.minor == pair.minor)
    whole = pair == first or pair.django is None
    return ["python/tests" if whole else "python/tests/test_django.py"]


def run(pair: Pair, python: Path, suites: list[list[str]]) -> bool:
    """Runs the tests in the pair's environment and says how it went."""
    inside = environment(pair, python) / "bin" / "python"
    went_well = [run_one(pair, inside, suite) for suite in suites]
    return all(went_well)


def run_one(pair: Pair, inside: Path, suite: list[str]) -> bool:
    begun = time.monotonic()
    command: list[str | Path] = [inside, "-m", "pytest", "-q", "-p", "no:cacheprovider", *suite]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines() or done.stderr.strip().splitlines()
    if done.returncode != 0:
        print("\n".join(lines))
    print(f"{pair}, {' '.join(suite)}: {lines[-1]} ({time.monotonic() - begun:.0f} s)", flush=True)
    return done.returncode == 0


def environment(pair: Pair, python: Path) -> Path:
    """The pair's environment, made where it is not there yet. The stamp is written last, so half of one is no use."""
    wanted = ["pytest>=9,<10", *([f"Django=={pair.django}.*"] if pair.django else [])]
    folder = cache() / f"python3.{pair.minor}-{f'django{pair.django}' if pair.django else 'plain'}"
    stamp, made = folder / "made-of", "\n".join([str(python), *wanted])
    if stamp.is_file() and stamp.read_text() == made:
        return folder
    print(f"{pair}: installing into {folder}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "-q", *wanted], check=True)
    stamp.write_text(made)
    return folder


def cache() -> Path:
    own = os.environ.get("KEYBATON_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "keybaton-tests"


if __name__ == "__main__":
    sys.exit(main())
