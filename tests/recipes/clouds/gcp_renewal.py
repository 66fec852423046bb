"""The script that restarts a service of Cloud Run: what it sends has Google's own shape."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator

from ground import Ground

from clouds.discovery import Discovery
from clouds.project import Site
from stage import free_port
from standin import Handler, Server


class CloudRun(Server):
    def __init__(self, port: int) -> None:
        super().__init__(port, Web)
        self.sent: list[dict[str, object]] = []


class Web(Handler):
    server: CloudRun

    def give(self) -> None:
        if self.path.endswith("/token"):
            self.send(200, {"access_token": "made-up"} if self.headers["Metadata-Flavor"] == "Google" else {})
        else:
            self.send(200, SERVICE if self.headers["Authorization"] == "Bearer made-up" else {})

    def take(self) -> None:
        self.server.sent.append({"path": self.path, "body": json.loads(self.body())})
        self.send(200, {"name": "an operation"})

    do_GET, do_PATCH = give, take  # noqa: N815 - the names that the module wants


def renewal(ground: Ground) -> Iterator[str]:
    site = Site.of(ground, "renewal/shop", "gcp --set project=my-project", {})
    server = CloudRun(free_port())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"127.0.0.1:{server.server_port}"
    there = {"GCE_METADATA_HOST": here, "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN": f"http://{here}/"}
    printed = ground.run(f"{sys.executable} deploy/gcp/renew.py", site.folder, **there)
    server.shutdown()
    if printed or len(server.sent) != 1:
        yield f"renew.py sends {len(server.sent)} changes, and says: {printed}"
        return
    yield from sent(server.sent[0]["path"], server.sent[0]["body"])


def sent(path: object, body: object) -> Iterator[str]:
    assert isinstance(body, dict)
    yield from Discovery("run.v2").complaints("GoogleCloudRunV2Service", body)
    if path != "/v2/projects/my-project/locations/europe-west1/services/shop?updateMask=template":
        yield f"renew.py changes {path}"
    restarted = body["template"].pop("annotations").pop("keybaton-restarted", None)
    if not restarted or body != {
        "etag": "made-up",
        "template": {"serviceAccount": "a", "containers": [{"image": "b"}]},
    }:
        yield f"renew.py sends {body}"


SERVICE = {
    "name": "projects/my-project/locations/europe-west1/services/shop",
    "etag": "made-up",
    "template": {"revision": "shop-00001", "serviceAccount": "a", "containers": [{"image": "b"}]},
}
