"""Rings that change in their folder, taken over by a process that runs: KEYBATON_DIR, without a restart."""

import logging
import os
import time
from pathlib import Path
from threading import Lock

from keybaton import _load
from keybaton._errors import Trouble
from keybaton._places import FOLDER
from keybaton._record import Ring
from keybaton._texts import names_of

from . import _copies, _settings, _signers

logger = logging.getLogger("keybaton.django")


def follow() -> bool:
    """Takes over what stands in the folder, where that has changed; looks once a second at most. Whether it did.

    What cannot be read changes nothing: the keys of before go on being used, and the log says why.
    """
    now = time.monotonic()
    if now < _state.next_look or not _state.lock.acquire(blocking=False):
        return False
    try:
        _state.next_look = now + LOOKS_EVERY
        return FOLDER in os.environ and _look()
    except Exception as error:  # noqa: BLE001, an error page would show the keys that the frames on the way hold
        logger.warning("the rings in %s cannot be followed (%s)", FOLDER, type(error).__name__)
        return False
    finally:
        _state.lock.release()


def is_due() -> bool:
    """Whether `follow` would look."""
    return FOLDER in os.environ and time.monotonic() >= _state.next_look


class _State:
    def __init__(self) -> None:
        self.lock = Lock()
        self.next_look = 0.0
        self.stamps: dict[str, object] = {}
        self.told: dict[str, str] = {}
        self.fresh: set[str] = set()


def _forked() -> None:
    """A lock that another thread of the parent held would be held for ever."""
    _state.lock = Lock()


def _look() -> bool:
    for name in list(_state.fresh):  # what another thread was just making with the keys of before is made by now
        _state.fresh.discard(name)
        _rekey(name)
    changed = [name for name in _load.names() if _look_for(name)]
    return bool(changed)


def _look_for(name: str) -> bool:
    stamp = _stamp(Path(os.environ[FOLDER]), name)
    if stamp == _state.stamps.get(name):
        return False
    try:
        texts, accepted, known = _load.again(name)
    except Trouble as trouble:
        _tell(name, trouble.text())
        return False
    if _has_settled(stamp):
        _state.stamps[name] = stamp
    _state.told.pop(name, None)
    return _take_over(name, texts.signing, accepted, known)


def _take_over(name: str, signing: str, accepted: tuple[str, ...], known: Ring | None) -> bool:
    """At no moment is a key refused that is accepted before and after: the fallbacks hold every key meanwhile."""
    before = _load.given(name)
    if before == (signing, accepted):
        if known != _load.ring(name):
            _load.took_over(name, signing, known, accepted)
        return False
    _settings.replace(name, *before, signing, accepted)
    _load.took_over(name, signing, known, accepted)
    _state.fresh.add(name)
    _rekey(name)
    logger.info("the ring %s has changed and was taken over", name)
    return True


def _rekey(name: str) -> None:
    signing, accepted = _load.given(name)
    _signers.rekey(name, signing, list(accepted))
    _copies.look_for(name)


def _stamp(folder: Path, name: str) -> "tuple[_Facts | None, ...]":
    """What changes when the files do: whether they are written anew or a link in their path leads elsewhere."""
    names = names_of(name)
    return tuple(_facts(folder / file) for file in (names.signing, names.fallbacks, names.record))


def _facts(file: Path) -> "_Facts | None":
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_dev, facts.st_ino, facts.st_size


def _has_settled(stamp: "tuple[_Facts | None, ...]") -> bool:
    """Whether a file that is written once more gets another time: clocks of file systems are coarse."""
    written = max((facts[0] for facts in stamp if facts), default=0)
    return time.time_ns() - written > SETTLES_NS


def _tell(name: str, why: str) -> None:
    if why != _state.told.get(name):
        _state.told[name] = why
        logger.warning("the ring %s in %s is not taken over: %s", name, FOLDER, why)


_Facts = tuple[int, int, int, int]
_state = _State()
LOOKS_EVERY = 1.0
SETTLES_NS = 2_000_000_000
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
