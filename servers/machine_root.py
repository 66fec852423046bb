"""The files of a small Debian with systemd and Python, made once into the cache."""

from __future__ import annotations

from pathlib import Path

from apt import as_root
from cache import ToolError, locked, say

import systemd_programs
from debian import mirror, run
from unpacked import RELEASE

# Grows with each change of what stands in it.
RECIPE = 3
INCLUDED = ["systemd", "dbus", "python3", "curl"]
# What a machine does without, to the cache's gain.
LEFT_OUT = ["usr/share/doc", "usr/share/locale", "usr/share/man", "var/cache/apt", "var/lib/apt/lists"]


def folder() -> Path:
    """Where the files are. They are root's, and nothing writes to them any more."""
    with locked(f"machine-{RELEASE}-{RECIPE}") as there:
        if not there.exists():
            say(f"installing a small Debian {RELEASE} into {there} (once; a minute, 150 MB)")
            # Beside its place: a folder of root's can be renamed by us, and not be moved.
            make(there.with_name(f"{there.name}.part")).rename(there)
    return there


def make(root: Path) -> Path:
    as_root, debootstrap = root_words(), str(systemd_programs.folder() / "debootstrap")
    run([*as_root, "rm", "-rf", root], root.parent)
    signed = ["--force-check-gpg", f"--keyring={systemd_programs.keyring()}"]
    what = [*signed, "--variant=minbase", f"--include={','.join(INCLUDED)}", RELEASE]
    run([*as_root, debootstrap, *what, root, mirror()], root.parent)
    run([*as_root, "rm", "-rf", *(root / place for place in LEFT_OUT)], root.parent)
    return root


def root_words() -> list[str | Path]:
    words = as_root()
    if words is None:
        raise ToolError("a machine with systemd can be started by root alone: install sudo, or run this as root")
    return [*words]
