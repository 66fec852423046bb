"""Heroku's own program, from npm, the referee of the stand-in: large, and installed when it is first asked for.

It is the whole of it, for its commands load each other's parts, telemetry too. What it consists of stands in
servers/heroku/package-lock.json, with a digest of each part and without a registry, which npm's own setting names.
For a new version change package.json there, and say `npm install --package-lock-only --ignore-scripts
--omit-lockfile-registry-resolved`.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from cache import locked, run, say

from node import PROGRAMS, path_to
from stage import Stage

PINS = Path(__file__).parent / "heroku"


def folder() -> Path:
    """Where the program is, installed into the cache when it is missing.

    Its name changes with the pins: another checkout that shares the cache may be using the one with the former ones.
    """
    lock = PINS / "package-lock.json"
    pins = hashlib.sha256(lock.read_bytes()).hexdigest()[:10]
    with locked(f"heroku-cli-{pins}") as place:
        stamp = place / "installed.txt"
        if not stamp.exists():
            say(f"installing Heroku's own program into {place} (once; 380 MB)")
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            for file in (PINS / "package.json", lock):
                shutil.copy(file, place)
            quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
            few = ["--ignore-scripts", "--omit=dev", "--omit=optional"]
            run([PROGRAMS / "npm", "ci", *few, *quiet, "--prefix", place], PATH=path_to())
            stamp.touch()
        return place / "node_modules" / ".bin"


def at_home(stage: Stage) -> dict[str, str]:
    """What it finds in its environment: a home where it has said what it says once, and nobody to report to."""
    seen = stage.folder / ".cache" / "heroku" / "terms-of-service"
    seen.parent.mkdir(parents=True, exist_ok=True)
    seen.touch()
    outside = stage.environment["HEROKU_HOST"]
    return {"HOME": str(stage.folder), "HEROKU_PARTICLEBOARD_URL": outside, "DISABLE_TELEMETRY": "true"}
