"""python-gitlab, the Python client that GitLab's documentation names, as the tests' hand."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from gitlab import Gitlab
from gitlab.exceptions import GitlabGetError

from hands.hand import RING
from stage import Stage


class GitLabHand:
    def __init__(self, stage: Stage) -> None:
        self._there = stage.environment
        self._client = client(self._there, self._there["GITLAB_TOKEN"])

    def surround(self, place: str) -> None:
        """A variable with everything that one can have, and the ring's own names in another scope."""
        at = Place(place)
        variables = self._variables(at)
        variables.create({"key": "SECRET_KEYS", "value": "not-ours\n", "environment_scope": at.scope, **OTHERS})
        for name in RING:
            variables.create({"key": name, "value": "not-ours", "environment_scope": ELSEWHERE, **OTHERS})

    def surroundings(self, place: str) -> str:
        at = Place(place)
        found = [variable.attributes for variable in self._variables(at).list(get_all=True)]
        others = [told(one) for one in found if one["key"] not in RING or one["environment_scope"] != at.scope]
        return json.dumps(others, sort_keys=True) if others else ""

    def plant(self, place: str, name: str, content: bytes) -> bool:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return False
        if "\0" in text:
            return False
        at = Place(place)
        if self._get(at, name) is None:
            self._variables(at).create({"key": name, "value": text, "environment_scope": at.scope})
        else:
            self._variables(at).update(name, {"value": text}, filter=at.filter)
        return True

    def take_out(self, place: str) -> None:
        at = Place(place)
        for name in RING:
            self._variables(at).delete(name, filter=at.filter)

    def texts(self, place: str) -> dict[str, str]:
        at = Place(place)
        found = self._variables(at).list(get_all=True)
        return {one.key: one.value for one in found if one.key in RING and one.environment_scope == at.scope}

    def lock_up(self, place: str) -> dict[str, str]:  # noqa: ARG002 - a developer may read no variable anywhere
        return {"GITLAB_TOKEN": self._there["KEYBATON_TEST_GITLAB_DEVELOPER_TOKEN"]}

    def also(self, place: str, asked: dict[str, Any]) -> object:
        """What the tests of this store alone ask for; `at` names another place than theirs."""
        wanted = asked.get("with", {})
        at = Place(wanted.pop("at", place))
        match asked["do"]:
            case "make":
                return self._variables(at).create({"environment_scope": at.scope, **wanted}) and None
            case "all":
                return [told(variable.attributes) for variable in self._variables(at).list(get_all=True)]
            case "delete":
                return self._variables(at).delete(wanted["name"], filter=at.filter)
            case "id":
                return self._holder(at, lazy=False).id
            case "play":
                return self._ask("POST", at, json.dumps(wanted))
            case "calls":
                return self._ask("GET", at, None)
            case other:
                raise ValueError(f"no hand can do {other}")

    def _ask(self, method: str, at: Place, body: str | None) -> object:
        url = f"{self._there['GITLAB_HOST']}/tricks/{at.kind}/{quote(at.path, safe='')}"
        with requests.Session() as session:
            session.trust_env, session.verify = False, self._there["SSL_CERT_FILE"]
            return session.request(method, url, data=body, timeout=10).json()

    def _holder(self, at: Place, lazy: bool = True) -> Any:  # noqa: ANN401 - a project or a group
        return getattr(self._client, at.kind).get(at.path, lazy=lazy)

    def _variables(self, at: Place) -> Any:  # noqa: ANN401 - python-gitlab has a class for each of the two
        return self._holder(at).variables

    def _get(self, at: Place, name: str) -> Any:  # noqa: ANN401
        try:
            return self._variables(at).get(name, filter=at.filter)
        except GitlabGetError:
            return None


class Place:
    """What a URL names."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        self.kind = f"{query.get('kind', 'project')}s"
        self.path = f"{parts.netloc}{parts.path}"
        self.scope = query.get("scope", "*")
        self.filter = {"environment_scope": self.scope}


def client(there: dict[str, str], token: str) -> Gitlab:
    found = Gitlab(there["GITLAB_HOST"], private_token=token, ssl_verify=there["SSL_CERT_FILE"])
    # The proxies of other servers' clients lead elsewhere.
    found.session.trust_env = False
    return found


def told(attributes: dict[str, Any]) -> dict[str, Any]:
    """All but the names of what it hangs on."""
    return {name: value for name, value in attributes.items() if name not in ("project_id", "group_id")}


ELSEWHERE = "elsewhere/*"
OTHERS: dict[str, Any] = {
    "description": "ours",
    "protected": True,
    "raw": True,
    "masked": False,
    "variable_type": "file",
}
