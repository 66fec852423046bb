"""Build keybaton's wheel for the tests, and print its path.

The path changes whenever a source of the wheel does, so an environment that has
installed a path needs to install it only once. Cargo's dev profile: quick to build.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from cache import CHECKOUT, ToolError, locked, run, say
from toolbox import tools_venv

SOURCES = [
    "crates",
    "python/keybaton",
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "pyproject.toml",
    "rust-toolchain.toml",
    "wheel",
]
OLD_WHEELS_KEPT = 3


def main() -> int:
    with locked("wheels") as wheels:
        folder = wheels / digest_of_sources()
        if not list(folder.glob("*.whl")):
            build(folder)
            forget_old(wheels)
        [wheel] = folder.glob("*.whl")
    print(wheel)
    return 0


def build(folder: Path) -> None:
    say("building keybaton's wheel (the first time takes minutes)")
    unfinished = folder.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    maturin = tools_venv() / "bin" / "maturin"
    run([maturin, "build", "--profile", "dev", "--locked", "--quiet", "--out", unfinished])
    unfinished.rename(folder)


def digest_of_sources() -> str:
    """What git knows or would add, with the content it has now."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *SOURCES]
    names = subprocess.run(listed, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    digest = hashlib.sha256()
    for name in sorted(set(names.split("\0")) - {""}):
        path = CHECKOUT / name
        if path.is_file():
            digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def forget_old(wheels: Path) -> None:
    """Keep the newest few: another run may be installing the one before."""
    folders = sorted(wheels.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in folders[OLD_WHEELS_KEPT:]:
        shutil.rmtree(folder)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolError as error:
        sys.exit(f"error: {error}")
