"""A shell in a terminal, with somebody who types."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from collections.abc import Mapping
from pathlib import Path

PATIENCE_SECONDS = 20.0
# What moves the cursor or colours text: escape sequences, and what a shell writes to see whether a line was ended.
NOISE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07|\x07|\r")


class Silence(Exception):  # noqa: N818, it is what was heard
    """The shell did not say what was waited for."""


class Terminal:
    def __init__(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.pid, self.keyboard = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self.keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.heard = ""

    def type(self, text: str) -> None:
        os.write(self.keyboard, text.encode())

    def until(self, pattern: str) -> str:
        """What was heard before the pattern, which is taken away with it."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not (found := re.search(pattern, self.heard)):
            ready, _, _ = select.select([self.keyboard], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise Silence(f"waited for {pattern!r} and heard {self.heard!r}")
            self.heard = NOISE.sub("", self.heard + os.read(self.keyboard, 4096).decode(errors="replace"))
        said, self.heard = self.heard[: found.start()], self.heard[found.end() :]
        return said

    def close(self) -> None:
        os.close(self.keyboard)
        os.waitpid(self.pid, 0)
