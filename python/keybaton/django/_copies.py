"""What in a process keeps a key of its own, and would sign with it after the settings have changed."""

import logging
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import islice
from types import ModuleType
from typing import Any, TypeGuard

from django.conf import LazySettings, settings
from django.core.signing import Signer

from keybaton import _load

from . import _owners, _settings, _signers, _tokens

logger = logging.getLogger("keybaton.django")


@dataclass(frozen=True, slots=True)
class Copy:
    """A place that may hold a key: what it is called, and how to see what stands there."""

    label: str
    read: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Keys:
    """What a ring says now, and what it said before. A place is old that signs with, or accepts, anything else."""

    signing: str = field(repr=False)
    accepted: frozenset[str] = field(repr=False)
    former: frozenset[str] = field(repr=False)
    ring: str = "SECRET_KEY"

    @classmethod
    def of(cls, signing: object, accepted: Iterable[object], ever: Iterable[str], ring: str = "SECRET_KEY") -> "Keys":
        now = {key for key in accepted if _is_key(key)}
        return cls(str(signing), frozenset(now), frozenset({*filter(_is_key, ever), *now} - {signing}), ring)

    def are_old_in(self, value: object) -> bool:
        """Texts and what holds them; of a long table of data only its beginning."""
        if not issubclass(type(value), CONTAINERS):
            return self._is_old(value)
        return any(self._is_old(item) for item in islice(self._within(value, DEEPEST), WIDEST))

    def _is_old(self, value: object) -> bool:
        """Two rings may hold the same key: what was given for another one is not this ring's."""
        text = _text(value)
        return any(key in text for key in self.former) and _load.giver_of(value) in (None, self.ring)

    def _within(self, value: object, depth: int) -> Iterator[object]:
        if not issubclass(type(value), CONTAINERS):
            yield value
            return
        items = _items(value) if depth else []
        if issubclass(type(value), dict) or not self._are_fallbacks(items):
            for item in items:
                yield from self._within(item, depth - 1)

    def _are_fallbacks(self, items: list[object]) -> bool:
        """Whether a list has the signing key, and besides that none that is accepted no more."""
        texts = [_text(item) for item in items]
        gone = self.former - self.accepted
        return any(self.signing in text for text in texts) and not any(key in text for key in gone for text in texts)


def holds(name: str, keys: Keys) -> list[str]:
    """What still has a key of this ring that the settings no longer say: a restart ends that."""
    found = [(copy.label, copy.read()) for copy in _found.get(name, ())]
    asked = [(copy.label, copy.read()) for copy in READERS]
    # No restart takes from a package what is another ring's key.
    values = [*((label, value) for label, value in asked if not _owners.is_of_another(name, value)), *found]
    return list(dict.fromkeys(label for label, value in values if keys.are_old_in(value)))[:MOST]


def packages_with(key: str) -> list[str]:
    """The packages that sign with this key of SECRET_KEY, unless another ring has the same one and they have that."""
    read = [(copy.label, copy.read()) for copy in READERS]
    ring = _owners.main()
    return list(
        dict.fromkeys(label for label, value in read if value == key and not _owners.is_of_another(ring, value))
    )


def look_for(name: str) -> None:
    """Remembers what has kept a key of this ring, now that it has changed and the Signers have the new one."""
    keys = Keys.of(*_load.given(name), _load.ever_given(name), name)
    try:
        _found[name] = list(_everywhere(keys))
    except Exception as error:  # noqa: BLE001, what stands in modules may be anything
        logger.warning("it cannot be seen what keeps a former key of %s (%s)", name, type(error).__name__)
        _found[name] = [Copy("modules that could not be looked through", lambda: list(keys.former))]


def _everywhere(keys: Keys) -> Iterator[Copy]:
    ours = [signer for signer in _signers.living() if _signers.ring_of(signer) in (None, keys.ring)]
    yield from (_signer(signer) for signer in ours if keys.are_old_in(_signers.keys_of(signer)))
    said = _settings.everything()
    old = [name for name in said if _owners.named(name) in (None, keys.ring) and keys.are_old_in(said[name])]
    yield from (Copy(f"the setting {name}", partial(getattr, settings, name)) for name in old)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in WITHOUT and not _is_settings(name, module):
            yield from _of_module(name, module, keys)


def _signer(signer: Any) -> Copy:
    label = f"a Signer in {_signers.place_of(signer)}"
    try:
        refer: Callable[[], Any] = weakref.ref(signer)
    except TypeError:  # it has no room for that
        return Copy(label, partial(_signers.keys_of, signer))
    return Copy(label, lambda: _signers.keys_of(refer()))


def _of_module(name: str, module: object, keys: Keys) -> Iterator[Copy]:
    """What stands in it by a name, in its classes and in the objects that it has."""
    for attribute, value in _vars(module).items():
        if keys.are_old_in(value):
            yield Copy(f"{attribute} in {name}", partial(_read, name, attribute))
        elif _has_texts(name, value):
            within = [key for key, item in _vars(value).items() if _text(item) and keys.are_old_in(item)]
            yield from (Copy(f"{attribute}.{key} in {name}", partial(_read, name, attribute, key)) for key in within)


def _has_texts(module: str, value: object) -> bool:
    """Whether to look into an object: each class in its own module alone, and what leads elsewhere not at all."""
    kind = type(value)
    if issubclass(kind, type):
        return bool(value.__module__ == module)
    return not issubclass(kind, ModuleType | LazySettings | Signer)


def _is_settings(name: str, module: object) -> bool:
    """Where settings stand as they were read: nobody signs with those."""
    own = str(getattr(settings, "SETTINGS_MODULE", ""))
    package = own.rpartition(".")[0]
    beside = f"{package}." if package.rpartition(".")[2] in ("settings", "config", "conf") else f"{own}."
    return f"{name}.".startswith(beside) or name in _load.callers() or "INSTALLED_APPS" in _vars(module)


def _is_key(value: object) -> TypeGuard[str]:
    """Whether it is long enough to be told apart from other texts."""
    return isinstance(value, str) and len(value) >= SHORTEST


def _text(value: Any) -> str:
    """Nothing for what is no text; of a long one its beginning."""
    kind = type(value)
    if issubclass(kind, bytes):
        return bytes.__getitem__(value, slice(LONGEST)).decode(errors="replace")
    return str.__str__(value)[:LONGEST] if issubclass(kind, str) else ""


def _items(value: Any) -> list[object]:
    """What it holds. By its type alone: a lazy object would look for what it stands for."""
    kind = next(kind for kind in CONTAINERS if issubclass(type(value), kind))
    return list(islice(dict.values(value) if kind is dict else kind.__iter__(value), WIDEST))


def _vars(value: object) -> dict[str, object]:
    """Without asking the object itself, which may be None in the place of a module."""
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        found = {}
    return dict(found)


def _read(module: str, *path: str) -> object:
    """What stands there, where it is imported already."""
    try:
        found: object = vars(sys.modules[module])[path[0]]
        return reduce(lambda value, name: _vars(value)[name], path[1:], found)
    except Exception:  # noqa: BLE001
        return None


def _reader(package: str, module: str, path: str) -> Copy:
    return Copy(package, partial(_ask, module, path))


def _reader_of_tokens(label: str, package: str) -> Copy:
    """What stands in its settings is asked by nobody where its tokens have a ring."""
    read = partial(_ask, f"{package}.settings", "api_settings.SIGNING_KEY")
    return Copy(label, lambda: None if _tokens.has_ring(package) else read())


def _reader_of_drf_jwt() -> Copy:
    """It takes a list too, or keys by their names, and signs with the first."""
    read = partial(_ask, "rest_framework_jwt.settings", "api_settings.JWT_SECRET_KEY")

    def first() -> object:
        value = read()
        keys = list(value.values()) if isinstance(value, dict) else value
        return next(iter(keys), None) if isinstance(keys, list) else keys

    return Copy("drf-jwt", first)


def _ask(module: str, path: str) -> object:
    """What a package gives that is asked, where it is imported already."""
    found = sys.modules.get(module)
    try:
        return reduce(getattr, path.split("."), found) if found else None
    except Exception:  # noqa: BLE001
        return None


# Packages that read SECRET_KEY when they are imported: the module, and where in it the key stands.
READERS = (
    _reader_of_tokens("simplejwt", "rest_framework_simplejwt"),
    _reader("simplejwt", "rest_framework_simplejwt.state", "token_backend.signing_key"),
    _reader_of_tokens("django-ninja-jwt", "ninja_jwt"),
    _reader("django-ninja-jwt", "ninja_jwt.state", "token_backend.signing_key"),
    _reader_of_drf_jwt(),
)
# They keep SECRET_KEY as a default too, which they do not use where they were given a key of their own.
ASKED = ("rest_framework_simplejwt", "ninja_jwt", "rest_framework_jwt")
# Where no key of a project is copied to, and most of the modules are; and those that are asked instead.
WITHOUT = frozenset({*sys.stdlib_module_names, "django", "keybaton", *ASKED}) - {"__main__"}
SHORTEST = 16
MOST = 20
# A list of keys is short, and so is what stands around it; modules may hold millions of words, too.
DEEPEST, WIDEST, LONGEST = 4, 1000, 100_000
CONTAINERS = (dict, list, tuple, set, frozenset)
_found: dict[str, list[Copy]] = {}
