"""The calls that a vault knows, the right that each needs, and their answers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from keyvault.refusal import RefusalError, bad, behind_firewall, without_policy, without_role
from keyvault.vault import Vault

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    body: bytes
    call: str
    name: str
    version: str

    @classmethod
    def of(cls, method: str, path: str, query: dict[str, str], body: bytes) -> Asked:
        if "api-version" not in query:
            raise bad("The request has no api-version.")
        for call, (wanted, pattern, _) in CALLS.items():
            found = re.fullmatch(pattern, path)
            if found is not None and wanted == method:
                parts = found.groupdict()
                return cls(method, path, query, body, call, parts.get("name") or "", parts.get("version") or "")
        raise RefusalError(404, "NotFound", "There is no such resource.")

    def must_be_allowed(self, rights: frozenset[str], app: str, vault: Vault) -> None:
        right = CALLS[self.call][2]
        if vault.name.startswith("walled"):
            raise behind_firewall(vault.name)
        if right in rights:
            return
        # The older of the two ways to say who may do what, which a vault can be set up for.
        if vault.name.startswith("policy"):
            raise without_policy(app, right, vault.name)
        raise without_role(app, f"Microsoft.KeyVault/vaults/secrets/{ACTIONS[right]}", vault.name, self.name)

    def said(self) -> Json:
        try:
            said = json.loads(self.body or b"{}")
        except ValueError as error:
            raise bad("The body is no JSON.") from error
        if not isinstance(said, dict):
            raise bad("The body is no object.")
        return said


def answer_to(asked: Asked, vault: Vault) -> Json | None:
    match asked.call:
        case "set":
            return vault.set(asked.name, asked.said())
        case "get":
            return vault.get(asked.name, asked.version)
        case "update":
            return vault.update(asked.name, asked.version, asked.said())
        case "versions":
            return page(asked, vault, vault.versions(asked.name))
        case "list":
            return page(asked, vault, vault.secrets())
        case "delete":
            return vault.delete(asked.name)
        case "get deleted":
            return vault.get_deleted(asked.name)
        case "recover":
            return vault.recover(asked.name)
        case _:
            vault.purge(asked.name)
            return None


def page(asked: Asked, vault: Vault, items: list[Json]) -> Json:
    """At most 25 at a time. What was made meanwhile and sorts behind the mark is on the next page."""
    mark, most = asked.query.get("$skiptoken", ""), int(asked.query.get("maxresults", MOST))
    if not 1 <= most <= MOST:
        raise bad(f"maxresults is not between 1 and {MOST}.")
    left = [item for item in items if item["id"] > mark]
    shown = left[:most]
    if len(left) == len(shown):
        return {"value": shown, "nextLink": None}
    # With the port, as has been seen.
    there = f"https://{vault.host}:443{asked.path}?api-version={asked.query['api-version']}"
    return {"value": shown, "nextLink": f"{there}&$skiptoken={quote(shown[-1]['id'], safe='')}&maxresults={most}"}


MOST = 25
_LIVE = r"/secrets/(?P<name>[^/]+)"
_DELETED = r"/deletedsecrets/(?P<name>[^/]+)"
CALLS = {
    "versions": ("GET", f"{_LIVE}/versions", "list"),
    "set": ("PUT", f"{_LIVE}/?", "set"),
    "get": ("GET", rf"{_LIVE}(?:/(?P<version>[^/]*))?", "get"),
    "update": ("PATCH", rf"{_LIVE}/(?P<version>[^/]*)", "set"),
    "list": ("GET", "/secrets/?", "list"),
    "delete": ("DELETE", f"{_LIVE}/?", "delete"),
    "get deleted": ("GET", f"{_DELETED}/?", "get"),
    "recover": ("POST", f"{_DELETED}/recover", "recover"),
    "purge": ("DELETE", f"{_DELETED}/?", "purge"),
}
ACTIONS = {
    "get": "getSecret/action",
    "set": "setSecret/action",
    "list": "readMetadata/action",
    "delete": "delete",
    "recover": "recover/action",
    "purge": "purge/action",
}
RIGHTS = frozenset(ACTIONS)
