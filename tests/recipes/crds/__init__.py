"""What the makers of two add-ons to Kubernetes say of their objects.

External Secrets' definitions are to be had from npm, as code that judges an object; they let through what they do not
know, as the cluster does, so the fields are compared besides. The Secrets Store CSI driver's are in no registry: it
says that `provider` is a text and `parameters` are texts, and the rest is what each provider's documentation
names.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from npm import installed

Object = dict[str, Any]


def complaints(made: Object) -> Iterator[str]:
    group = made["apiVersion"].split("/")[0]
    yield from OTHERS[group](made)


def external_secret(made: Object) -> Iterator[str]:
    node = Path(sys.executable).parent / "node"
    judge = modules() / "external_secret.mjs"
    told = subprocess.run([node, judge], input=json.dumps(made), capture_output=True, text=True)
    yield from filter(None, [told.stdout.strip(), told.stderr.strip()])
    spec = made["spec"]
    unknown = spec.keys() - {"refreshInterval", "secretStoreRef", "target", "data"}
    for entry in spec["data"]:
        unknown |= entry.keys() - {"secretKey", "remoteRef"}
        unknown |= entry["remoteRef"].keys() - {"key", "property"}
    if unknown:
        yield f"External Secrets has no fields {sorted(unknown)}, or one that pins a version"


def secret_provider(made: Object) -> Iterator[str]:
    spec = made["spec"]
    if made["apiVersion"] != "secrets-store.csi.x-k8s.io/v1" or made["kind"] != "SecretProviderClass":
        yield "the Secrets Store CSI driver has no such kind"
    if not all(isinstance(value, str) for value in [spec["provider"], *spec["parameters"].values()]):
        yield "a parameter of the driver is no text"
    files = [*FILES[spec["provider"]](spec["parameters"])]
    if sorted(files) != sorted(TEXTS):
        yield f"the driver would mount {files}"


def of_aws(parameters: dict[str, str]) -> Iterator[str]:
    for entry in yaml.safe_load(parameters["objects"]):
        if entry["objectType"] not in ("secretsmanager", "ssmparameter") or "objectVersion" in entry:
            yield str(entry)
        yield from (part["objectAlias"] for part in entry.get("jmesPath", [entry]))


def of_gcp(parameters: dict[str, str]) -> Iterator[str]:
    for entry in yaml.safe_load(parameters["secrets"]):
        parts = entry["resourceName"].split("/")
        yield (
            entry["path"] if parts[::2] == ["projects", "secrets", "versions"] and parts[-1] == "latest" else str(entry)
        )


def of_azure(parameters: dict[str, str]) -> Iterator[str]:
    for text in yaml.safe_load(parameters["objects"])["array"]:
        entry = yaml.safe_load(text)
        is_right = entry.keys() == {"objectName", "objectType", "objectAlias"} and entry["objectType"] == "secret"
        yield entry["objectAlias"] if is_right and parameters.keys() >= {"keyvaultName", "tenantId"} else str(entry)


def of_vault(parameters: dict[str, str]) -> Iterator[str]:
    for entry in yaml.safe_load(parameters["objects"]):
        is_right = "/data/" in entry["secretPath"] and entry["secretKey"] == entry["objectName"]
        yield (
            entry["objectName"]
            if is_right and parameters.keys() == {"vaultAddress", "roleName", "objects"}
            else str(entry)
        )


def modules() -> Path:
    """The judge beside what it imports, which is installed into the cache when it is missing."""
    return installed("crds", Path(__file__).parent, "External Secrets' schema, 31 MB,")


TEXTS = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING")
FILES = {"aws": of_aws, "azure": of_azure, "gcp": of_gcp, "vault": of_vault}
OTHERS = {"external-secrets.io": external_secret, "secrets-store.csi.x-k8s.io": secret_provider}
