"""Programs from crates.io that the checks use, pinned; built into the cache when they are missing."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cache import locked, run, say


def cargo_tool(name: str, version: str, *flags: str) -> Path:
    """The program, of that version."""
    with locked("cargo-tools") as tools:
        program = tools / "bin" / name
        if version_of(program) != version:
            say(f"building {name} {version} into {tools} (once; takes minutes)")
            build: list[str | Path] = ["cargo", "install", "--quiet", "--locked", "--force", "--root", tools, *flags]
            # A target folder of its own, removed afterwards, whatever the caller has set.
            run(["env", "-u", "CARGO_TARGET_DIR", *build, f"{name}@{version}"])
    return program


def version_of(program: Path) -> str:
    """`cargo-deny 0.20.2` and `mdbook v0.5.4` are how programs put it."""
    if not program.exists():
        return ""
    told = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    return told.strip().rpartition(" ")[2].removeprefix("v")
