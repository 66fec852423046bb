"""load(): the key of the project whose settings call it."""

import os
import secrets
import string
import sys
import warnings
from dataclasses import dataclass, field, replace
from types import FrameType

from . import _program
from ._errors import KeybatonWarning, Trouble, configuration_error
from ._places import FOLDER, from_environment, from_folder
from ._project import Caller, caller_of, configuration_above
from ._record import Ring, read_record
from ._texts import Names, Texts, accepted_keys, check_signing, names_of

THROWAWAY = "KEYBATON_THROWAWAY"


def load(name: str = "SECRET_KEY") -> tuple[str, list[str]]:
    """The signing key, and every accepted key, newest first: for SECRET_KEY and SECRET_KEY_FALLBACKS.

    Looked for in this order: the folder KEYBATON_DIR where that is set (files NAME, NAME_FALLBACKS and NAME_RING),
    else the environment (variables of the same names), else the store that the project's keybaton.toml names, found
    upward from the calling file. KEYBATON_THROWAWAY=1 draws a random key instead, for commands that sign nothing
    lasting, such as collectstatic.

    The signing key stands among the accepted ones too. An empty or blank key is never returned.

    Raises django.core.exceptions.ImproperlyConfigured where there is no key (where Django cannot be imported:
    keybaton.ConfigurationError). Warns with keybaton.KeybatonWarning, and goes on, where the record cannot be read,
    where the key is not in it, and where a key from the environment is not in the project's own local ring.
    """
    frame = sys._getframe(1)
    found = _attempt(name, frame)
    if isinstance(found, str):
        raise configuration_error(found) from None
    _callers.add(str(frame.f_globals.get("__name__")))
    _thrown_away.update({name} if os.environ.get(THROWAWAY) == "1" else ())
    _remember(name, found.texts.signing, found.accepted, found.ring)
    for note in found.notes:
        _warn_once(note, found.caller)
    return found.texts.signing, list(found.accepted)


def ring(name: str = "SECRET_KEY") -> Ring | None:
    """The roles of the keys that the last `load(name)` of this process returned; it holds no secrets.

    None before load(), for a key without a record, and for a record that cannot be read.
    """
    return _rings.get(name)


def rings() -> list[Ring]:
    """What the records of all rings of this process say."""
    return [known for known in _rings.values() if known]


def named_rings() -> dict[str, Ring]:
    """The same by their names."""
    return {name: known for name, known in _rings.items() if known}


def names() -> list[str]:
    """The rings that this process was given."""
    return list(_given)


def given(name: str) -> tuple[str, tuple[str, ...]]:
    """The signing key and the accepted ones of a ring, as they were given last."""
    return _given[name], _accepted[name]


def ever_given(name: str) -> set[str]:
    """Every key of a ring that this process was ever given."""
    return set(_ever.get(name, {}).values())


def giver_of(value: object) -> str | None:
    """The ring that this very object was given for. Two rings may hold the same key, each in an object of its own."""
    givers = [name for name, objects in _ever.items() if id(value) in objects]
    return givers[0] if len(givers) == 1 else None


def generation() -> int:
    """Another number whenever another ring was given to this process."""
    return _generation


def is_throwaway(key: object) -> bool:
    """Whether a key was drawn for this process alone."""
    return any(_given.get(name) == key for name in _thrown_away)


def callers() -> frozenset[str]:
    """The modules that have called load(): the key stands in them, as settings."""
    return frozenset(_callers)


def again(name: str) -> "tuple[Texts, tuple[str, ...], Ring | None]":
    """The ring as it stands in KEYBATON_DIR now. Raises Trouble where it cannot be read."""
    names = names_of(name)
    texts = from_folder(names)
    if texts is None:
        raise Trouble(f"{FOLDER} is not set")
    check_signing(texts, names)
    return texts, accepted_keys(texts, names), read_record(texts.record) if texts.record else None


def took_over(name: str, signing: str, known: Ring | None, accepted: tuple[str, ...] = ()) -> None:
    """Remembers what a process has now that took a ring over while it ran."""
    _remember(name, signing, accepted, known)


def _remember(name: str, signing: str, accepted: tuple[str, ...], known: Ring | None) -> None:
    global _generation
    _rings[name], _given[name], _accepted[name] = known, signing, accepted
    _ever.setdefault(name, {}).update({id(key): key for key in (signing, *accepted)})
    _generation += 1


@dataclass(frozen=True, slots=True)
class Found:
    """A ring that was found, and what the user should know of it. Its repr shows no key."""

    caller: Caller
    texts: Texts
    accepted: tuple[str, ...] = field(repr=False)
    ring: Ring | None
    notes: tuple[str, ...]


def _attempt(name: str, frame: FrameType) -> Found | str:
    """The ring, or the message of the error to raise, which then has no frame that holds a key behind it."""
    try:
        return _find(names_of(name), caller_of(frame))
    except Trouble as trouble:
        return trouble.text()


def _find(names: Names, caller: Caller) -> Found:
    if os.environ.get(THROWAWAY) == "1":
        return _found(names, caller, Texts("memory", _throwaway()))
    if texts := from_folder(names):
        return _found(names, caller, texts)
    if texts := from_environment(names):
        return _found(names, caller, texts, _local_notes(names, caller, texts))
    answer = _asked(names, caller)
    found = _found(names, caller, answer.texts)
    return replace(found, notes=answer.warnings or found.notes)  # the program knows better what is wrong


def _found(names: Names, caller: Caller, texts: Texts, notes: tuple[str, ...] = ()) -> Found:
    check_signing(texts, names)
    accepted = accepted_keys(texts, names)
    known = read_record(texts.record) if texts.record else None
    return Found(caller, texts, accepted, known, (*notes, *_record_notes(names, texts, known)))


def _asked(names: Names, caller: Caller) -> _program.Answer:
    try:
        return _program.ask(names, caller.folder)
    except Trouble as trouble:
        raise Trouble(
            f"there is no {names.signing}: {FOLDER} is not set, {names.signing} is not in the environment,"
            f" and {trouble.sentence}",
            trouble.hint
            or f"make a key with `{_init(names.signing)}`, set {names.signing}, or set {THROWAWAY}=1 for a"
            " command that needs no lasting key",
        )


def _init(ring: str) -> str:
    """The command that makes the ring."""
    return "keybaton init" if ring == "SECRET_KEY" else f"keybaton init --ring {ring}"


def _record_notes(names: Names, texts: Texts, known: Ring | None) -> tuple[str, ...]:
    """Says so where the record is of no use: it is no reason to stop."""
    if not texts.record:
        return ()
    if known is None:
        return (f"{names.record} in {texts.place} is no record that can be read; {names.signing} is used all the same",)
    if not known.unfinished and known.role_of(texts.signing) is None:
        return (f"{names.signing} in {texts.place} is used, and its record {names.record} does not know that key",)
    return ()


def _local_notes(names: Names, caller: Caller, texts: Texts) -> tuple[str, ...]:
    """Says so where a key in the environment hides another one that the project keeps on this machine.

    A program that cannot answer is no news here: the environment's key is the one that counts.
    """
    configuration = configuration_above(caller.folder)
    if configuration is None:
        return ()
    try:
        answer = _program.ask(names, caller.folder, limit=CHECK_SECONDS, local_only=True)
        ours = (answer.texts.signing, *accepted_keys(answer.texts, names))
    except Trouble:
        return ()
    if not answer.local or texts.signing in ours:
        return ()
    return (
        f"{names.signing} in the environment is used, and it is not in the ring that {configuration} names"
        f" ({answer.texts.place}): unset it if it is left over from somewhere",
    )


def _throwaway() -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(64))


def _warn_once(note: str, caller: Caller) -> None:
    if note not in _said:
        _said.add(note)
        warnings.warn_explicit(note, KeybatonWarning, str(caller.file), caller.line)


CHECK_SECONDS = 2.0
_rings: dict[str, Ring | None] = {}
_given: dict[str, str] = {}
_accepted: dict[str, tuple[str, ...]] = {}
_ever: dict[str, dict[int, str]] = {}  # by their ids: what is kept here keeps its id to itself
_generation = 0
_said: set[str] = set()
_callers: set[str] = set()
_thrown_away: set[str] = set()
