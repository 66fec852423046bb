"""A ring that changes in its folder, taken over by a process that runs: KEYBATON_DIR, without a restart."""

import logging
import os
import time
from pathlib import Path
from threading import Lock

from django.conf import settings

from keybaton import _load
from keybaton._errors import Trouble
from keybaton._places import FOLDER
from keybaton._record import Ring
from keybaton._texts import names_of

from . import _signers

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
    finally:
        _state.lock.release()


class _State:
    def __init__(self) -> None:
        self.lock = Lock()
        self.next_look = 0.0
        self.stamp: object = None
        self.told: str | None = None


def _look() -> bool:
    name = _load.ring_behind(settings.SECRET_KEY)
    if name is None:
        return False
    stamp = _stamp(Path(os.environ[FOLDER]), name)
    if stamp == _state.stamp:
        return False
    try:
        texts, accepted, known = _load.again(name)
    except Trouble as trouble:
        _tell(trouble.text())
        return False
    _state.stamp, _state.told = stamp, None
    return _take_over(name, texts.signing, accepted, known)


def _take_over(name: str, signing: str, accepted: tuple[str, ...], known: Ring | None) -> bool:
    """At no moment is a key refused that is accepted before and after: the fallbacks hold every key meanwhile."""
    old, before = settings.SECRET_KEY, list(settings.SECRET_KEY_FALLBACKS)
    if old == signing and before == list(accepted):
        _load.took_over(name, signing, known, accepted)
        return False
    all_ = list(dict.fromkeys([signing, *accepted, old]))
    _write("SECRET_KEY_FALLBACKS", all_)
    _write("SECRET_KEY", signing)
    _write("SECRET_KEY_FALLBACKS", list(accepted))
    _load.took_over(name, signing, known, accepted)
    _signers.rekey({old, *before}, signing, list(accepted))
    logger.info("the ring %s has changed and was taken over", name)
    return True


def _write(name: str, value: object) -> None:
    """Django keeps a setting twice. Without forgetting one of them, no thread can bring the old one back."""
    getattr(settings, name)
    setattr(settings._wrapped, name, value)
    settings.__dict__[name] = value


def _stamp(folder: Path, name: str) -> object:
    """What changes when the files do: whether they are written anew or a link in their path leads elsewhere."""
    names = names_of(name)
    return tuple(_facts(folder / file) for file in (names.signing, names.fallbacks, names.record))


def _facts(file: Path) -> object:
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino, facts.st_mtime_ns, facts.st_size


def _tell(why: str) -> None:
    if why != _state.told:
        _state.told = why
        logger.warning("the ring in %s is not taken over: %s", FOLDER, why)


_state = _State()
LOOKS_EVERY = 1.0
