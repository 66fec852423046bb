"""Roles: each has the data actions of the calls that its work really makes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from ground import Ground

from azure_cloud import LOGIN, TENANT, serve, tls
from clouds.project import READS, Site, blocks, rotates, settle
from keyvault.calls import ACTIONS, CALLS, RIGHTS
from keyvault.directory import Directory
from keyvault.proxy import Proxy
from keyvault.web import VAULTS, Service
from stage import Stage, free_port


def rights(ground: Ground, stage: Stage) -> Iterator[str]:
    cloud = Cloud.on(stage)
    for name, store in STORES.items():
        site = Site.of(ground, f"{name}/shop", f"azure {SUBSCRIPTION}", cloud.somebody(RIGHTS), store)
        if not site.does("init -e production --write --no-input"):
            yield f"{store}: the administrator makes no key"
        yield from (f"{store}: {told}" for told in [*reader(site, cloud), *rotator(site, cloud)])
    yield from shown(site)


def reader(site: Site, cloud: Cloud) -> Iterator[str]:
    """Azure's own role has a second action, which sees names and dates."""
    who = cloud.somebody(frozenset({"get"}))
    cloud.seen()
    yield from (f"the reader cannot: {read}" for read in READS if not site.does(read, **who))
    if (needed := cloud.seen()) != {"get"}:
        yield f"the reader needs {needed}"
    yield from (f"the reader can: {write}" for write in WRITES if site.does(write, **cloud.somebody(SECRETS_USER)))


def rotator(site: Site, cloud: Cloud) -> Iterator[str]:
    actions = [
        action.removeprefix("Microsoft.KeyVault/vaults/secrets/") for action in site.json("rotator.json")["DataActions"]
    ]
    may = frozenset(right for right, action in ACTIONS.items() if action in actions)
    cloud.seen()
    if not rotates(site, **cloud.somebody(may)) or not site.does(WRITES[1], **cloud.somebody(may)):
        yield "the rotator does not rotate"
    if (needed := cloud.seen()) != may or len(actions) != len(may):
        yield f"the rotator needs {sorted(needed)}, and has {sorted(actions)}"
    for one in sorted(may):
        if rotates(site, **cloud.somebody(may - {one})):
            yield f"the rotator does without {one}"
        settle(site)


def shown(site: Site) -> Iterator[str]:
    """The page of the store shows the role that the recipe makes."""
    [text] = blocks("stores/akv.md", "json", "Roles")
    if json.loads(text.replace("SUBSCRIPTION", NUMBER)) != site.json("rotator.json"):
        yield f"docs/stores/akv.md does not show the rotator.json that the recipe makes:\n{site.made('rotator.json')}"


@dataclass
class Cloud:
    """The stand-in for Key Vault, and applications with just the rights that somebody says."""

    service: Service
    there: dict[str, str]

    @classmethod
    def on(cls, stage: Stage) -> Cloud:
        port, proxy = free_port(), free_port()
        service = Service(port, tls(stage), Directory(TENANT))
        serve(service)
        serve(Proxy(proxy, port, f"{VAULTS}|{LOGIN}"))
        there = {
            "AZURE_TENANT_ID": TENANT,
            "AZURE_AUTHORITY_HOST": f"https://127.0.0.1:{port}",
            "HTTPS_PROXY": f"http://127.0.0.1:{proxy}",
            "NO_PROXY": "127.0.0.1,localhost",
            "SSL_CERT_FILE": str(stage.authority_file),
        }
        return cls(service, there)

    def somebody(self, rights: frozenset[str]) -> dict[str, str]:
        app = self.service.directory.add(secrets.token_hex(16), secrets.token_hex(16), rights)
        return {**self.there, "AZURE_CLIENT_ID": app.id, "AZURE_CLIENT_SECRET": app.secret}

    def seen(self) -> frozenset[str]:
        """The rights that the calls since the last look wanted, by Azure's reference of each operation."""
        calls = [call for name in SECRETS for call in self.service.tricks.calls(name)]
        return frozenset(CALLS[call][2] for call in calls)


NUMBER = "00000000-0000-4000-8000-000000000000"
SUBSCRIPTION = f"--set subscription={NUMBER}"
SECRETS_USER = frozenset({"get", "list"})
STORES = {"one": "akv://shop-vault/django", "three": "akv://shop-vault/three?layout=separate"}
SECRETS = ["django", "three", "three-fallbacks", "three-ring"]
WRITES = ["stage", "revoke --all --accept-logouts --no-input"]
