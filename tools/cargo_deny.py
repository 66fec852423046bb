"""Run cargo-deny over the crates we depend on: bans, licences and sources always, advisories where they can be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cache import CHECKOUT, ToolError, locked, run, say

VERSION = "0.20.2"
FETCH_SECONDS = 120


def main() -> int:
    deny = cargo_deny()
    run([deny, "--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
    if fetch_advisories(deny):
        run([deny, "--locked", "check", "--disable-fetch", "advisories"])
    else:
        say("advisories: NOT CHECKED, their database (github.com/rustsec/advisory-db) is out of reach from here")
    return 0


def cargo_deny() -> Path:
    """The pinned version, installed into the cache when it is missing."""
    with locked("cargo-tools") as tools:
        program = tools / "bin" / "cargo-deny"
        if version_of(program) != f"cargo-deny {VERSION}":
            say(f"building cargo-deny {VERSION} into {tools} (once; takes minutes)")
            build: list[str | Path] = ["cargo", "install", "--quiet", "--locked", "--force", "--root", tools]
            # A target folder of its own, removed afterwards, whatever the caller has set.
            run(["env", "-u", "CARGO_TARGET_DIR", *build, f"cargo-deny@{VERSION}"])
    return program


def version_of(program: Path) -> str:
    if not program.exists():
        return ""
    return subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()


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
