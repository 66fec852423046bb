"""The program for Windows, built from the checkout with the root's own compiler.

The crates come from the outer machine's cargo: its registry is shared in, so that nothing is fetched twice, and the
build itself needs no network. The standard library is built too, since no package brings it for Windows.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cache import CHECKOUT, ToolError, cache_folder, run
from root import Root

TARGET = "x86_64-pc-windows-gnu"
OUTSIDE, PLACE = "windows-target", "/target"


def shared() -> Mapping[Path, str]:
    """The folders of this machine that the build wants, and where they stand in the root."""
    target = cache_folder() / OUTSIDE
    target.mkdir(exist_ok=True)
    return {CHECKOUT: "/checkout", cargo_home(): "/cargo", target: PLACE}


def cargo_home() -> Path:
    return Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo").resolve()


def fetch(root: Path) -> None:
    """The crates of keybaton for every system, and those of the standard library."""
    run(["cargo", "fetch", "--locked", "--quiet"])
    found = list(root.glob("usr/src/rustc-*/library/sysroot/Cargo.toml"))
    if len(found) != 1:
        raise ToolError(f"{root} has {len(found)} sources of the standard library: remove it, and it is made again")
    run(["cargo", "fetch", "--locked", "--quiet", "--manifest-path", found[0]], RUSTC_BOOTSTRAP="1")


def build(root: Root, features: str) -> None:
    """keybaton.exe, and the program that is the test's hand on Windows."""
    cargo = ["cargo", "build", "--offline", "--locked", "--quiet", "--package", "keybaton", f"--target={TARGET}"]
    cargo += ["--no-default-features", f"--features={features}"]
    root.run(
        ["nice", *cargo, "-Zbuild-std=std,panic_abort"],
        "/checkout",
        CARGO_HOME="/cargo",
        CARGO_INCREMENTAL="0",
        CARGO_TARGET_DIR=PLACE,
        CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER="x86_64-w64-mingw32-gcc",
        RUSTC_BOOTSTRAP="1",  # lets a stable cargo build the standard library
    )
    root.run(["x86_64-w64-mingw32-gcc", "-Wall", "-o", f"{PLACE}/hand.exe", "/checkout/tests/windows/hand.c"])


def on_path() -> str:
    """The folders of both programs, as Windows writes them."""
    return rf"Z:{PLACE}\{TARGET}\debug;Z:{PLACE}".replace("/", "\\")
