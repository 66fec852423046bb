"""Keys that a reader may stumble over. All are made up."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve() / "debug" / "keybaton"


@dataclass(frozen=True)
class Key:
    text: str
    # Whether every reader has to take it: keybaton draws such keys by default.
    is_easy: bool = False


def all_keys() -> Iterator[Key]:
    yield from (Key(drawn("alnum"), is_easy=True) for _ in range(3))
    for format_ in ("django", "base64", "hex", "urlsafe", "powershell"):
        yield from (Key(drawn(format_)) for _ in range(8))
    yield from map(Key, HOSTILE)


def drawn(format_: str) -> str:
    command = [str(PROGRAM), "generate", "--format", format_]
    printed: str = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return printed.removesuffix("\n")


HOSTILE = (
    "it's",
    'say "this"',
    "'quoted'",
    '"quoted"',
    "ends with '",
    'ends with "',
    "back\\slash",
    "ends\\",
    "\\n",
    "\\'",
    "$HOME",
    "${HOME}",
    "$(id)",
    "$$",
    "a$",
    "`id`",
    "%h",
    "%(here)s",
    "100%",
    "#first",
    "a #b",
    "a;b",
    "a ;b",
    " leads",
    "trails ",
    "\ttabs\t",
    "a b",
    "=equals=",
    "-n",
    "--",
    "!history!",
    "*",
    "~",
    "~root",
    "[1]",
    "{a,b}",
    "a,b",
    '["a"]',
    "<<EOF",
    "a|b",
    "a&b",
    "a>b",
    "\u00e9\u00df\u20ac",
    "\U0001f511",
    "\u2018typographic\u2019",
    "@{x}",
    "yes",
    "null",
    "0x1f",
    "1e3",
    ": colon",
    "- dash",
    "two\nlines",
    "ends\n",
    "\nbegins",
    "carriage\rreturn",
    "line\u2028separator",
    "form\ffeed",
    "END_OF_KEY\nEND_OF_KEY_",
)
