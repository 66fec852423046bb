"""Has «app» read its ring anew, without an end to the requests that are under way."""

import json
import os
import time
from urllib.request import Request, urlopen

MANAGEMENT = os.environ.get("AZURE_RESOURCE_MANAGER", "https://management.azure.com").rstrip("/")


def ask(url, method="GET", body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, headers, method=method), timeout=60) as answer:
        return json.loads(answer.read() or b"{}")


account = os.environ["IDENTITY_ENDPOINT"] + "?api-version=2019-08-01&resource=https://management.azure.com/"
account += "&client_id=" + os.environ["AZURE_CLIENT_ID"]
token = ask(account, **{"X-IDENTITY-HEADER": os.environ["IDENTITY_HEADER"]})["access_token"]
may = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
«% if variant == "appservice" %»
app = MANAGEMENT + "«group_id»/providers/Microsoft.Web/sites/«app»"
# References are cached for a day; this reads all of them anew.
ask(f"{app}/config/configreferences/appsettings/refresh?api-version=2022-03-01", "POST", {}, **may)
ask(f"{app}/restart?api-version=2022-03-01", "POST", {}, **may)
«% else %»
app = MANAGEMENT + "«group_id»/providers/Microsoft.App/containerApps/«app»?api-version=2024-03-01"
template = ask(app, **may)["properties"]["template"]
# A change of the template makes a new revision, which has a name of its own.
template.pop("revisionSuffix", None)
environment = template["containers"][0].setdefault("env", [])
environment[:] = [variable for variable in environment if variable["name"] != "KEY_READ_AT"]
environment.append({"name": "KEY_READ_AT", "value": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())})
ask(app, "PATCH", {"properties": {"template": template}}, **may)
«% endif %»
