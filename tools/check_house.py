"""Check what no compiler checks: the docs name paths that exist, crates depend one way, nothing names one machine."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

from apt import SHOWN_BY
from cache import CHECKOUT

# Each crate with the crates it may name; ARCHITECTURE.md draws the same arrows.
ARROWS = {
    "core": set(),
    "dotenv": {"core"},
    "files": {"core"},
    "stores": {"core", "dotenv", "files"},
    "audit": {"core", "dotenv", "files"},
    "handover": {"core", "files", "stores"},
    "keybaton": {"audit", "core", "dotenv", "files", "handover", "stores"},
}
PURE = ["core", "dotenv"]
MAPS = ["ARCHITECTURE.md", "CONTRIBUTING.md"]
# Folders of one machine. The class keeps this line from finding itself.
ONE_MACHINE = re.compile(r"(?<![\w.~$}/-])/(?:[r]oot|[w]ork)/|(?<![\w.])/[h]ome/[a-z]")


def main() -> int:
    findings = [*missing_paths(), *wrong_arrows(), *impure_crates(), *machine_paths(), *unknown_packages()]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


def missing_paths() -> Iterator[str]:
    """Each `path/in/code` of the maps exists; `{a,b}` and `*` are not used there."""
    for name in MAPS:
        for number, line in enumerate(read(name).splitlines(), start=1):
            for path in re.findall(r"`([\w.-]+/[\w./-]*|[A-Z][\w-]*\.md|[\w-]+\.toml)`", line):
                if not (CHECKOUT / path).exists():
                    yield f"{name}:{number}: there is no {path} in this checkout"


def wrong_arrows() -> Iterator[str]:
    folders = {path.parent.name: path for path in (CHECKOUT / "crates").glob("*/Cargo.toml")}
    for crate in sorted(folders.keys() ^ ARROWS.keys()):
        yield f"tools/check_house.py: ARROWS and the folder crates/ differ in {crate}"
    for crate in sorted(folders.keys() & ARROWS.keys()):
        named = re.findall(r"^\"?keybaton-([a-z]+)", folders[crate].read_text("utf-8"), re.MULTILINE)
        for other in sorted(set(named) - ARROWS[crate]):
            yield f"crates/{crate}/Cargo.toml: {crate} may not depend on {other}"


def unknown_packages() -> Iterator[str]:
    """Else a target stops before its first step, on every machine."""
    named = re.findall(r"^\t\$\(APT\) (.*)$", read("Makefile"), re.MULTILINE)
    for package in sorted({package for line in named for package in line.split()} - SHOWN_BY.keys()):
        yield f"tools/apt.py: SHOWN_BY does not say how {package} is seen to be there"


def impure_crates() -> Iterator[str]:
    """Without the attribute the compiler no longer keeps files and clocks out of them."""
    for crate in PURE:
        if not re.search(
            r"^#!\[(cfg_attr\(not\(test\), )?no_std\)?\]", read(f"crates/{crate}/src/lib.rs"), re.MULTILINE
        ):
            yield f"crates/{crate}/src/lib.rs: {crate} is pure, so it says `#![no_std]`"


def machine_paths() -> Iterator[str]:
    for name in tracked():
        try:
            lines = read(name).splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            if ONE_MACHINE.search(line):
                yield f"{name}:{number}: a path of one machine: {line.strip()[:100]}"


def tracked(*patterns: str) -> list[str]:
    command = ["git", "ls-files", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (CHECKOUT / name).is_file()]


def read(name: str) -> str:
    return (CHECKOUT / name).read_text("utf-8")


if __name__ == "__main__":
    sys.exit(main())
