"""The calls of the interface: the right that each of them needs, and what it does."""

from __future__ import annotations

from dataclasses import dataclass

from google.cloud.secretmanager_v1 import types
from google.protobuf import empty_pb2
from google.protobuf.message import Message

from secretmanager.cloud import Cloud
from secretmanager.refusal import RefusalError, denied, invalid
from secretmanager.tricks import Trick


@dataclass
class Asked:
    method: str
    parent: str
    secret: str | None
    versions: str | None
    verb: str | None
    query: dict[str, str]
    body: bytes

    @property
    def secret_id(self) -> str:
        return self.secret or self.query.get("secretId", "")

    @property
    def name(self) -> str:
        return f"{self.parent}/secrets/{self.secret_id}"

    @property
    def version(self) -> str:
        return (self.versions or "").removeprefix("/versions").removeprefix("/")

    @property
    def call(self) -> str:
        """What the interface calls it, with a word less where its method says it."""
        level = ("versions" if self.versions else "secret") if self.secret else "secrets"
        if level == "versions" and self.version:
            level = "version"
        known = CALLS.get((self.method, level, self.verb))
        if known is None:
            raise RefusalError("NOT_FOUND", "Method not found.")
        return known

    def must_be_allowed(self, permissions: frozenset[str]) -> None:
        needed = PERMISSIONS[self.call]
        if needed not in permissions:
            raise denied(needed, self.name + (self.versions or ""))


def answer_to(asked: Asked, cloud: Cloud, trick: Trick) -> Message:
    """The message to answer with, as protobuf has it."""
    match asked.call:
        case "create":
            made = cloud.create(asked.parent, asked.secret_id, types.Secret.from_json(asked.body))
            return types.Secret.pb(made)
        case "get":
            return types.Secret.pb(cloud.get(asked.name))
        case "list":
            return types.ListSecretsResponse.pb(types.ListSecretsResponse(secrets=cloud.all(asked.parent)))
        case "patch":
            paths = [snake(path) for path in asked.query.get("updateMask", "").split(",") if path]
            if not paths:
                raise invalid("The update mask is required.")
            return types.Secret.pb(cloud.update(asked.name, types.Secret.from_json(asked.body), paths))
        case "delete":
            cloud.delete(asked.name, asked.query.get("etag", ""))
            return empty_pb2.Empty()
        case "addVersion":
            wanted = types.AddSecretVersionRequest.from_json(asked.body or b"{}")
            if "payload" not in wanted:
                raise invalid("Field [payload] is required.")
            return types.SecretVersion.pb(cloud.add_version(asked.name, wanted.payload))
        case "listVersions":
            listed = types.ListSecretVersionsResponse(versions=cloud.versions(asked.name))
            return types.ListSecretVersionsResponse.pb(listed)
        case "getVersion":
            return types.SecretVersion.pb(cloud.version(asked.name, asked.version).message)
        case "access":
            return accessed(asked, cloud, trick)
        case change:
            etag = types.DisableSecretVersionRequest.from_json(asked.body or b"{}").etag
            return types.SecretVersion.pb(cloud.set_state(asked.name, asked.version, STATES[change], etag))


def accessed(asked: Asked, cloud: Cloud, trick: Trick) -> Message:
    found = cloud.access(asked.name, asked.version, trick.lags)
    if trick.spoils:
        found.payload.data += b" "
    return types.AccessSecretVersionResponse.pb(found)


def snake(path: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in path)


CALLS = {
    ("POST", "secrets", None): "create",
    ("GET", "secrets", None): "list",
    ("GET", "secret", None): "get",
    ("PATCH", "secret", None): "patch",
    ("DELETE", "secret", None): "delete",
    ("POST", "secret", "addVersion"): "addVersion",
    ("GET", "versions", None): "listVersions",
    ("GET", "version", None): "getVersion",
    ("GET", "version", "access"): "access",
    ("POST", "version", "enable"): "enable",
    ("POST", "version", "disable"): "disable",
    ("POST", "version", "destroy"): "destroy",
}
PERMISSIONS = {
    "create": "secretmanager.secrets.create",
    "list": "secretmanager.secrets.list",
    "get": "secretmanager.secrets.get",
    "patch": "secretmanager.secrets.update",
    "delete": "secretmanager.secrets.delete",
    "addVersion": "secretmanager.versions.add",
    "listVersions": "secretmanager.versions.list",
    "getVersion": "secretmanager.versions.get",
    "access": "secretmanager.versions.access",
    "enable": "secretmanager.versions.enable",
    "disable": "secretmanager.versions.disable",
    "destroy": "secretmanager.versions.destroy",
}
STATES = {"enable": "ENABLED", "disable": "DISABLED", "destroy": "DESTROYED"}
