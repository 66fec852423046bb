"""systemd-creds with a key of this run's own, and where its TPM will be. The machine's own systemd is left alone."""

from __future__ import annotations

import os

import systemd_programs
from stage import Stage


def start(stage: Stage) -> None:
    folder, programs = stage.folder / "credentials", systemd_programs.folder()
    folder.mkdir()
    stage.environment |= {
        "PATH": os.pathsep.join([str(programs), stage.environment.get("PATH", os.environ["PATH"])]),
        # Where systemd's own tests put the machine's key, and with which driver its TPM is asked.
        "SYSTEMD_CREDENTIAL_SECRET": str(folder / "credential.secret"),
        "SYSTEMD_TPM2_DEVICE": f"swtpm:path={folder / 'tpm'}",
    }
