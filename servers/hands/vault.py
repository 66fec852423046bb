"""hvac, the Python client of Vault, as the tests' hand."""

from __future__ import annotations

import json
import secrets

import hvac
from hvac.exceptions import InvalidPath

from hands.hand import RING
from stage import Stage


class VaultHand:
    def __init__(self, stage: Stage) -> None:
        there = stage.environment
        self._client = hvac.Client(there["VAULT_ADDR"], there["VAULT_TOKEN"], verify=there["VAULT_CACERT"])
        self._kv = self._client.secrets.kv.v2

    def surround(self, place: str) -> None:
        mount, path = named(place)
        self._kv.create_or_update_secret(path, {"SECRET_KEYS": "not-ours", "n": 7, "list": ["x"]}, mount_point=mount)
        self._kv.update_metadata(path, mount_point=mount, custom_metadata={"team": "shop"}, max_versions=30)

    def surroundings(self, place: str) -> str:
        mount, path = named(place)
        try:
            metadata = self._kv.read_secret_metadata(path, mount_point=mount)["data"]
        except InvalidPath:
            return ""
        kept = {name: metadata[name] for name in ("custom_metadata", "max_versions", "delete_version_after")}
        return json.dumps([self._others(place), kept], sort_keys=True)

    def plant(self, place: str, name: str, content: bytes) -> bool:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return False
        mount, path = named(place)
        self._kv.create_or_update_secret(path, {**self._all(place), name: text}, mount_point=mount)
        return True

    def take_out(self, place: str) -> None:
        mount, path = named(place)
        self._kv.create_or_update_secret(path, self._others(place), mount_point=mount)

    def texts(self, place: str) -> dict[str, str]:
        return {name: value for name, value in self._all(place).items() if name in RING}

    def lock_up(self, place: str) -> dict[str, str]:
        policy = f"test-{secrets.token_hex(4)}"
        self._client.sys.create_or_update_policy(policy, 'path "secret/data/other" { capabilities = ["read"] }')
        token = self._client.auth.token.create(policies=[policy], ttl="1h")["auth"]["client_token"]
        return {"VAULT_TOKEN": token}

    def _others(self, place: str) -> dict[str, str]:
        return {name: value for name, value in self._all(place).items() if name not in RING}

    def _all(self, place: str) -> dict[str, str]:
        mount, path = named(place)
        try:
            answer = self._kv.read_secret_version(path, mount_point=mount, raise_on_deleted_version=True)
        except InvalidPath:
            return {}
        members: dict[str, str] = answer["data"]["data"]
        return members


def named(place: str) -> tuple[str, str]:
    mount, _, path = place.removeprefix("vault://").partition("/")
    return mount, path
