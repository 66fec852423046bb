"""Run cargo-deny over the crates we depend on: bans, licences and sources always, advisories where they can be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cache import CHECKOUT, ToolError, run, say
from cargo_tools import cargo_tool

VERSION = "0.20.2"
FETCH_SECONDS = 120


def main() -> int:
    deny = cargo_tool("cargo-deny", VERSION)
    run([deny, "--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
    if fetch_advisories(deny):
        run([deny, "--locked", "check", "--disable-fetch", "advisories"])
    else:
        say("advisories: NOT CHECKED, their database (github.com/rustsec/advisory-db) is out of reach from here")
    return 0


def fetch_advisories(deny: Path) -> bool:
    """Whether the database of advisories is here and fresh."""
    command: list[str | Path] = ["timeout", str(FETCH_SECONDS), deny, "--locked", "fetch", "db"]
    quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    return subprocess.run(command, cwd=CHECKOUT, env=quiet, capture_output=True).returncode == 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolError as error:
        sys.exit(f"error: {error}")
