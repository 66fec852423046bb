"""The wheel for Windows, built from the checkout with the root's own compiler.

The crates come from the outer machine's cargo: its registry is shared in, so that nothing is fetched twice, and the
build itself needs no network. The standard library is built too, since no package brings it for Windows.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from cache import CHECKOUT, ToolError, cache_folder, run
from root import Root
from toolbox import tools_venv

TARGET = "x86_64-pc-windows-gnu"
OUTSIDE, PLACE = "windows-target", "/target"


def shared() -> Mapping[Path, str]:
    """The folders of this machine that the build wants, and where they stand in the root."""
    outside().mkdir(exist_ok=True)
    return {CHECKOUT: "/checkout", cargo_home(): "/cargo", tools_venv(): "/tools", outside(): PLACE}


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
    """The wheel, its program taken out of it, and the program that is the test's hand on Windows."""
    shutil.rmtree(outside("wheels"), ignore_errors=True)
    maturin = ["/tools/bin/maturin", "build", "--profile=dev", "--offline", "--locked", "--quiet", f"--target={TARGET}"]
    maturin += ["-Zbuild-std=std,panic_abort", "--no-default-features", f"--features={features}"]
    root.run(
        ["nice", *maturin, f"--out={PLACE}/wheels"],
        "/checkout",
        CARGO_HOME="/cargo",
        CARGO_INCREMENTAL="0",
        CARGO_TARGET_DIR=PLACE,
        CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER="x86_64-w64-mingw32-gcc",
        RUSTC_BOOTSTRAP="1",  # lets a stable cargo build the standard library
    )
    unpack()
    root.run(["x86_64-w64-mingw32-gcc", "-Wall", "-o", f"{PLACE}/hand.exe", "/checkout/tests/windows/hand.c"])


def unpack() -> None:
    """Puts the program where pip would."""
    [wheel] = outside("wheels").glob("keybaton-*-py3-none-win_amd64.whl")
    with zipfile.ZipFile(wheel) as packed:
        [name] = [name for name in packed.namelist() if name.endswith(".data/scripts/keybaton.exe")]
        packed.getinfo("keybaton/_load.py")
        outside("Scripts").mkdir(exist_ok=True)
        outside("Scripts", "keybaton.exe").write_bytes(packed.read(name))


def outside(*names: str) -> Path:
    return Path(cache_folder(), OUTSIDE, *names)


def on_path() -> str:
    """The folders of both programs, as Windows writes them."""
    return rf"Z:{PLACE}\Scripts;Z:{PLACE}".replace("/", "\\")
