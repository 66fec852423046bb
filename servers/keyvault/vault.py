"""What a vault holds: secrets with their versions, and those that were deleted and can come back."""

from __future__ import annotations

import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from keyvault.refusal import RefusalError, bad, deleted_not_found, disabled, not_found, still_recoverable

Json = dict[str, Any]


@dataclass
class Version:
    id: str
    value: str
    created: int
    # What whoever wrote it said of it.
    said: Json
    updated: int = 0
    managed: bool = False

    def item(self, secret: str) -> Json:
        """All but the value."""
        attributes = {
            "enabled": True,
            **self.said.get("attributes", {}),
            "created": self.created,
            "updated": self.updated or self.created,
            "recoveryLevel": "CustomizedRecoverable+Purgeable",
            "recoverableDays": 7,
        }
        told = {name: self.said[name] for name in ("contentType", "tags") if self.said.get(name) is not None}
        managed = {"managed": True, "kid": secret.replace("/secrets/", "/keys/")} if self.managed else {}
        return {**told, **managed, "attributes": attributes}


@dataclass
class Vault:
    """One lock keeps writers apart: what is current is what was written last."""

    name: str
    host: str
    lock: threading.RLock = field(default_factory=threading.RLock)
    live: dict[str, list[Version]] = field(default_factory=dict)
    deleted: dict[str, tuple[int, list[Version]]] = field(default_factory=dict)

    def set(self, name: str, said: Json) -> Json:
        value = said.get("value")
        if not re.fullmatch(NAME, name):
            raise bad(f"The request URI contains an invalid name: {name}")
        if not isinstance(value, str):
            raise bad("The parameter value is not provided or is invalid.")
        if len(value.encode()) > LARGEST:
            raise bad(f"Secret value is larger than the {LARGEST} bytes that it can have.")
        if len(said.get("tags") or {}) > MOST_TAGS:
            raise bad(f"There are more than {MOST_TAGS} tags.")
        with self.lock:
            if name in self.deleted:
                raise still_recoverable(name)
            versions = self.live.setdefault(name, [])
            if versions and versions[-1].managed:
                raise RefusalError(403, "Forbidden", "The secret backs a certificate.", "SecretManagedByKeyVault")
            versions.append(Version(secrets.token_hex(16), value, int(time.time()), said))
            return self._bundle(name, versions[-1])

    def get(self, name: str, version: str) -> Json:
        found = self._find(name, version)
        if found.said.get("attributes", {}).get("enabled") is False:
            raise disabled()
        return self._bundle(name, found)

    def update(self, name: str, version: str, said: Json) -> Json:
        with self.lock:
            found = self._find(name, version)
            attributes = {**found.said.get("attributes", {}), **said.get("attributes", {})}
            found.said = {**found.said, **said, "attributes": attributes}
            found.updated = int(time.time())
            return self._bundle(name, found)

    def versions(self, name: str) -> list[Json]:
        """In the order of their random ids, as has been seen; of what is not there, none."""
        with self.lock:
            versions = sorted(self.live.get(name, []), key=lambda version: version.id)
            return [{"id": self._id(name, version.id), **version.item(self._id(name))} for version in versions]

    def secrets(self) -> list[Json]:
        with self.lock:
            return [{"id": self._id(name), **all_[-1].item(self._id(name))} for name, all_ in sorted(self.live.items())]

    def delete(self, name: str) -> Json:
        with self.lock:
            self._find(name, "")
            self.deleted[name] = (int(time.time()), self.live.pop(name))
            return self.get_deleted(name)

    def get_deleted(self, name: str) -> Json:
        with self.lock:
            if name not in self.deleted:
                raise deleted_not_found(name)
            when, versions = self.deleted[name]
            bundle = {"id": self._id(name, versions[-1].id), **versions[-1].item(self._id(name))}
            place = f"https://{self.host}/deletedsecrets/{name}"
            return {**bundle, "recoveryId": place, "deletedDate": when, "scheduledPurgeDate": when + 7 * 86400}

    def recover(self, name: str) -> Json:
        with self.lock:
            self.get_deleted(name)
            _, self.live[name] = self.deleted.pop(name)
            newest = self.live[name][-1]
            return {"id": self._id(name, newest.id), **newest.item(self._id(name))}

    def purge(self, name: str) -> None:
        with self.lock:
            self.get_deleted(name)
            del self.deleted[name]

    def manage(self, name: str) -> None:
        """Makes it the secret behind a certificate."""
        with self.lock:
            self._find(name, "").managed = True

    def _find(self, name: str, version: str) -> Version:
        with self.lock:
            versions = self.live.get(name, [])
            for found in reversed(versions):
                if version in ("", found.id):
                    return found
            raise not_found(f"{name}/{version}" if version else name)

    def _bundle(self, name: str, version: Version) -> Json:
        return {"value": version.value, "id": self._id(name, version.id), **version.item(self._id(name))}

    def _id(self, name: str, version: str = "") -> str:
        return f"https://{self.host}/secrets/{name}" + (f"/{version}" if version else "")


NAME = r"[0-9A-Za-z-]{1,127}"
LARGEST = 25600
MOST_TAGS = 15
