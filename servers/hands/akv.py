"""azure-keyvault-secrets and azure-identity, Azure's own clients, as the tests' hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

import requests
from azure.core.exceptions import ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.keyvault.secrets import KeyVaultSecret, SecretClient, SecretProperties

from hands.hand import RING
from stage import Stage


class AkvHand:
    def __init__(self, stage: Stage) -> None:
        self._there = stage.environment
        self._credential = credential(self._there, self._there["AZURE_CLIENT_ID"], self._there["AZURE_CLIENT_SECRET"])
        self._clients: dict[str, SecretClient] = {}

    def surround(self, place: str) -> None:
        """With the ring in three secrets, which hold nothing else, what surrounds it is another secret."""
        at = Place(place)
        if at.is_separate:
            self._client(at).set_secret(f"{at.name}-old", "not-ours\n", **SURROUNDING)
        else:
            self._client(at).set_secret(at.name, OTHERS, **SURROUNDING)

    def surroundings(self, place: str) -> str:
        at = Place(place)
        found = self._get(at, f"{at.name}-old" if at.is_separate else at.name)
        if found is None:
            return ""
        texts = [found.value] if at.is_separate else [text for text in OTHER_TEXTS if text in (found.value or "")]
        return json.dumps([told(found.properties), texts], sort_keys=True)

    def plant(self, place: str, name: str, content: bytes) -> bool:
        at = Place(place)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return False
        if at.is_separate:
            self._put(at, at.names[name], text)
        else:
            self._put(at, at.name, json.dumps({**self._members(at), name: text}))
        return True

    def take_out(self, place: str) -> None:
        at = Place(place)
        if not at.is_separate:
            others = {name: value for name, value in self._members(at).items() if name not in RING}
            self._put(at, at.name, json.dumps(others))
            return
        for name in at.names.values():
            self._client(at).begin_delete_secret(name).wait()

    def texts(self, place: str) -> dict[str, str]:
        at = Place(place)
        if at.is_separate:
            found = {variable: self._get(at, name) for variable, name in at.names.items()}
            return {variable: secret.value or "" for variable, secret in found.items() if secret is not None}
        return {name: value for name, value in self._members(at).items() if name in RING}

    def lock_up(self, place: str) -> dict[str, str]:  # noqa: ARG002 - nobody has a right to any secret unless told
        id_, secret = self._there["KEYBATON_TEST_AZURE_STRANGER"].split()
        return {"AZURE_CLIENT_ID": id_, "AZURE_CLIENT_SECRET": secret}

    def also(self, place: str, asked: dict[str, Any]) -> object:
        """What the tests of this store alone ask for."""
        at = Place(place)
        name = asked.get("name", at.name)
        match asked["do"]:
            case "put whole":
                return self._client(at).set_secret(name, asked["text"], **said(asked.get("with", {}))) and None
            case "read whole":
                found = self._get(at, name)
                return found and found.value
            case "properties":
                found = self._get(at, name)
                return found and told(found.properties)
            case "set":
                return self._client(at).update_secret_properties(name, **said(asked["with"])) and None
            case "versions":
                return sorted(str(found.version) for found in self._client(at).list_properties_of_secret_versions(name))
            case "delete":
                return self._client(at).begin_delete_secret(name).wait()
            case "recover":
                return self._client(at).begin_recover_deleted_secret(name).wait()
            case "manage":
                return self._ask("POST", f"{name}/manage", at.host)
            case "play":
                return self._ask("POST", at.name, json.dumps(asked["tricks"]))
            case "calls":
                return self._ask("GET", name, None)
            case other:
                raise ValueError(f"no hand can do {other}")

    def _ask(self, method: str, what: str, body: str | None) -> object:
        url = f"{self._there['AZURE_AUTHORITY_HOST']}/tricks/{what}"
        with requests.Session() as session:
            session.trust_env, session.verify = False, self._there["SSL_CERT_FILE"]
            return session.request(method, url, data=body, timeout=10).json()

    def _client(self, at: Place) -> SecretClient:
        if at.host not in self._clients:
            self._clients[at.host] = client(self._there, at.host, self._credential)
        return self._clients[at.host]

    def _get(self, at: Place, name: str) -> KeyVaultSecret | None:
        try:
            return self._client(at).get_secret(name)
        except ResourceNotFoundError:
            return None

    def _put(self, at: Place, name: str, text: str) -> None:
        """Another version, which says of itself what the one before said."""
        found = self._get(at, name)
        self._client(at).set_secret(name, text, **(kept(found.properties) if found else {}))

    def _members(self, at: Place) -> dict[str, str]:
        found = self._get(at, at.name)
        members: dict[str, str] = json.loads(found.value or "{}") if found else {}
        return members


class Place:
    """What a URL names: a vault's secret, or three."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = dict(pair.split("=") for pair in parts.query.split("&") if pair)
        suffix = query.get("suffix", "vault.azure.net")
        self.host = parts.netloc if "." in parts.netloc else f"{parts.netloc}.{suffix}"
        self.name = parts.path.removeprefix("/")
        self.is_separate = query.get("layout") == "separate"
        self.names = dict(zip(RING, [self.name, f"{self.name}-fallbacks", f"{self.name}-ring"], strict=True))


def credential(there: Mapping[str, str], id_: str, secret: str) -> ClientSecretCredential:
    return ClientSecretCredential(
        there["AZURE_TENANT_ID"],
        id_,
        secret,
        authority=there["AZURE_AUTHORITY_HOST"],
        # What asks Microsoft which authorities there are.
        disable_instance_discovery=True,
        **trust(there),
    )


def client(there: Mapping[str, str], host: str, credential: ClientSecretCredential) -> SecretClient:
    return SecretClient(f"https://{host}", credential, proxies={"https": there["HTTPS_PROXY"]}, **trust(there))


def trust(there: Mapping[str, str]) -> dict[str, Any]:
    return {"connection_verify": there["SSL_CERT_FILE"], "use_env_settings": False}


def told(properties: SecretProperties) -> dict[str, Any]:
    """All but what each version has of its own."""
    times = {"expires_on": properties.expires_on, "not_before": properties.not_before}
    return {
        "content_type": properties.content_type,
        "tags": properties.tags,
        "enabled": properties.enabled,
        **{name: when and when.isoformat() for name, when in times.items()},
    }


def kept(properties: SecretProperties) -> dict[str, Any]:
    names = ("content_type", "tags", "expires_on", "not_before")
    return {name: getattr(properties, name) for name in names}


def said(asked: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromtimestamp(asked[name], timezone.utc) for name in TIMES if name in asked}
    return {**asked, **times}


TIMES = ("expires_on", "not_before")
OTHER_TEXTS = ['{ "SECRET_KEYS" :\t"not-ours"', '"n":\n 7.50', '"list" : [ "x",{"SECRET_KEY":1} ]']
OTHERS = f"{', '.join(OTHER_TEXTS)} }}\n"
SURROUNDING: dict[str, Any] = {
    "content_type": "text/x-shop",
    "tags": {"team": "shop", "owner": "somebody else"},
    "expires_on": datetime(2099, 1, 1, tzinfo=timezone.utc),
    "not_before": datetime(2020, 1, 1, tzinfo=timezone.utc),
}
