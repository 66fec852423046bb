"""What the sites share: a PostgreSQL and a Redis of the tests' own, on sockets that go with them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Lock

from cache import ToolError

from postgres import Cluster, cluster

PATIENCE = 30.0


@dataclass
class Services:
    """The cluster, the socket of Redis, and the databases with users in them that new sites begin with."""

    cluster: Cluster
    redis: Path
    folder: Path
    begun: dict[str, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    numbers: Iterator[int] = field(default_factory=count)


@contextmanager
def services() -> Iterator[Services]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keybaton-fleets-")))
        yield Services(stack.enter_context(cluster()), stack.enter_context(redis()), folder)


@contextmanager
def redis() -> Iterator[Path]:
    """The socket of one that keeps nothing."""
    program = shutil.which("redis-server")
    if program is None:
        raise ToolError("there is no redis-server here: please install Debian's package of this name")
    with tempfile.TemporaryDirectory(prefix="keybaton-redis-") as folder:
        socket = Path(folder, "socket")
        words = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", folder]
        process = subprocess.Popen([program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            wait_for(socket)
            yield socket
        finally:
            process.terminate()
            process.wait()


def wait_for(socket: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not socket.exists():
        if time.monotonic() > end:
            raise ToolError("redis-server does not start")
        time.sleep(0.05)
