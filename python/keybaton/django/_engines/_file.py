"""Sessions in files."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.contrib.sessions.backends.base import SessionBase

from . import Upgrade
from ._exchange import exchange

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def bring_up(session: SessionBase, upgrade: Upgrade) -> None:
    """Replaces the file, if nobody else is at it and it is still what was just read."""
    file = Path(session._key_to_file())
    with suppress(FileNotFoundError), file.open("r+b") as opened:  # who has logged out has none
        if not _is_ours(opened):
            return
        text = opened.read()
        renewed = upgrade.of(session.decode(text.decode("ascii")))
        if renewed is not None:
            _replace(file, opened, text, session.encode(renewed).encode("ascii"))


def _is_ours(opened: BinaryIO) -> bool:
    """Keeps others of this kind out, as long as the file is open. Django itself asks for no lock."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _replace(file: Path, opened: BinaryIO, old: bytes, new: bytes) -> None:
    """Whole, as Django does it. The file's time stays: the session's end counts from it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}_out_")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(new)
        facts = os.fstat(opened.fileno())
        os.utime(draft, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        if os.path.samestat(file.stat(), facts) and file.read_bytes() == old:
            try:
                _put(draft, file, opened)
            except NotImplementedError:
                opened.close()  # Windows replaces no file that is open
                draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _put(draft: Path, file: Path, expected: BinaryIO) -> None:
    """Puts a file in the place of the one that is expected there, and what else came out of that place back into it.

    Django saves by a rename that asks nobody, so what was compared a moment ago may be another file by now. Each one is
    held open meanwhile, or another file could get its number.
    """
    with draft.open("rb") as held:
        exchange(draft, file)
        if not os.path.samestat(draft.stat(), os.fstat(expected.fileno())):
            _put(draft, file, held)
