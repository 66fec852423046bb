"""Roles: each has the permissions of the calls that its work really makes, and no other one."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from ground import CHECKOUT, Ground

from clouds.project import READS, Site, rotates, settle
from secretmanager.accounts import Accounts
from secretmanager.calls import PERMISSIONS
from secretmanager.web import Service
from stage import Stage, free_port


def rights(ground: Ground, stage: Stage) -> Iterator[str]:
    cloud = Cloud.on(stage)
    for name, store in STORES.items():
        site = Site.of(ground, f"{name}/shop", "gcp --set project=my-project", cloud.somebody(ALL), store)
        if not site.does("init -e production --write --no-input"):
            yield f"{store}: the administrator makes no key"
        yield from (f"{store}: {told}" for told in [*reader(site, cloud), *rotator(site, cloud)])
    yield from shown(site)


def reader(site: Site, cloud: Cloud) -> Iterator[str]:
    """roles/secretmanager.secretAccessor has this one permission for secrets."""
    who, may = cloud.somebody(ACCESSOR), ACCESSOR
    cloud.seen()
    yield from (f"the reader cannot: {read}" for read in READS if not site.does(read, **who))
    if (needed := cloud.seen()) != may:
        yield f"the reader needs {needed}, and has {may}"
    yield from (f"the reader can: {write}" for write in WRITES if site.does(write, **who))


def rotator(site: Site, cloud: Cloud) -> Iterator[str]:
    may = frozenset(yaml.safe_load(site.made("rotator.yaml"))["includedPermissions"])
    cloud.seen()
    if not rotates(site, **cloud.somebody(may)) or not site.does(WRITES[1], **cloud.somebody(may)):
        yield "the rotator does not rotate"
    if (needed := cloud.seen()) != may:
        yield f"the rotator needs {sorted(needed)}, and has {sorted(may)}"
    for one in sorted(may):
        if rotates(site, **cloud.somebody(may - {one})):
            yield f"the rotator does without {one}"
        settle(site)


def shown(site: Site) -> Iterator[str]:
    """The page of the store shows the roles that the recipe makes."""
    page = (CHECKOUT / "docs" / "stores" / "gcsm.md").read_text()
    for name in ("rotator.yaml", "breaker.yaml"):
        text = f"    # {name}\n" + "".join(f"    {line}\n" for line in site.made(name).splitlines())
        if text not in page:
            yield f"docs/stores/gcsm.md does not show the {name} that the recipe makes:\n{text}"


@dataclass
class Cloud:
    """The stand-in for Secret Manager, and accounts with just the permissions that somebody says."""

    service: Service
    folder: Path
    there: dict[str, str]

    @classmethod
    def on(cls, stage: Stage) -> Cloud:
        port = free_port()
        endpoint = f"https://127.0.0.1:{port}/"
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        stage.authority.issue_cert("127.0.0.1").configure_cert(tls)
        service = Service(port, tls, Accounts("my-project", f"{endpoint}token"), "123456789012")
        threading.Thread(target=service.serve_forever, daemon=True).start()
        there = {"CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": endpoint, "SSL_CERT_FILE": str(stage.authority_file)}
        return cls(service, stage.folder, there)

    def somebody(self, permissions: frozenset[str]) -> dict[str, str]:
        account = self.service.accounts.add(f"account-{len(list(self.folder.glob('*.json')))}", permissions)
        file = self.folder / f"{account.key_id}.json"
        return {**self.there, "GOOGLE_APPLICATION_CREDENTIALS": self.service.accounts.write_key(account, file)}

    def seen(self) -> frozenset[str]:
        """The permissions that the calls since the last look wanted, by Google's reference of each method."""
        calls = [call for name in SECRETS for call in self.service.tricks.calls(name)]
        return frozenset(PERMISSIONS[call] for call in calls)


ALL = frozenset(PERMISSIONS.values())
ACCESSOR = frozenset({"secretmanager.versions.access"})
STORES = {"one": "gcsm://my-project/shop-django", "three": "gcsm://my-project/shop-three?layout=separate"}
SECRETS = ["shop-django", "shop-three", "shop-three-fallbacks", "shop-three-ring"]
WRITES = ["stage", "revoke --all --accept-logouts --no-input"]
