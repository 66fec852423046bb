"""What the tests stand on: rings, projects, and a small program in keybaton's place."""

import base64
import hashlib
import hmac
import json
import runpy
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import keybaton

PACKAGE = Path(keybaton.__file__).parent
SETTINGS = "import keybaton\n\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n"
OLD, NEW, OTHER = "made-up-old" * 5, "made-up-new" * 5, "made-up-other" * 5
SALT = bytes(range(16))

# The texts of a handover from OLD to NEW, as the stores hold them.
HANDOVER = {
    "settled": (OLD, OLD),
    "staged": (OLD, f"{NEW},{OLD}"),
    "promoted": (NEW, f"{NEW},{OLD}"),
    "retired": (NEW, NEW),
}


def texts(signing: str | None, fallbacks: str | None = None, ring: str | None = None) -> dict[str, str]:
    """The texts of SECRET_KEY by their names; what is None is left out."""
    named = {"SECRET_KEY": signing, "SECRET_KEY_FALLBACKS": fallbacks, "SECRET_KEY_RING": ring}
    return {name: text for name, text in named.items() if text is not None}


def folder_of(folder: Path, held: Mapping[str, str]) -> Path:
    """A folder with one file for each text."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in held.items():
        (folder / name).write_bytes(text.encode())
    return folder


def row(role: str, key: str, **more: object) -> dict[str, object]:
    """A key as the record lists it."""
    mark = hmac.digest(SALT, key.encode(), hashlib.sha256)[:16]
    return {"id": key[8:11].encode().hex(), "role": role, "mark": unpadded(mark), "made": 1780000000, **more}


def record(*keys: object, **members: object) -> str:
    """A record of these keys; `members` replace or add to its own."""
    said = {"format": 1, "ring": "ab" * 10, "salt": unpadded(SALT), "revision": 3, "write": "cd" * 10}
    return unpadded(json.dumps({**said, "written": 1780000000, "keys": keys, **members}).encode())


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def answer(held: Mapping[str, str | None], *, local: bool = True, warnings: tuple[str, ...] = ()) -> str:
    """A shell script that answers as `keybaton load` does."""
    said = {"texts": held, "store": "dotenv:.env", "local": local, "warnings": warnings}
    return f"printf '%s\\n' {shlex.quote(json.dumps(said))}"


class Program:
    """A small program in keybaton's place. It notes how it was called, then does what its script says."""

    def __init__(self, bin_folder: Path) -> None:
        self.path = bin_folder / "keybaton"
        self.noted = bin_folder / "calls"

    def does(self, script: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        note = f"printf '%s\\n' \"$*\" >> {shlex.quote(str(self.noted))}"
        self.path.write_text(f"#!/bin/sh\n{note}\n{script}\n")
        self.path.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return self.noted.read_text().splitlines() if self.noted.exists() else []


def installed(folder: Path) -> Program:
    """The package with a stand-in program, as `pip install --target FOLDER` leaves them."""
    shutil.copytree(PACKAGE, folder / "keybaton", ignore=shutil.ignore_patterns("__pycache__"))
    return Program(folder / "bin")


def settings_in(folder: Path, text: str = SETTINGS) -> dict[str, Any]:
    """What a settings file in this folder ends up with."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "settings.py"
    file.write_text(text)
    return runpy.run_path(str(file))


def load_fails(folder: Path | None = None) -> str:
    """The message of the one error that load() raises; `folder`: called from settings there."""
    with pytest.raises(Exception, match=r".") as capture:
        settings_in(folder) if folder else keybaton.load()
    assert type(capture.value).__name__ in ("ImproperlyConfigured", "ConfigurationError"), capture.value
    assert capture.value.__cause__ is None
    assert capture.value.__context__ is None
    return str(capture.value)
