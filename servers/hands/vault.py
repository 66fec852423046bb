"""hvac, the Python client of Vault, as the tests' hand."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import hvac
import requests
from hvac.exceptions import InvalidPath

from hands.hand import RING
from stage import Stage


class VaultHand:
    def __init__(self, stage: Stage) -> None:
        there = stage.environment
        self._authority = there["VAULT_CACERT"]
        self._client = hvac.Client(there["VAULT_ADDR"], there["VAULT_TOKEN"], verify=self._authority)
        self._kv = self._client.secrets.kv.v2
        self._audit = Path(there["KEYBATON_TEST_VAULT_AUDIT"])
        # So that the log tells keybaton's calls from ours.
        self._client.adapter.post("/v1/sys/config/auditing/request-headers/user-agent", json={"hmac": False})

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
        return {"VAULT_TOKEN": self.arrange_token(place, 'path "secret/data/other" { capabilities = ["read"] }')}

    def also(self, place: str, asked: dict[str, Any]) -> object:
        """Brings about what only this platform has."""
        return getattr(self, f"arrange_{asked['do']}")(place, **asked["with"])

    def arrange_token(self, _place: str, policy: str, **more: str | int) -> str:
        """A token with this policy."""
        made = self._client.auth.token.create(policies=[self._policy(policy)], ttl="1h", **more)
        token: str = made["auth"]["client_token"]
        return token

    def arrange_revoked(self, _place: str, token: str) -> None:
        self._client.auth.token.revoke(token)

    def arrange_approle(self, _place: str, policy: str, uses: int) -> dict[str, str]:
        """What an AppRole logs in with; each token that it gets is good for so many calls."""
        if "approle/" not in self._client.sys.list_auth_methods():
            self._client.sys.enable_auth_method("approle")
        role, approle = f"role-{secrets.token_hex(4)}", self._client.auth.approle
        approle.create_or_update_approle(role, token_policies=[self._policy(policy)], token_num_uses=uses)
        role_id = approle.read_role_id(role)["data"]["role_id"]
        secret_id = approle.generate_secret_id(role)["data"]["secret_id"]
        return {"VAULT_ROLE_ID": role_id, "VAULT_SECRET_ID": secret_id}

    def arrange_kubernetes_role(self, _place: str, policy: str, cluster: dict[str, str], namespace: str) -> str:
        """A role for the service accounts of a namespace, which a cluster vouches for."""
        kubernetes = self._client.auth.kubernetes
        if "kubernetes/" not in self._client.sys.list_auth_methods():
            self._client.sys.enable_auth_method("kubernetes")
        kubernetes.configure(cluster["host"], cluster["authority"], token_reviewer_jwt=cluster["reviewer"])
        role = f"role-{secrets.token_hex(4)}"
        kubernetes.create_role(role, ["*"], [namespace], policies=[self._policy(policy)])
        return role

    def arrange_mount(self, _place: str, version: str, namespace: str = "") -> str:
        """A mount of the key-value engine in that version."""
        path, client = f"mount-{secrets.token_hex(4)}", self._as(self._client.token)
        client.adapter.namespace = namespace or None
        client.sys.enable_secrets_engine("kv", path=path, options={"version": version})
        return path

    def arrange_namespace(self, _place: str) -> str:
        name = f"team-{secrets.token_hex(4)}"
        self._client.adapter.post(f"/v1/sys/namespaces/{name}")
        return name

    def arrange_gone(self, place: str, how: str) -> None:
        """The last version is deleted or destroyed."""
        mount, path = named(place)
        if how == "deleted":
            self._kv.delete_latest_version_of_secret(path, mount_point=mount)
        else:
            self._kv.destroy_secret_versions(path, [self._last(place)], mount_point=mount)

    def arrange_version(self, place: str, number: int) -> dict[str, str] | None:
        """What stands in that version; None where it is gone."""
        mount, path = named(place)
        try:
            answer = self._kv.read_secret_version(path, number, mount_point=mount, raise_on_deleted_version=True)
        except InvalidPath:
            return None
        members: dict[str, str] = answer["data"]["data"]
        return members

    def arrange_listed(self, place: str, folder: str) -> list[str]:
        """The names in a folder, as the server has them."""
        names: list[str] = self._kv.list_secrets(folder, mount_point=named(place)[0])["data"]["keys"]
        return names

    def arrange_raw(self, place: str, data: str = "") -> str:
        """The members as the text that the server sends, once they were set to this text, if any."""
        mount, path = named(place)
        url, headers = f"{self._client.url}/v1/{mount}/data/{path}", {"X-Vault-Token": self._client.token}
        asked: dict[str, Any] = {"headers": headers, "verify": self._authority}
        if data:
            requests.post(url, data=f'{{"data":{data}}}', timeout=60, **asked).raise_for_status()
        text: str = requests.get(url, timeout=60, **asked).text
        return text

    def arrange_old(self, _place: str, mount: str, path: str) -> None:
        """A secret in a mount of version 1."""
        self._client.secrets.kv.v1.create_or_update_secret(path, {"SECRET_KEY": "made-up"}, mount_point=mount)

    def arrange_observed(self, place: str, token: str) -> dict[str, Any]:
        """What who has this token sees of the secret, without its values."""
        mount, path = named(place)
        client = self._as(token)
        metadata = client.secrets.kv.v2.read_secret_metadata(path, mount_point=mount)
        members = client.adapter.get(f"/v1/{mount}/subkeys/{path}")["data"]["subkeys"]
        return {"version": metadata["data"]["current_version"], "members": sorted(members)}

    def arrange_destroyed(self, place: str, token: str, number: int) -> None:
        """Who has this token destroys a version."""
        mount, path = named(place)
        self._as(token).secrets.kv.v2.destroy_secret_versions(path, [number], mount_point=mount)

    def arrange_calls(self, place: str) -> list[str]:
        """What keybaton asked about the secret, as the server wrote it down before it did it."""
        mount, path = named(place)
        entries = [json.loads(line) for line in self._audit.read_text().splitlines()]
        asked = [entry["request"] for entry in entries if entry["type"] == "request"]
        ours = [request for request in asked if request["path"] == f"{mount}/data/{path}" and is_keybaton(request)]
        return [request["operation"] for request in ours]

    def _as(self, token: str) -> hvac.Client:
        return hvac.Client(self._client.url, token, verify=self._client.session.verify)

    def _policy(self, text: str) -> str:
        name = f"test-{secrets.token_hex(4)}"
        self._client.sys.create_or_update_policy(name, text)
        return name

    def _last(self, place: str) -> int:
        mount, path = named(place)
        last: int = self._kv.read_secret_metadata(path, mount_point=mount)["data"]["current_version"]
        return last

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


def is_keybaton(request: dict[str, Any]) -> bool:
    agents = request.get("headers", {}).get("user-agent", [])
    return any(agent.startswith("keybaton/") for agent in agents)
