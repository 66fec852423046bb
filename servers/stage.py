"""Where servers run: a folder, a certificate authority, and processes that are ended when the command is."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import trustme
from cache import ToolError

# Whether a process that was started is ready.
Ready = Callable[[subprocess.Popen[bytes]], bool]


class Stage:
    """What a server needs to start, and what it leaves to those who use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = trustme.CA()
        self.authority_file = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(self.authority_file)
        # What the command finds in its environment, as the platform's own programs want it.
        self.environment: dict[str, str] = {}
        # The tokens that each stand-in gave out or was shown: nobody else may see them.
        self.tokens: list[set[str]] = []
        self._processes: list[tuple[str, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for _, process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(
        self, name: str, command: list[str | Path], ready: int | Path | Ready, **extra: str
    ) -> subprocess.Popen[bytes]:
        """Starts a server and waits until it listens: on a port, at a socket, or in a way of its own."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(word) for word in command], stdout=output, stderr=output, cwd=self.folder, env=extra or None
            )
        self._processes.append((name, process))
        end = time.monotonic() + PATIENCE
        while not (ready(process) if callable(ready) else listens(ready)):
            if process.poll() is not None or time.monotonic() > end:
                raise ToolError(f"{name} did not start:\n{self._last_words(name)}")
            time.sleep(0.05)
        return process

    def ended(self) -> list[str]:
        """Which servers have ended by themselves, and their last words: a test saw only that nobody was there."""
        ended = [(name, process.poll()) for name, process in self._processes]
        return [
            f"{name} ended by itself, with {code}:\n{self._last_words(name)}"
            for name, code in ended
            if code is not None
        ]

    def _last_words(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def listens(port: int | Path) -> bool:
    is_socket = isinstance(port, Path)
    with socket.socket(socket.AF_UNIX if is_socket else socket.AF_INET) as client:
        client.settimeout(1)
        return client.connect_ex(str(port) if is_socket else ("127.0.0.1", port)) == 0


# A server that has not started by then does not start at all.
PATIENCE = 60
