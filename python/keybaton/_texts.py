"""The three texts of a ring, and what they mean."""

import json
import re
from dataclasses import dataclass, field

from ._errors import Trouble


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts NAME, NAME_FALLBACKS and NAME_RING, as a place holds them. Its repr shows only the place."""

    place: str
    signing: str = field(repr=False)
    fallbacks: str | None = field(default=None, repr=False)
    record: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a ring's three texts."""

    signing: str
    fallbacks: str
    record: str


def names_of(ring: str) -> Names:
    """The three names of a ring. A text that cannot name a ring is trouble, and is not repeated: it may be a key."""
    if not isinstance(ring, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,63}", ring):
        raise Trouble(
            "the name given to keybaton.load() is not a variable name",
            'use letters, digits and underscores, as in keybaton.load("SECRET_KEY")',
        )
    if ring.endswith(("_FALLBACKS", "_RING")):
        raise Trouble(
            f"{ring} cannot name a ring: _FALLBACKS and _RING name a ring's other texts",
            'give the signing key\'s own name, as in keybaton.load("SECRET_KEY")',
        )
    return Names(ring, f"{ring}_FALLBACKS", f"{ring}_RING")


def check_signing(texts: Texts, names: Names) -> None:
    """A blank signing key, or one that is no text, is trouble. Any other is used as it is."""
    if is_blank(texts.signing):
        raise Trouble(
            f"{names.signing} in {texts.place} is empty", "write the key there: `keybaton generate` makes one"
        )
    _encodable(texts.signing, f"{names.signing} in {texts.place}")


def accepted_keys(texts: Texts, names: Names) -> tuple[str, ...]:
    """The keys of the fallbacks text: separated by commas, or a JSON list when it begins with `[`.

    Nothing empty or blank is ever among them: with an empty fallback anyone can forge signed cookies and messages.
    """
    where, text = f"{names.fallbacks} in {texts.place}", texts.fallbacks or ""
    items = _json_list(text, where) if text.startswith("[") else text.split(",")
    return tuple(dict.fromkeys(_encodable(item, where) for item in items if not is_blank(item)))


def is_blank(text: str) -> bool:
    """Whether a text holds no key at all."""
    return not text.strip()


def _json_list(text: str, where: str) -> list[str]:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise Trouble(
            f"{where} begins with [ but is not a JSON list of texts",
            "write it as a JSON list, or separate the keys by commas",
        )
    return items


def _encodable(key: str, where: str) -> str:
    """The same key. Python stands in for bytes that are no UTF-8 with characters that Django cannot sign with."""
    try:
        key.encode()
    except UnicodeEncodeError:
        raise Trouble(f"{where} is not UTF-8 text", "keys are text: write it again as UTF-8") from None
    return key
