"""systemd's own programs, and a TPM in software."""

from __future__ import annotations

from pathlib import Path

from unpacked import Bundle

TPM = ["libtss2-esys-3.0.2-0", "libtss2-mu0", "libtss2-rc0", "libtss2-sys1", "libtss2-tcti-swtpm0"]
ROOT = ["debootstrap", "debian-archive-keyring"]
SYSTEMD = Bundle(
    name="systemd",
    recipe=3,
    packages=["systemd", "libsystemd-shared", "systemd-container", *TPM, "swtpm", "swtpm-libs", "libtpms0", *ROOT],
    programs={"systemd-creds": "bin", "systemd-nspawn": "usr/bin", "swtpm": "usr/bin", "debootstrap": "usr/sbin"},
    variables={"DEBOOTSTRAP_DIR": "{}/usr/share/debootstrap"},
)


def keyring() -> Path:
    """What Debian's own packages are signed with, whatever this machine trusts."""
    return folder().parent / "usr/share/keyrings/debian-archive-keyring.gpg"


def folder() -> Path:
    """Where the programs are."""
    return SYSTEMD.folder()
