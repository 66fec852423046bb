"""systemd's own programs, and a TPM in software."""

from __future__ import annotations

from pathlib import Path

from unpacked import Bundle

TPM = ["libtss2-esys-3.0.2-0", "libtss2-mu0", "libtss2-rc0", "libtss2-sys1", "libtss2-tcti-swtpm0"]
SYSTEMD = Bundle(
    name="systemd",
    recipe=2,
    packages=[
        *TPM,
        "systemd",
        "libsystemd-shared",
        "systemd-container",
        "swtpm",
        "swtpm-libs",
        "libtpms0",
        "debootstrap",
    ],
    programs={"systemd-creds": "bin", "systemd-nspawn": "usr/bin", "swtpm": "usr/bin", "debootstrap": "usr/sbin"},
    variables={"DEBOOTSTRAP_DIR": "{}/usr/share/debootstrap"},
)


def folder() -> Path:
    """Where the programs are."""
    return SYSTEMD.folder()
