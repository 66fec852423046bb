"""Secrets and their versions, by the rules that Google documents. Whoever calls holds `lock`."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from google.cloud.secretmanager_v1 import types
from google_crc32c import value as crc32c

from secretmanager.refusal import RefusalError, invalid


@dataclass
class Version:
    message: types.SecretVersion
    data: bytes


@dataclass
class Kept:
    secret: types.Secret
    versions: list[Version] = field(default_factory=list)


class Cloud:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._secrets: dict[str, Kept] = {}
        self._etags = itertools.count(1)

    def create(self, parent: str, secret_id: str, secret: types.Secret) -> types.Secret:
        name = f"{parent}/secrets/{secret_id}"
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", secret_id):
            raise invalid("The secret ID has characters that no secret ID has.")
        if name in self._secrets:
            raise RefusalError("ALREADY_EXISTS", f"Secret [{name}] already exists.")
        if ("replication" in secret) == ("/locations/" in parent):
            raise invalid("A global secret needs a replication policy, a regional one has none.")
        secret.name, secret.create_time, secret.etag = name, now(), self._etag()
        settle(secret)
        self._secrets[name] = Kept(secret)
        return secret

    def get(self, name: str) -> types.Secret:
        return self._kept(name).secret

    def all(self, parent: str) -> list[types.Secret]:
        return [kept.secret for name, kept in self._secrets.items() if name.startswith(f"{parent}/secrets/")]

    def update(self, name: str, wanted: types.Secret, paths: Iterable[str]) -> types.Secret:
        kept = self._kept(name)
        must_match(wanted.etag, kept.secret.etag)
        changed = types.Secret(kept.secret)
        for path in paths:
            if path not in CHANGEABLE:
                raise invalid(f"The field {path!r} is unknown, or cannot be updated.")
            setattr(changed, path, getattr(wanted, path) if path in wanted or path in MAPS else None)
        settle(changed)
        for alias, number in changed.version_aliases.items():
            if not 1 <= number <= len(kept.versions):
                raise RefusalError("FAILED_PRECONDITION", f"The alias {alias!r} names a version that there is not.")
        changed.etag = self._etag()
        kept.secret = changed
        return changed

    def delete(self, name: str, etag: str) -> None:
        must_match(etag, self._kept(name).secret.etag)
        del self._secrets[name]

    def add_version(self, name: str, payload: types.SecretPayload) -> types.SecretVersion:
        kept = self._kept(name)
        if not payload.data:
            raise invalid("Secret Payload cannot be empty.")
        if len(payload.data) > 65536:
            raise invalid("The payload is larger than 65536 bytes.")
        has_checksum = "data_crc32c" in payload
        if has_checksum and payload.data_crc32c != crc32c(payload.data):
            raise invalid("The payload does not match its checksum.")
        message = types.SecretVersion(
            name=f"{name}/versions/{len(kept.versions) + 1}",
            create_time=now(),
            state=types.SecretVersion.State.ENABLED,
            etag=self._etag(),
            client_specified_payload_checksum=has_checksum,
        )
        kept.versions.append(Version(message, payload.data))
        return message

    def version(self, name: str, version: str, lags: bool = False) -> Version:
        """`latest` is the newest one, whatever its state."""
        kept = self._kept(name)
        count = len(kept.versions)
        if version == "latest":
            number = max(count - 1, 1) if lags else count
        else:
            number = int(version) if version.isdigit() else kept.secret.version_aliases.get(version, 0)
        if not 1 <= number <= count:
            raise RefusalError("NOT_FOUND", f"Secret Version [{name}/versions/{version}] not found.")
        return kept.versions[number - 1]

    def access(self, name: str, version: str, lags: bool = False) -> types.AccessSecretVersionResponse:
        found = self.version(name, version, lags)
        state = types.SecretVersion.State(found.message.state).name
        if state != "ENABLED":
            raise RefusalError("FAILED_PRECONDITION", f"Secret Version [{found.message.name}] is in {state} state.")
        payload = types.SecretPayload(data=found.data, data_crc32c=crc32c(found.data))
        return types.AccessSecretVersionResponse(name=found.message.name, payload=payload)

    def versions(self, name: str) -> list[types.SecretVersion]:
        return [version.message for version in reversed(self._kept(name).versions)]

    def set_state(self, name: str, version: str, state: str, etag: str) -> types.SecretVersion:
        found = self.version(name, version)
        must_match(etag, found.message.etag)
        if found.message.state == types.SecretVersion.State.DESTROYED:
            raise RefusalError("FAILED_PRECONDITION", f"Secret Version [{found.message.name}] is in DESTROYED state.")
        found.message.state, found.message.etag = getattr(types.SecretVersion.State, state), self._etag()
        if state == "DESTROYED":
            found.data, found.message.destroy_time = b"", now()
        return found.message

    def _kept(self, name: str) -> Kept:
        if name not in self._secrets:
            raise RefusalError("NOT_FOUND", f"Secret [{name}] not found.")
        return self._secrets[name]

    def _etag(self) -> str:
        return f'"{next(self._etags) + 0x1A2B3C4D5E:x}"'


def must_match(given: str, known: str) -> None:
    if given and given != known:
        raise RefusalError("FAILED_PRECONDITION", "The etag in the request does not match that of the resource.")


def settle(secret: types.Secret) -> None:
    """What is checked of a secret, and what is made of what it says."""
    sizes = sum(len(name.encode()) + len(value.encode()) for name, value in secret.annotations.items())
    if sizes >= 16384 or not all(re.fullmatch(ANNOTATION, name) for name in secret.annotations):
        raise invalid("The annotations are too large, or one of them has a name that none can have.")
    if not all(re.fullmatch(LABEL, name) for name in secret.labels) or len(secret.labels) > 64:
        raise invalid("There are too many labels, or one of them has a name that none can have.")
    if "rotation" in secret and not secret.topics:
        raise invalid("A rotation needs a topic.")
    if "ttl" in secret:
        secret.expire_time = now() + timedelta(seconds=secret.ttl.total_seconds())
        secret.ttl = None
    if len(secret.version_aliases) > 50:
        raise invalid("There are more than 50 aliases.")


def now() -> datetime:
    return datetime.now(timezone.utc)


ANNOTATION = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
LABEL = r"[a-z][a-z0-9_-]{0,62}"
MAPS = {"annotations", "labels", "topics", "version_aliases"}
CHANGEABLE = MAPS | {"ttl", "expire_time", "rotation", "version_destroy_ttl"}
