"""GitHub's interface, asked as its documentation says, with libsodium, as the tests' hand.

GitHub gives no secret to anybody who asks, so what stands there is what the stand-in found in the boxes. `gh` is the
referee of the stand-in, and of what is written there, in servers/tests and in tests/pages.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import requests
from nacl.public import PublicKey, SealedBox

from hands.hand import RING
from stage import Stage


class GitHubHand:
    def __init__(self, stage: Stage) -> None:
        self._there = stage.environment
        # Where somebody made the signing key who was not keybaton.
        self._planted: set[str] = set()

    def surround(self, place: str) -> None:
        for name, text in OTHERS.items():
            self.set_secret(place, name, text)
            self._set_variable(place, name, text)

    def surroundings(self, place: str) -> str:
        """All the rest, and what the signing key is besides its text."""
        kept = self._opened(place)
        others = {
            kind: {name: one for name, one in kept[kind].items() if name not in RING}
            for kind in ("secrets", "variables")
        }
        planted = kept["secrets"]["SECRET_KEY"] if place in self._planted else {}
        like = {name: planted.get(name) for name in ("created_at", "visibility", "chosen")}
        return json.dumps([others, like], sort_keys=True) if any(others.values()) else ""

    def plant(self, place: str, name: str, content: bytes) -> bool:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return False
        if "\0" in text:
            return False
        if name.endswith("_RING"):
            self._set_variable(place, name, text)
        else:
            self.set_secret(place, name, text)
            self._planted.add(place)
        return True

    def take_out(self, place: str) -> None:
        for name in RING:
            kind = "variables" if name.endswith("_RING") else "secrets"
            self._ask("DELETE", f"{within(place)}/{kind}/{name}")

    def texts(self, place: str) -> dict[str, str]:
        kept = self._opened(place)
        found = {**kept["secrets"], **kept["variables"]}
        return {name: found[name]["value"] for name in RING if name in found}

    def lock_up(self, place: str) -> dict[str, str]:  # noqa: ARG002 - a stranger has a right to none
        return {"GH_ENTERPRISE_TOKEN": self._there["KEYBATON_TEST_GITHUB_STRANGER_TOKEN"]}

    def also(self, place: str, asked: dict[str, Any]) -> object:
        """What the tests of this store alone ask for."""
        wanted = asked.get("with", {})
        match asked["do"]:
            case "play":
                return self._trick("POST", place, wanted)
            case "sleep":
                return self._trick("POST", place, {"sleep": wanted})
            case "kept":
                return self._opened(place)
            case "set":
                self.set_secret(place, wanted["name"], wanted["text"], **wanted.get("more", {}))
            case "variable":
                self._set_variable(place, wanted["name"], wanted["text"])
            case "delete":
                self._ask("DELETE", f"{within(place)}/{wanted}")
            case other:
                raise ValueError(f"no hand can do {other}")
        return None

    def set_secret(self, place: str, name: str, text: str, **more: object) -> None:
        key = self._ask("GET", f"{within(place)}/secrets/public-key").json()
        sealed = SealedBox(PublicKey(base64.b64decode(key["key"]))).encrypt(text.encode())
        said = {"encrypted_value": base64.b64encode(sealed).decode(), "key_id": key["key_id"]}
        self._ask("PUT", f"{within(place)}/secrets/{name}", {**said, **seen_by(place), **more})

    def _set_variable(self, place: str, name: str, text: str) -> None:
        said = {"name": name, "value": text}
        if self._ask("PATCH", f"{within(place)}/variables/{name}", said).status_code == NOT_FOUND:
            self._ask("POST", f"{within(place)}/variables", {**said, **seen_by(place)})

    def _opened(self, place: str) -> dict[str, Any]:
        kept: dict[str, Any] = self._trick("GET", place)
        return kept

    def _trick(self, method: str, place: str, said: object = None) -> Any:  # noqa: ANN401 - JSON
        url = f"{self._there['KEYBATON_TEST_GITHUB']}/tricks/{within(place).removesuffix('/actions')}"
        return self._sent(method, url, said).json()

    def _ask(self, method: str, path: str, said: object = None) -> requests.Response:
        return self._sent(method, f"https://{self._there['GH_HOST']}/api/v3/{path}", said)

    def _sent(self, method: str, url: str, said: object) -> requests.Response:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._there['GH_ENTERPRISE_TOKEN']}",
        }
        with requests.Session() as session:
            session.trust_env, session.verify = False, self._there["SSL_CERT_FILE"]
            answer = session.request(method, url, json=said, headers=headers, timeout=30)
        if answer.status_code != NOT_FOUND and not answer.ok:
            raise ValueError(f"{answer.status_code} {answer.text}")
        return answer


def within(place: str) -> str:
    """The part of GitHub's interface in which a place has its secrets and variables."""
    address = urlsplit(place)
    path = f"{address.netloc}{address.path}"
    environment = parse_qs(address.query).get("environment")
    if "/" not in path:
        return f"orgs/{path}/actions"
    if environment:
        return f"repos/{path}/environments/{quote(environment[0], safe='')}"
    return f"repos/{path}/actions"


def seen_by(place: str) -> dict[str, object]:
    """An organization's is for two of its repositories."""
    is_organization = within(place).startswith("orgs/")
    return {"visibility": "selected", "selected_repository_ids": [7, 11]} if is_organization else {}


OTHERS = {"SECRET_KEYS": "not-ours", "DATABASE_URL": "postgres://made-up"}
NOT_FOUND = 404
