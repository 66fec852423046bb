"""Heroku's own program, from npm, the referee of the stand-in: large, and installed when it is first asked for.

It is the whole of it, for its commands load each other's parts, telemetry too. What it consists of stands in
servers/heroku/package-lock.json.
"""

from __future__ import annotations

from pathlib import Path

from npm import installed

from stage import Stage

PINS = Path(__file__).parent / "heroku"


def folder() -> Path:
    """Where the program is, installed into the cache when it is missing."""
    place = installed("heroku-cli", PINS, "Heroku's own program, 380 MB,", "--omit=dev", "--omit=optional")
    return place / "node_modules" / ".bin"


def at_home(stage: Stage) -> dict[str, str]:
    """What it finds in its environment: a home where it has said what it says once, and nobody to report to."""
    seen = stage.folder / ".cache" / "heroku" / "terms-of-service"
    seen.parent.mkdir(parents=True, exist_ok=True)
    seen.touch()
    outside = stage.environment["HEROKU_HOST"]
    return {"HOME": str(stage.folder), "HEROKU_PARTICLEBOARD_URL": outside, "DISABLE_TELEMETRY": "true"}
