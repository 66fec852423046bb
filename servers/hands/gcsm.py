"""google-cloud-secret-manager, Google's own client, as the tests' hand."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from google.api_core.exceptions import AlreadyExists, Conflict, NotFound
from google.auth.credentials import Credentials
from google.cloud.secretmanager_v1 import SecretManagerServiceClient, types
from google.oauth2 import service_account
from google.protobuf.duration_pb2 import Duration

from hands.hand import RING
from stage import Stage


class GcsmHand:
    def __init__(self, stage: Stage) -> None:
        self._there = stage.environment
        self._endpoint = self._there["CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"]
        key = self._there["GOOGLE_APPLICATION_CREDENTIALS"]
        self._client = client(self._there, service_account.Credentials.from_service_account_file(key))

    def surround(self, place: str) -> None:
        """With the ring in three secrets, these have settings and no version; beside them stands another secret."""
        at = Place(place)
        if at.is_separate:
            for name in at.names.values():
                self._make(at, name)
            self._make(at, f"{at.name}-old")
            self._add(at, f"{at.name}-old", b"not-ours\n")
        else:
            self._make(at, at.name)
            self._add(at, at.name, OTHERS.encode())
            secret = types.Secret(name=at.path(at.name), version_aliases={"pinned": 1})
            self._client.update_secret(request={"secret": secret, "update_mask": {"paths": ["version_aliases"]}})

    def surroundings(self, place: str) -> str:
        at = Place(place)
        names = [*at.names.values(), f"{at.name}-old"] if at.is_separate else [at.name]
        return json.dumps([self._settings(at, name) for name in names] + self._other_texts(at), sort_keys=True)

    def plant(self, place: str, name: str, content: bytes) -> bool:
        at = Place(place)
        if at.is_separate:
            if not content:
                return False
            self._put(at, at.names[name], content)
            return True
        try:
            members = {**self._members(at), name: content.decode()}
        except UnicodeDecodeError:
            return False
        self._put(at, at.name, json.dumps(members).encode())
        return True

    def take_out(self, place: str) -> None:
        at = Place(place)
        if not at.is_separate:
            others = {name: value for name, value in self._members(at).items() if name not in RING}
            self._put(at, at.name, json.dumps(others).encode())
            return
        for name in at.names.values():
            self._client.delete_secret(name=at.path(name))

    def texts(self, place: str) -> dict[str, str]:
        at = Place(place)
        if at.is_separate:
            values = {variable: self._value(at, name) for variable, name in at.names.items()}
            return {variable: value.decode() for variable, value in values.items() if value is not None}
        return {name: value for name, value in self._members(at).items() if name in RING}

    def lock_up(self, place: str) -> dict[str, str]:  # noqa: ARG002 - nobody has a right to any secret unless told
        return {"GOOGLE_APPLICATION_CREDENTIALS": self._there["KEYBATON_TEST_GCP_STRANGER"]}

    def also(self, place: str, asked: dict[str, Any]) -> object:
        """What the tests of this store alone ask for."""
        at = Place(place)
        match asked["do"]:
            case "put whole":
                self._put(at, at.name, asked["text"].encode())
            case "set":
                self._set(at, asked["fields"])
            case "disable" | "destroy":
                change = getattr(self._client, f"{asked['do']}_secret_version")
                change(name=f"{at.path(at.name)}/versions/{asked['version']}")
            case "settings":
                return self._settings(at, at.name)
            case "play":
                return self._ask("POST", at, asked["tricks"])
            case "calls":
                return self._ask("GET", at, None)
            case other:
                raise ValueError(f"no hand can do {other}")
        return None

    def _set(self, at: Place, fields: dict[str, Any]) -> None:
        """Fields as Google's JSON has them."""
        secret = types.Secret.from_json(json.dumps({**fields, "name": at.path(at.name)}))
        paths = [path for path in types.Secret.meta.fields if path in secret and path != "name"]
        self._client.update_secret(request={"secret": secret, "update_mask": {"paths": paths}})

    def _ask(self, method: str, at: Place, body: dict[str, Any] | None) -> object:
        url = f"{self._endpoint}tricks/{at.name}"
        with requests.Session() as session:
            session.trust_env, session.verify = False, self._there["SSL_CERT_FILE"]
            return session.request(method, url, json=body, timeout=10).json()

    def _make(self, at: Place, name: str) -> None:
        secret = types.Secret(
            replication=None if at.location else {"automatic": {}},
            labels={"team": "shop"},
            annotations={"owner": "somebody else", "note": "stays"},
            ttl=Duration(seconds=90 * 24 * 3600),
        )
        self._client.create_secret(parent=at.parent, secret_id=name, secret=secret)

    def _put(self, at: Place, name: str, content: bytes) -> None:
        secret = types.Secret(replication=None if at.location else {"automatic": {}})
        with suppress(AlreadyExists, Conflict):
            self._client.create_secret(parent=at.parent, secret_id=name, secret=secret)
        self._add(at, name, content)

    def _add(self, at: Place, name: str, content: bytes) -> None:
        self._client.add_secret_version(parent=at.path(name), payload=types.SecretPayload(data=content))

    def _value(self, at: Place, name: str) -> bytes | None:
        try:
            answer = self._client.access_secret_version(name=f"{at.path(name)}/versions/latest")
        except NotFound:
            return None
        data: bytes = answer.payload.data
        return data

    def _members(self, at: Place) -> dict[str, str]:
        members: dict[str, str] = json.loads(self._value(at, at.name) or b"{}")
        return members

    def _settings(self, at: Place, name: str) -> dict[str, Any]:
        """All but what each write changes."""
        try:
            secret = self._client.get_secret(name=at.path(name))
        except NotFound:
            return {}
        settings: dict[str, Any] = json.loads(types.Secret.to_json(secret))
        return {name: value for name, value in settings.items() if name != "etag"}

    def _other_texts(self, at: Place) -> list[str]:
        """The other members, each with the spaces around it."""
        if at.is_separate:
            return [(self._value(at, f"{at.name}-old") or b"").decode()]
        value = (self._value(at, at.name) or b"").decode()
        return [text for text in OTHER_TEXTS if text in value]


class Place:
    """What a URL names: a project's secret, or three."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = dict(pair.split("=") for pair in parts.query.split("&") if pair)
        self.name, self.location = parts.path.removeprefix("/"), query.get("location")
        self.parent = f"projects/{parts.netloc}" + (f"/locations/{self.location}" if self.location else "")
        self.is_separate = query.get("layout") == "separate"
        self.names = dict(zip(RING, [self.name, f"{self.name}-fallbacks", f"{self.name}-ring"], strict=True))

    def path(self, name: str) -> str:
        return f"{self.parent}/secrets/{name}"


def client(there: dict[str, str], credentials: Credentials) -> SecretManagerServiceClient:
    """Google's client, for the server that these variables name."""
    endpoint = urlsplit(there["CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"]).netloc
    made: Any = SecretManagerServiceClient(
        credentials=credentials, transport="rest", client_options={"api_endpoint": endpoint}
    )
    # requests has a list of authorities of its own, and variables that come before what its session says.
    session = made.transport._session
    session.trust_env, session.verify = False, there["SSL_CERT_FILE"]
    return cast(SecretManagerServiceClient, made)


OTHER_TEXTS = ['{ "SECRET_KEYS" :\t"not-ours"', '"n":\n 7.50', '"list" : [ "x",{"SECRET_KEY":1} ]']
OTHERS = f"{', '.join(OTHER_TEXTS)} }}\n"
