"""secret-tool, the program of libsecret, as the tests' hand."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from hands.hand import RING
from keychain import Session
from stage import Stage

SEPARATE = {"SECRET_KEY": "", "SECRET_KEY_FALLBACKS": "-fallbacks", "SECRET_KEY_RING": "-ring"}


class KeychainHand:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._environment = {**os.environ, **stage.environment}

    def surround(self, place: str) -> None:
        self._store(place, "OTHER", b"not-ours")
        if not is_separate(place):
            self._store(place, "SECRET_KEY", b'{"other" : "not-ours"}')

    def surroundings(self, place: str) -> str:
        others = {name: text for name, text in self._members(place).items() if name not in RING}
        kept = [self._lookup(place, "OTHER").decode(), json.dumps(others) if others else ""]
        return "\n".join(kept) if any(kept) else ""

    def plant(self, place: str, name: str, content: bytes) -> bool:
        if is_separate(place):
            self._store(place, f"SECRET_KEY{SEPARATE[name]}", content)
            return True
        try:
            members = {**self._members(place), name: content.decode()}
        except UnicodeDecodeError:
            return False
        self._store(place, "SECRET_KEY", json.dumps(members).encode())
        return True

    def take_out(self, place: str) -> None:
        if is_separate(place):
            for end in SEPARATE.values():
                self._tool(place, "clear", f"SECRET_KEY{end}")
            return
        others = {name: text for name, text in self._members(place).items() if name not in RING}
        self._store(place, "SECRET_KEY", json.dumps(others).encode())

    def texts(self, place: str) -> dict[str, str]:
        if is_separate(place):
            return {name: self._lookup(place, f"SECRET_KEY{end}").decode() for name, end in SEPARATE.items()}
        return {name: text for name, text in self._members(place).items() if name in RING}

    def lock_up(self, place: str) -> dict[str, str]:  # noqa: ARG002 - a session is its user's, whatever it is asked
        return {}

    def also(self, place: str, asked: dict[str, Any]) -> object:
        return getattr(self, f"arrange_{asked['do']}")(place, **asked["with"])

    def arrange_session(self, place: str, name: str, keeper: str) -> dict[str, str]:
        """Another session: its keychain is locked, with the item in it or without; or nobody keeps secrets there."""
        session = Session(self._stage, name)
        if keeper.startswith("locked"):
            session.keep_secrets()
        if keeper == "locked with it":
            command = ["secret-tool", "store", "--label=x", "service", service(place), "username", "SECRET_KEY"]
            subprocess.run(command, input=b"{}", check=True, env={**os.environ, **session.environment})
        if keeper.startswith("locked"):
            session.lock()
        there = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
        return {variable: session.environment[variable] for variable in there}

    def arrange_raw(self, place: str, content: str) -> None:
        """The item as a whole."""
        self._store(place, "SECRET_KEY", content.encode())

    def arrange_whole(self, place: str) -> str:
        return self._lookup(place, "SECRET_KEY").decode()

    def arrange_shown(self, place: str) -> str:
        """All that there is to see of the item but the secret."""
        command = ["secret-tool", "search", "--all", "service", service(place)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=self._environment)
        lines = (done.stdout + done.stderr).splitlines()
        return "\n".join(sorted(line for line in lines if line.startswith(("label", "attribute"))))

    def _members(self, place: str) -> dict[str, str]:
        if is_separate(place):
            return {}
        members: dict[str, str] = json.loads(self._lookup(place, "SECRET_KEY") or b"{}")
        return members

    def _store(self, place: str, account: str, content: bytes) -> None:
        self._tool(place, "store", account, "--label=made up", content=content)

    def _lookup(self, place: str, account: str) -> bytes:
        return self._tool(place, "lookup", account, must=False)

    def _tool(self, place: str, verb: str, account: str, *more: str, content: bytes = b"", must: bool = True) -> bytes:
        command = ["secret-tool", verb, *more, "service", service(place), "username", account]
        done = subprocess.run(command, input=content, capture_output=True, check=must, env=self._environment)
        return done.stdout


def service(place: str) -> str:
    return place.removeprefix("keychain:").partition("?")[0]


def is_separate(place: str) -> bool:
    return place.endswith("?layout=separate")
