"""Heroku's own program, from npm, the referee of the stand-in: large, and installed when it is first asked for."""

from __future__ import annotations

import shutil
from pathlib import Path

from cache import locked, run, say

from node import PROGRAMS, path_to
from stage import Stage

VERSION = "11.10.0"


def folder() -> Path:
    """Where the program is, installed into the cache when it is missing or another version."""
    with locked("heroku-cli") as place:
        stamp = place / "installed.txt"
        if not stamp.exists() or stamp.read_text() != VERSION:
            say(f"installing heroku {VERSION} into {place} (once; 400 MB)")
            shutil.rmtree(place, ignore_errors=True)
            quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
            run([PROGRAMS / "npm", "install", *quiet, "--prefix", place, f"heroku@{VERSION}"], PATH=path_to())
            stamp.write_text(VERSION)
        return place / "node_modules" / ".bin"


def at_home(stage: Stage) -> dict[str, str]:
    """What it finds in its environment: a home where it has said what it says once, and nobody to report to."""
    seen = stage.folder / ".cache" / "heroku" / "terms-of-service"
    seen.parent.mkdir(parents=True, exist_ok=True)
    seen.touch()
    outside = stage.environment["HEROKU_HOST"]
    return {"HOME": str(stage.folder), "HEROKU_PARTICLEBOARD_URL": outside, "DISABLE_TELEMETRY": "true"}
