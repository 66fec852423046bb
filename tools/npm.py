"""What npm installs into the cache: as a package-lock.json pins it, with a digest of each part and without a registry,
which npm's own setting names. Npm stands beside the Python that runs this.

For a new version change package.json beside the other, and say `npm install --package-lock-only --ignore-scripts
--omit-lockfile-registry-resolved`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from cache import locked, run, say


def nothing(_: Path) -> None:
    """Installed is all."""


def installed(name: str, wanted: Path, told: str, *flags: str, then: Callable[[Path], None] = nothing) -> Path:
    """The folder that has node_modules and what imports them, made when it is missing. No package's script is run.

    Its name changes with the pins: another checkout that shares the cache may be using the one with the former ones.
    """
    files = [wanted / "package.json", wanted / "package-lock.json", *sorted(wanted.glob("*.mjs"))]
    pinned = b"".join(file.read_bytes() for file in files) + " ".join(flags).encode()
    pins = hashlib.sha256(pinned).hexdigest()[:10]
    with locked(f"{name}-{pins}") as place:
        stamp = place / "installed.txt"
        if not stamp.exists():
            say(f"installing {told} into {place} (once)")
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            for file in files:
                shutil.copy(file, place)
            programs = Path(sys.executable).parent
            path = f"{programs}{os.pathsep}{os.environ['PATH']}"
            run([programs / "npm", "ci", *QUIET, *flags, "--prefix", place], PATH=path)
            then(place)
            stamp.touch()
    return place


QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
