"""systemd's own programs, and a TPM in software: Debian's, unpacked once into the cache.

They run from there. A script before each tells it where its libraries are: nothing is installed.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from cache import locked, say

from debian import Archive

RELEASE = "bookworm"
# Grows with each change of what is unpacked.
RECIPE = 1
LIBRARIES = "usr/lib/*-linux-gnu"
TPM = ["libtss2-esys-3.0.2-0", "libtss2-mu0", "libtss2-rc0", "libtss2-sys1", "libtss2-tcti-swtpm0"]
PACKAGES = ["systemd", "libsystemd-shared", "systemd-container", *TPM, "swtpm", "swtpm-libs", "libtpms0"]
PROGRAMS = {"systemd-creds": "bin", "systemd-nspawn": "usr/bin", "swtpm": "usr/bin", "debootstrap": "usr/sbin"}


def folder() -> Path:
    """Where the programs are."""
    with locked(f"systemd-{RELEASE}-{RECIPE}") as there:
        if not there.exists():
            say(f"unpacking systemd of Debian {RELEASE} into {there} (once; 30 MB)")
            with tempfile.TemporaryDirectory(prefix="systemd-", dir=there.parent) as scratch:
                unpacked = Path(scratch) / "unpacked"
                archive = Archive(Path(scratch) / "apt", RELEASE)
                archive.unpack([*PACKAGES, "debootstrap"], unpacked)
                shutil.rmtree(unpacked / "usr/share/doc", ignore_errors=True)
                unpacked.rename(there)
                put_before(there)
    return there / "bin-with-libraries"


def put_before(there: Path) -> None:
    """One script for each program."""
    [libraries] = there.glob(LIBRARIES)
    paths = ":".join(map(str, [libraries, libraries / "systemd", libraries / "swtpm"]))
    scripts = there / "bin-with-libraries"
    scripts.mkdir()
    for program, where in PROGRAMS.items():
        own = f"LD_LIBRARY_PATH={paths} DEBOOTSTRAP_DIR={there}/usr/share/debootstrap"
        script = scripts / program
        script.write_text(f'#!/bin/sh\nexport {own}\nexec {there}/{where}/{program} "$@"\n')
        script.chmod(0o755)
