"""Rings in the stores that are tested: made by hand, read by hand, compared with the design's shapes.

A shape is written as `B | B,A`: the key that signs, and the keys that are accepted. A letter is one key, the same one
in all shapes of a case; a letter that no key has yet stands for a key drawn by the command.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import string
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import systemd_programs

NAME = "SECRET_KEY"
ALPHABET = string.ascii_letters + string.digits
DRAWN = re.compile(r"[A-Za-z0-9]{64}")
DOTENV = """\
# the shop's own settings
DEBUG=on
{ring}
export MAIL_FROM='Ann <ann@example.com>'  # who writes
COLOURS="red
green"
"""


@dataclass(frozen=True)
class Texts:
    signing: str
    fallbacks: str

    def has(self, shape: str, keys: dict[str, str]) -> bool:
        """Whether this is that shape; letters that `keys` does not know stand for new keys."""
        signing, fallbacks = (part.strip().split(",") for part in shape.split("|"))
        letters = [*signing, *fallbacks]
        values = [self.signing, *self.fallbacks.split(",")]
        if len(letters) != len(values):
            return False
        bound = dict(keys)
        for letter, value in zip(letters, values, strict=True):
            new = letter not in bound and value not in bound.values() and DRAWN.fullmatch(value)
            if bound.setdefault(letter, value if new else "") != value:
                return False
        return True


@dataclass(frozen=True)
class Layout:
    """A kind of store, as a folder holds it."""

    name: str
    url: str
    replaced_at_once: bool
    """Whether a write replaces all three texts in one call."""
    is_sealed: bool = False
    """Whether `systemd-creds` makes and reads the files. That takes time: a rotation's steps stand for all changes."""

    def url_in(self, folder: Path) -> str:
        return self.url.format(folder=folder)

    def make(self, folder: Path) -> str:
        """A settled ring among things of others; returns its key."""
        key = "".join(secrets.choice(ALPHABET) for _ in range(64))
        texts = {"": key, "_FALLBACKS": key, "_RING": record(key)}
        if self.name == "dotenv":
            ring = "\n".join(f"{NAME}{end}={text}" for end, text in texts.items())
            put(folder / ".env", DOTENV.format(ring=ring))
        else:
            put(folder / "secrets" / "OTHER", "somebody else's\n")
            for path, text in zip(self.files(folder), texts.values(), strict=True):
                put(path, sealed(path, text) if self.is_sealed else text)
        return key

    def files(self, folder: Path) -> list[Path]:
        """Of NAME, NAME_FALLBACKS and NAME_RING, where each has its own."""
        if self.name in ("dir", "systemd"):
            return [folder / "secrets" / f"{NAME}{end}" for end in ("", "_FALLBACKS", "_RING")]
        return [folder / "secrets" / f"secret_key.txt{end}" for end in ("", ".fallbacks", ".ring")]

    def read(self, folder: Path) -> Texts:
        if self.name == "dotenv":
            found = dict(re.findall(r"^(SECRET_KEY\w*)=(.*)$", (folder / ".env").read_text(), re.MULTILINE))
            return Texts(found[NAME], found[f"{NAME}_FALLBACKS"])
        read = opened if self.is_sealed else Path.read_text
        signing, fallbacks, _ = (read(file).removesuffix("\n") for file in self.files(folder))
        return Texts(signing, fallbacks)

    def of_others(self, folder: Path) -> str:
        """What no command may touch."""
        if self.name == "dotenv":
            return re.sub(r"(?m)^SECRET_KEY\w*=.*\n", "", (folder / ".env").read_text())
        return (folder / "secrets" / "OTHER").read_text()


LAYOUTS = [
    Layout("dotenv", "dotenv:.env", replaced_at_once=True),
    Layout("dir", "dir:secrets", replaced_at_once=False),
    Layout("file", "file:secrets/secret_key.txt", replaced_at_once=False),
    Layout("systemd", "systemd:{folder}/secrets", replaced_at_once=False, is_sealed=True),
]


def record(key: str) -> str:
    """NAME_RING of a settled ring."""
    salt, now = os.urandom(16), int(time.time())
    mark = hmac.new(salt, key.encode(), hashlib.sha256).digest()[:16]
    row = {"role": "signing", "id": os.urandom(5).hex(), "n": 1, "mark": encoded(mark), "made": now, "since": now}
    head = {"format": 1, "ring": os.urandom(10).hex(), "salt": encoded(salt), "revision": 1}
    return encoded(json.dumps({**head, "write": os.urandom(10).hex(), "written": now, "keys": [row]}).encode())


def encoded(some: bytes) -> str:
    return base64.urlsafe_b64encode(some).decode().rstrip("=")


def sealed(path: Path, text: str) -> str:
    return creds("encrypt", f"--name={path.name}", "--with-key=host", "-", "-", heard=text)


def opened(path: Path) -> str:
    return creds("decrypt", str(path), "-")


def creds(*words: str, heard: str = "") -> str:
    quiet = {**os.environ, "SYSTEMD_LOG_LEVEL": "err"}
    command = [str(systemd_programs.folder() / "systemd-creds"), *words]
    printed: str = subprocess.run(command, input=heard, check=True, stdout=subprocess.PIPE, text=True, env=quiet).stdout
    return printed


def put(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
