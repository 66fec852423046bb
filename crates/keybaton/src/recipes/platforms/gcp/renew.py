"""Makes a new revision of «service», whose instances read the ring when they start; those of the old one finish their requests."""

import json
import os
import time
from urllib.request import Request, urlopen

METADATA = "http://" + os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
SERVICE = "/v2/projects/«project»/locations/«region»/services/«service»"
URL = os.environ.get("CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN", "https://run.googleapis.com").rstrip("/") + SERVICE


def ask(url, method="GET", body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, headers, method=method), timeout=30) as answer:
        return json.load(answer)


account = METADATA + "/computeMetadata/v1/instance/service-accounts/default/token"
token = ask(account, **{"Metadata-Flavor": "Google"})["access_token"]
may = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
service = ask(URL, **may)
template = service["template"]
# The next revision wants a name of its own, which Cloud Run makes up.
template.pop("revision", None)
template.setdefault("annotations", {})["keybaton-restarted"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
# With the etag, so that a deployment of this moment is not undone.
ask(f"{URL}?updateMask=template", "PATCH", {"template": template, "etag": service["etag"]}, **may)
