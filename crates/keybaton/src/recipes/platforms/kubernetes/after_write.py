«% if restarts and external %»
"""Has the new ring fetched, then starts what reads it anew, and waits until both are done.
«% elif restarts %»
"""Starts what reads the ring anew, and waits until the rollout is through.
«% else %»
"""Has the new ring fetched.
«% endif %»

keybaton runs it after each write: in the cluster as the account of the pod, elsewhere through kubectl.
"""

import json
import os
import ssl
import subprocess
import sys
import time
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

NAMESPACE = "«namespace»"
«% if external %»
FETCHED = "externalsecret/«external»"
«% endif %»
«% if restarts %»
DEPLOYMENTS = «deployments»
PATIENCE = 840
«% endif %»
«% if restarts and external %»
LATE = "the ring is not fetched"
«% endif %»
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
NOW = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    if not ACCOUNT.exists():
        return elsewhere()
«% if external %»
    patch(EXTERNAL, {"metadata": {"annotations": {"force-sync": NOW}}})
«% endif %»
«% if restarts and external %»
    wait(LATE, lambda: is_fetched(call(EXTERNAL)))
«% endif %»
«% if restarts %»
    annotations = {"kubectl.kubernetes.io/restartedAt": NOW}
    for name in DEPLOYMENTS:
        patch(DEPLOYMENT + name, {"spec": {"template": {"metadata": {"annotations": annotations}}}})
    for name in DEPLOYMENTS:
        wait(f"the rollout of {name} is not through", lambda: is_through(call(DEPLOYMENT + name)))
«% endif %»


def elsewhere():
«% if external %»
    kubectl("annotate", FETCHED, f"force-sync={NOW}", "--overwrite", "--field-manager=keybaton")
«% endif %»
«% if restarts and external %»
    wait(LATE, lambda: is_fetched(json.loads(kubectl("get", FETCHED, "--output=json"))))
«% endif %»
«% if restarts %»
    for name in DEPLOYMENTS:
        kubectl("rollout", "restart", f"deployment/{name}", "--field-manager=keybaton")
    for name in DEPLOYMENTS:
        kubectl("rollout", "status", f"deployment/{name}", f"--timeout={PATIENCE}s")
«% endif %»


def kubectl(*words):
    return subprocess.run(["kubectl", *words, "--namespace", NAMESPACE], check=True, stdout=subprocess.PIPE).stdout
«% if restarts and external %»


def is_fetched(secret):
    return secret.get("status", {}).get("refreshTime", "") >= NOW
«% endif %»
«% if restarts %»


def is_through(deployment):
    """As `kubectl rollout status` sees it."""
    said, seen = deployment["spec"], deployment.get("status", {})
    counts = [seen.get(name, 0) for name in ("updatedReplicas", "replicas", "availableReplicas")]
    is_seen = seen.get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    return is_seen and counts == [said.get("replicas", 1)] * 3


def wait(what, is_done):
    end = time.monotonic() + PATIENCE
    while not is_done():
        if time.monotonic() > end:
            sys.exit(f"after {PATIENCE} s {what}")
        time.sleep(2)
«% endif %»


def patch(path, change):
    call(path + "?fieldManager=keybaton", "PATCH", json.dumps(change).encode())


def call(path, method="GET", body=None):
    server = f"https://{os.environ['KUBERNETES_SERVICE_HOST']}:{os.environ['KUBERNETES_SERVICE_PORT']}"
    asked = urllib.request.Request(server + path, body, method=method)
    asked.add_header("Authorization", "Bearer " + (ACCOUNT / "token").read_text().strip())
    asked.add_header("Content-Type", "application/merge-patch+json")
    trust = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    with urllib.request.urlopen(asked, timeout=30, context=trust) as answer:
        return json.load(answer)


«% if external %»
EXTERNAL = f"/apis/external-secrets.io/v1/namespaces/{NAMESPACE}/externalsecrets/«external»"
«% endif %»
«% if restarts %»
DEPLOYMENT = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/"
«% endif %»

if __name__ == "__main__":
    main()
