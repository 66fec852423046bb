"""systemd-creds, typed as its manual has it, as the tests' hand: it takes a credential's name from its file's name."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hands.hand import RING
from stage import Stage
from tpm import Tpm


class SystemdHand:
    def __init__(self, stage: Stage) -> None:
        self._environment = {**os.environ, **stage.environment}
        self._secret = Path(stage.environment["SYSTEMD_CREDENTIAL_SECRET"])
        self._tpm = Tpm(stage, Path(stage.environment["SYSTEMD_TPM2_DEVICE"].removeprefix("swtpm:path=")))
        self._creds(b"", "setup")

    def surround(self, place: str) -> None:
        self.plant(place, "DATABASE_PASSWORD", b"not-ours")
        (folder(place) / "secret_key").write_text("not-ours\n")

    def surroundings(self, place: str) -> str:
        return "".join(f"{file.name} {file.read_bytes()!r}\n" for file in others(place))

    def plant(self, place: str, name: str, content: bytes) -> bool:
        folder(place).mkdir(mode=0o700, exist_ok=True)
        self._creds(content, "encrypt", "--with-key=host", "-", str(folder(place) / name))
        return True

    def take_out(self, place: str) -> None:
        for name in RING:
            (folder(place) / name).unlink()

    def texts(self, place: str) -> dict[str, str]:
        there = {name: folder(place) / name for name in RING if (folder(place) / name).exists()}
        return {name: self._creds(b"", "decrypt", str(file), "-").decode() for name, file in there.items()}

    def lock_up(self, place: str) -> dict[str, str]:
        """For everybody but root; the credentials themselves can be read."""
        folder(place).chmod(0o755)
        return {}

    def also(self, place: str, asked: dict[str, Any]) -> object:
        return getattr(self, f"arrange_{asked['do']}")(place, **asked["with"])

    def arrange_tpm(self, _place: str, which: str) -> None:
        """Another TPM, the same one again, or none."""
        if which == "none":
            self._tpm.take_out()
        else:
            self._tpm.put_in(which)

    def arrange_opened(self, place: str) -> None:
        """Everybody may read the files, as they are."""
        folder(place).chmod(0o755)
        for file in folder(place).iterdir():
            file.chmod(0o644)

    def arrange_expired(self, place: str, name: str) -> None:
        """Sealed anew, until a moment that is over."""
        file = folder(place) / name
        text = self._creds(b"", "decrypt", str(file), "-")
        self._creds(
            text, "encrypt", "--with-key=host", "--timestamp=2 days ago", "--not-after=yesterday", "-", str(file)
        )

    def arrange_measured(self, _place: str) -> None:
        """As after a change of Secure Boot, which register 7 tells."""
        self._tpm.measure(7)

    def _creds(self, content: bytes, *words: str) -> bytes:
        command = ["systemd-creds", *words]
        done = subprocess.run(command, input=content, capture_output=True, check=True, env=self._environment)
        return done.stdout


def folder(place: str) -> Path:
    return Path(place.removeprefix("systemd:").partition("?")[0])


def others(place: str) -> Iterator[Path]:
    there = folder(place)
    return (file for file in sorted(there.iterdir()) if file.name not in RING) if there.exists() else iter(())
