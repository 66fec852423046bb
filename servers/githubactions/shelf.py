"""What GitHub keeps in one place: secrets, the key that they are sealed to, and variables."""

from __future__ import annotations

import base64
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from githubactions.refusal import conflict, invalid, not_found


class Clock:
    """GitHub's times are whole seconds; this one goes on by one with each write, so that no test has to wait for it."""

    def __init__(self) -> None:
        self._lock, self._last = threading.Lock(), 0

    def tick(self, seconds: int = 1) -> str:
        with self._lock:
            self._last = max(int(time.time()), self._last + seconds)
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._last))


@dataclass
class Kept:
    """A secret or a variable."""

    name: str
    value: bytes
    created: str
    updated: str
    # Of an organization's alone: which of its repositories get it.
    visibility: str | None = None
    chosen: list[int] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = {"name": self.name, "created_at": self.created, "updated_at": self.updated}
        if self.visibility:
            told["visibility"] = self.visibility
        return told


class Shelf:
    def __init__(self, place: str, clock: Clock) -> None:
        self.place, self.clock, self.lock = place, clock, threading.RLock()
        self.secrets: dict[str, Kept] = {}
        self.variables: dict[str, Kept] = {}
        self._keys = 0
        self.rotate()

    def rotate(self) -> None:
        """GitHub has another key from now on."""
        self._keys += 1
        self._key = PrivateKey.generate()

    @property
    def key_id(self) -> str:
        return f"{568250167242549743 + self._keys}"

    def public_key(self) -> dict[str, str]:
        return {"key_id": self.key_id, "key": base64.b64encode(bytes(self._key.public_key)).decode()}

    def put_secret(self, name: str, said: dict[str, Any]) -> bool:
        """Opens the box and keeps what is in it; whether the secret is new."""
        if said.get("key_id") != self.key_id:
            raise invalid("The key_id is not the one of the public key.")
        try:
            value = SealedBox(self._key).decrypt(base64.b64decode(said["encrypted_value"]))
        except (CryptoError, KeyError, ValueError) as error:
            raise invalid("The value is not sealed to the public key.") from error
        return self._keep(self.secrets, name, value, said)

    def make_variable(self, name: str, said: dict[str, Any]) -> None:
        if name.upper() in self.variables:
            raise conflict()
        self._keep(self.variables, name, said["value"].encode(), said)

    def change_variable(self, name: str, said: dict[str, Any]) -> None:
        kept = self.found(self.variables, name)
        self._keep(self.variables, kept.name, said.get("value", kept.value.decode()).encode(), said)

    def found(self, among: dict[str, Kept], name: str) -> Kept:
        kept = among.get(name.upper())
        if kept is None:
            raise not_found()
        return kept

    def _keep(self, among: dict[str, Kept], name: str, value: bytes, said: dict[str, Any]) -> bool:
        name = checked(name)
        if len(value) > LARGEST:
            raise invalid("The value is larger than 48 KB.")
        now, before = self.clock.tick(), among.get(name)
        among[name] = kept = Kept(name, value, before.created if before else now, now)
        if before:
            kept.visibility, kept.chosen = before.visibility, before.chosen
        if self.place.startswith("orgs/"):
            choose(kept, said)
        return before is None


def choose(kept: Kept, said: dict[str, Any]) -> None:
    """What is not said of the repositories is forgotten."""
    kept.visibility = said.get("visibility", kept.visibility)
    if kept.visibility is None:
        raise invalid("An organization's has a visibility.")
    if "visibility" in said:
        kept.chosen = [int(number) for number in said.get("selected_repository_ids", [])]
    if kept.chosen and kept.visibility != "selected":
        raise invalid("Only of the visibility selected are repositories chosen.")


def checked(name: str) -> str:
    name = name.upper()
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name) or name.startswith("GITHUB_"):
        raise invalid("The name is not one that a secret can have.")
    return name


LARGEST = 48 << 10
