"""Turns at a session's file: those that save or delete go together, and whoever makes its hash anew goes alone.

The locks stand beside the sessions, in a folder of this user's alone: a lock on the file itself would go with the file
when somebody replaces it. Where there can be none, everybody goes.
"""

import os
import stat
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def together(folder: Path, key: str) -> Iterator[None]:
    """The turn of who saves or deletes. Not waited for longer than PATIENCE: no request is held up by a lock."""
    with _lock(folder, key) as lock:
        end = time.monotonic() + PATIENCE
        while lock is not None and not _taken(lock, is_alone=False) and time.monotonic() < end:
            time.sleep(PAUSE)
        yield


@contextmanager
def alone(folder: Path, key: str) -> Iterator[bool]:
    """The turn of who makes the hash anew: whether it is to be had now."""
    with _lock(folder, key) as lock:
        yield lock is None or _taken(lock, is_alone=True)


@contextmanager
def _lock(folder: Path, key: str) -> Iterator[int | None]:
    """Open while the turn lasts, which ends with it."""
    lock = None
    with suppress(OSError):
        lock = _opened(folder, key)
    try:
        yield lock
    finally:
        if lock is not None:
            os.close(lock)


def _opened(folder: Path, key: str) -> int | None:
    """One of some files that the sessions of a folder share, for each of them would have to be removed some time."""
    if fcntl is None:
        return None
    own = folder / f"keybaton-{os.geteuid()}.locks"
    with suppress(FileExistsError):
        own.mkdir(mode=0o700)
    facts = own.lstat()
    # In /tmp it could be anybody's.
    if facts.st_uid != os.geteuid() or not stat.S_ISDIR(facts.st_mode) or facts.st_mode & 0o077:
        return None
    file = own / str(zlib.crc32(key.encode()) % LOCKS)
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _taken(lock: int, *, is_alone: bool) -> bool:
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


# Seconds.
PATIENCE = 1.0
PAUSE = 0.001
LOCKS = 64
