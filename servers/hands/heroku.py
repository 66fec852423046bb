"""Heroku's interface, asked as its documentation says, as the tests' hand: its own program takes seconds for each call.

That program is the referee of the stand-in, and of what is written there, in servers/tests and in tests/pages.
"""

from __future__ import annotations

import json
from typing import Any

import requests

from hands.hand import RING
from stage import Stage


class HerokuHand:
    def __init__(self, stage: Stage) -> None:
        self._there = stage.environment

    def surround(self, place: str) -> None:
        self._change(place, OTHERS)

    def surroundings(self, place: str) -> str:
        others = {name: value for name, value in self._config(place).items() if name not in RING}
        return json.dumps(others, sort_keys=True) if others else ""

    def plant(self, place: str, name: str, content: bytes) -> bool:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return False
        if "\0" in text:
            return False
        self._change(place, {name: text})
        return True

    def take_out(self, place: str) -> None:
        self._change(place, dict.fromkeys(RING))

    def texts(self, place: str) -> dict[str, str]:
        return {name: value for name, value in self._config(place).items() if name in RING}

    def lock_up(self, place: str) -> dict[str, str]:  # noqa: ARG002 - a stranger has a right to no app
        return {"HEROKU_API_KEY": self._there["KEYBATON_TEST_HEROKU_STRANGER_TOKEN"]}

    def also(self, place: str, asked: dict[str, Any]) -> object:
        """What the tests of this store alone ask for."""
        app, wanted = named(place), asked.get("with", {})
        match asked["do"]:
            case "config":
                return self._config(place)
            case "set":
                self._change(place, wanted)
                return None
            case "id":
                return self._ask("GET", f"apps/{app}")["id"]
            case "releases":
                return [release["description"] for release in self._ask("GET", f"apps/{app}/releases")]
            case "command" | "end":
                return self._ask("POST", f"tricks/{app}/{asked['do']}", wanted["ends"])
            case "release":
                return self._ask("POST", f"tricks/{app}/release", json.dumps(wanted))
            case "play":
                return self._ask("POST", f"tricks/{app}", json.dumps(wanted))
            case "calls":
                return self._ask("GET", f"tricks/{app}")
            case other:
                raise ValueError(f"no hand can do {other}")

    def _config(self, place: str) -> dict[str, str]:
        config: dict[str, str] = self._ask("GET", f"apps/{named(place)}/config-vars")
        return config

    def _change(self, place: str, said: dict[str, str | None]) -> None:
        self._ask("PATCH", f"apps/{named(place)}/config-vars", json.dumps(said))

    def _ask(self, method: str, path: str, body: str | None = None) -> Any:  # noqa: ANN401 - JSON
        headers = {
            "Accept": "application/vnd.heroku+json; version=3",
            "Authorization": f"Bearer {self._there['HEROKU_API_KEY']}",
        }
        with requests.Session() as session:
            session.trust_env, session.verify = False, self._there["SSL_CERT_FILE"]
            url = f"{self._there['HEROKU_HOST']}/{path}"
            answer = session.request(method, url, data=body, headers=headers, timeout=10)
            answer.raise_for_status()
            return answer.json()


def named(place: str) -> str:
    return place.removeprefix("heroku://")


OTHERS: dict[str, str | None] = {"SECRET_KEYS": "not-ours\n", "DATABASE_URL": "postgres://made-up", "EMPTY_ONE": " "}
