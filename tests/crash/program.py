"""The program under test: run to its end, traced, killed at one system call, killed at one moment."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Whatever can change a file or a folder, and whatever looks at one.
TOUCHING = (
    "%file,read,write,close,flock,fsync,fdatasync,ftruncate,fchmod,fchown,fgetxattr,fsetxattr,flistxattr,"
    "fremovexattr,getdents64,lseek"
)
CALL = re.compile(r"^(\w+)\((.*)")
KILLED = -9


@dataclass(frozen=True)
class Call:
    """The `number`th call of one name: strace counts each name for itself."""

    name: str
    number: int
    words: str

    def __str__(self) -> str:
        return f"{self.name} no. {self.number} ({self.words[:60]})"


@dataclass(frozen=True)
class Done:
    code: int
    output: str


@dataclass(frozen=True)
class Program:
    path: Path

    def run(self, folder: Path, *arguments: str) -> Done:
        done = subprocess.run([self.path, *arguments], cwd=folder, **quiet(folder))
        return Done(done.returncode, done.stdout)

    def calls(self, folder: Path, *arguments: str) -> list[Call]:
        """Runs it to its end; the calls that touch files, from the first that looks into the folder on."""
        log = folder.with_suffix(".trace")
        strace = ["strace", "-o", str(log), "-s", "80", "-e", f"trace={TOUCHING}"]
        done = subprocess.run([*strace, self.path, *arguments], cwd=folder, **quiet(folder))
        if done.returncode != 0:
            raise AssertionError(f"it ends with {done.returncode}, without any kill:\n{done.stdout}")
        counted = list(count(log.read_text(errors="replace").splitlines()))
        log.unlink()
        begin = next(place for place, call in enumerate(counted) if str(folder) in call.words)
        return counted[begin:]

    def killed_at(self, call: Call, folder: Path, *arguments: str) -> bool:
        """Kills it as it enters that call, which is not carried out; whether it came so far."""
        inject = f"inject={call.name}:signal=SIGKILL:when={call.number}"
        strace = ["strace", "-o", "/dev/null", "-e", f"trace={call.name}", "-e", inject]
        done = subprocess.run([*strace, self.path, *arguments], cwd=folder, **quiet(folder))
        return bool(done.returncode == KILLED)

    def killed_after(self, seconds: float, folder: Path, *arguments: str) -> bool:
        started = subprocess.Popen([self.path, *arguments], cwd=folder, **quiet(folder))
        time.sleep(seconds)
        started.kill()
        started.communicate()
        return bool(started.returncode == KILLED)


def count(lines: list[str]) -> Iterator[Call]:
    """Only the main thread writes: the others wait for signals, and are not traced."""
    seen: Counter[str] = Counter()
    for line in lines:
        if match := CALL.match(line):
            name, words = match.groups()
            seen[name] += 1
            if name != "execve":
                yield Call(name, seen[name], words)


def quiet(folder: Path) -> dict[str, Any]:
    """An environment of its own, without a ring or a configuration of the caller's."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMD_CREDENTIAL_SECRET") if name in os.environ}
    environment = {
        **kept,
        "HOME": str(folder.parent),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
    }
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return {**streams, "env": environment, "text": True}
