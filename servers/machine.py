"""A real systemd as the first process of a small machine of its own, started by systemd-nspawn in half a second.

What is written there is gone with it. The machine that this runs on keeps its credentials, units and keys.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import machine_root
import systemd_programs
from stage import Stage


class Machine:
    def __init__(self, stage: Stage, shared: dict[Path, str], writable: dict[Path, str]) -> None:
        """Boots it, with folders of this one where they are named."""
        binds = [f"--bind-ro={here}:{there}" for here, there in shared.items()]
        binds += [f"--bind={here}:{there}" for here, there in writable.items()]
        # It has a network of its own, without a way out.
        flags = ["--quiet", "--boot", "--volatile=overlay", "--register=no", "--keep-unit", "--private-network"]
        flags += ["--console=pipe", "--link-journal=no", f"--directory={machine_root.folder()}"]
        nspawn = str(systemd_programs.folder() / "systemd-nspawn")
        self._root = machine_root.root_words()
        self._first = 0
        stage.start("machine", [*self._root, nspawn, *flags, *binds], self._is_up)

    def run(self, line: str, folder: str) -> str:
        """What a shell of its root prints, on both of its streams."""
        enter = [*self._root, "nsenter", f"--target={self._first}", "--all", "--"]
        clean = ["env", "--ignore-environment", f"PATH={PATH}", "HOME=/root", "LANG=C.UTF-8"]
        shell = ["sh", "-c", f'exec 2>&1\ncd "$0"\n{line}', folder]
        nobody, heard = subprocess.DEVNULL, subprocess.PIPE
        done = subprocess.run([*enter, *clean, *shell], stdin=nobody, stdout=heard, text=True, timeout=120)
        return done.stdout

    def _is_up(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether its first process has started all that starts with it."""
        self._first = next((pid for pid in below(process.pid) if told(pid, "comm") == "systemd"), 0)
        return self._first != 0 and self.run("systemctl is-system-running", "/").strip() in ("running", "degraded")


def below(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that they did."""
    for child in told(pid, f"task/{pid}/children").split():
        yield int(child)
        yield from below(int(child))


def told(pid: int, what: str) -> str:
    """What the kernel tells of a process; nothing where it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/{what}").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
