"""Ends all that a run has started, and what that has started, where the run is ended before it is over."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# How long they may take to end by themselves: a PostgreSQL that is killed leaves memory behind.
PATIENCE = 10.0
QUIET = 0.5
PR_SET_CHILD_SUBREAPER = 36


@contextmanager
def all_ends() -> Iterator[None]:
    """Scenes run in threads, which nothing stops: so a signal ends the processes, the folders, and then this one."""
    if sys.platform == "linux":
        # What goes to the background stays ours.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="keybaton-fleets-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another user
        tempfile.tempdir = folder
        for number in ENDINGS:
            signal.signal(number, lambda number, _: end(number, folder))
        yield
        tempfile.tempdir = None


def end(number: int, folder: str) -> None:
    for other in ENDINGS:
        signal.signal(other, signal.SIG_IGN)
    print("ending what was started", file=sys.stderr, flush=True)
    over = time.monotonic() + PATIENCE
    while time.monotonic() < over and send(signal.SIGTERM):
        time.sleep(QUIET)
    # Threads may start one more.
    while send(signal.SIGKILL):
        time.sleep(QUIET)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(128 + number)


def send(number: signal.Signals) -> bool:
    """Whether there is still anybody who hears it."""
    living = list(descendants(os.getpid()))
    for process in living:
        with suppress(ProcessLookupError):
            os.kill(process, number)
    return bool(living)


def descendants(of: int) -> Iterator[int]:
    """Those that live."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                children.setdefault(int(parent), []).append(int(stat.parent.name))
    left = [of]
    while left:
        found = children.get(left.pop(), [])
        left += found
        yield from found
