"""The scripts that restart a site: what they send has Azure's own shape."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from typing import Any

from azure.mgmt.appcontainers import types
from ground import Ground

from clouds.azure_documents import complaints
from clouds.azure_rights import NUMBER, SUBSCRIPTION
from clouds.project import Site
from stage import free_port
from standin import Handler, Server


class Management(Server):
    def __init__(self, port: int) -> None:
        super().__init__(port, Web)
        self.sent: list[tuple[str, str, Any]] = []


class Web(Handler):
    server: Management

    def give(self) -> None:
        if self.path.startswith("/identity?"):
            self.send(200, {"access_token": "made-up"} if self.headers["X-IDENTITY-HEADER"] == "made-up" else {})
        else:
            self.send(200, APP if self.headers["Authorization"] == "Bearer made-up" else {})

    def take(self) -> None:
        self.server.sent.append((self.command, self.path, json.loads(self.body())))
        self.send(202, b"")

    do_GET, do_PATCH, do_POST = give, take, take  # noqa: N815 - the names that the module wants


def renewal(ground: Ground) -> Iterator[str]:
    [(method, path, body)] = sent(ground, "containerapp")
    if (method, path) != ("PATCH", f"{GROUP}/Microsoft.App/containerApps/shop?api-version=2024-03-01"):
        yield f"renew.py does {method} {path}"
    yield from complaints(types.ContainerApp, body, "renew.py")
    [variable, restarted] = body["properties"]["template"]["containers"][0]["env"]
    if variable["name"] != "A" or restarted["name"] != "KEY_READ_AT" or restarted["value"] == "before":
        yield f"renew.py sends {body}"
    asked = [f"{method} {path.partition('?')[0]}" for method, path, _ in sent(ground, "appservice")]
    if asked != [f"POST {SITE}/config/configreferences/appsettings/refresh", f"POST {SITE}/restart"]:
        yield f"renew.py asks for {asked}"


def sent(ground: Ground, variant: str) -> list[tuple[str, str, Any]]:
    site = Site.of(ground, f"renewal-{variant}/shop", f"azure --variant {variant} {SUBSCRIPTION}", {})
    server = Management(free_port())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    identity = {"IDENTITY_ENDPOINT": f"{here}/identity", "IDENTITY_HEADER": "made-up", "AZURE_CLIENT_ID": "made-up"}
    there = {"AZURE_RESOURCE_MANAGER": here, **identity}
    printed = ground.run(f"{sys.executable} deploy/azure/renew.py", site.folder, **there)
    server.shutdown()
    assert not printed, printed
    return server.sent


GROUP = f"/subscriptions/{NUMBER}/resourceGroups/shop/providers"
SITE = f"{GROUP}/Microsoft.Web/sites/shop"
VARIABLES = [{"name": "KEY_READ_AT", "value": "before"}, {"name": "A", "value": "b"}]
CONTAINER = {"name": "web", "image": "c", "env": VARIABLES}
APP = {"location": "westeurope", "properties": {"template": {"revisionSuffix": "one", "containers": [CONTAINER]}}}
