"""Sessions in files."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from . import Upgrade
from ._turns import alone, together


def guard(session: SessionBase) -> None:
    """Has this session saved and deleted in turn with those whose hash is made anew. Django itself asks for no turn."""
    save, delete = session.save, session.delete

    def save_(*words: Any, **more: Any) -> None:
        with together(_folder(session), session.session_key or ""):
            save(*words, **more)

    def delete_(session_key: str | None = None) -> None:
        with together(_folder(session), session_key or session.session_key or ""):
            delete(session_key)

    vars(session).update(save=save_, delete=delete_)


def bring_up(session: SessionBase, upgrade: Upgrade) -> None:
    """Replaces the file, if nobody else is at it and it has the old hash."""
    with alone(_folder(session), session.session_key) as is_ours, suppress(FileNotFoundError):  # after a logout
        if is_ours:
            _renew(session, upgrade)


def _renew(session: SessionBase, upgrade: Upgrade) -> None:
    file = Path(session._key_to_file())
    text = file.read_bytes()
    renewed = upgrade.of(session.decode(text.decode("ascii")))
    if renewed is not None:
        _replace(file, text, session.encode(renewed).encode("ascii"))


def _replace(file: Path, old: bytes, new: bytes) -> None:
    """Whole, as Django does it. The file's time stays: the session's end counts from it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}_out_")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(new)
        facts = file.stat()
        os.utime(draft, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        # Once more: a process without this app saves whenever it likes.
        if file.read_bytes() == old:
            draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _folder(session: SessionBase) -> Path:
    return Path(session._get_storage_path())
