"""How a proxy comes before each store's server: what the program finds in its environment then."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from proxy import Proxy

from keyvault.proxy import Proxy as Connect
from keyvault.web import VAULTS
from stage import Stage, free_port

# Another kubeconfig, which names no authority.
DISTRUSTFUL = "KEYBATON_TEST_DISTRUSTFUL_KUBECONFIG"
VAULT_HOSTS = ("*.vault.azure.net",)


@dataclass(frozen=True)
class Front:
    templates: tuple[str, ...]
    # Puts a proxy before the server; gives it, and the variables that lead through it.
    put_before: Callable[[Stage], tuple[Proxy, dict[str, str]]]
    # The calls of each command, once somebody has signed in.
    calls: dict[str, int]
    patience: float = 0
    # Whether it gives its keys to nobody, so that a ring can be copied there and not live there.
    is_sealed: bool = False
    # Into how many the scenes of a place are parted, each with a proxy of its own: most of the time somebody waits.
    lanes: int = 1


def address_in(*variables: str) -> Callable[[Stage], tuple[Proxy, dict[str, str]]]:
    """For servers whose address stands in a variable."""

    def put_before(stage: Stage) -> tuple[Proxy, dict[str, str]]:
        address = urlsplit(stage.environment[variables[0]])
        proxy = Proxy(stage.authority, address.port or 443, ())
        front = urlunsplit(address._replace(netloc=f"127.0.0.1:{proxy.front}"))
        authority = {name: str(stage.authority_file) for name in ("SSL_CERT_FILE", "VAULT_CACERT", "AWS_CA_BUNDLE")}
        return proxy, {**authority, **dict.fromkeys(variables, front)}

    return put_before


def before_github(stage: Stage) -> tuple[Proxy, dict[str, str]]:
    """What `gh` is told is a host alone."""
    _, _, port = stage.environment["GH_HOST"].partition(":")
    proxy = Proxy(stage.authority, int(port), ())
    return proxy, {"GH_HOST": f"127.0.0.1:{proxy.front}", "SSL_CERT_FILE": str(stage.authority_file)}


def before_azure(stage: Stage) -> tuple[Proxy, dict[str, str]]:
    """The way to a vault leads through a proxy of its own already, which then leads to ours."""
    proxy = Proxy(stage.authority, urlsplit(stage.environment["AZURE_AUTHORITY_HOST"]).port or 443, VAULT_HOSTS)
    port = free_port()
    connect = Connect(port, proxy.front, VAULTS)
    threading.Thread(target=connect.serve_forever, daemon=True).start()
    return proxy, {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "SSL_CERT_FILE": str(stage.authority_file)}


def before_kubernetes(stage: Stage) -> tuple[Proxy, dict[str, str]]:
    """The address stands in the kubeconfig."""
    file = Path(stage.environment["KUBECONFIG"])
    configuration = json.loads(file.read_text())
    [cluster] = configuration["clusters"]
    proxy = Proxy(stage.authority, urlsplit(cluster["cluster"]["server"]).port or 443, ())
    cluster["cluster"]["server"] = f"https://127.0.0.1:{proxy.front}"
    changed = file.with_name(f"kubeconfig-{proxy.front}")
    changed.write_text(json.dumps(configuration))
    del cluster["cluster"]["certificate-authority"]
    distrustful = changed.with_suffix(".distrustful")
    distrustful.write_text(json.dumps(configuration))
    return proxy, {"KUBECONFIG": str(changed), DISTRUSTFUL: str(distrustful)}


def counted(reads: int, create: int, write: int) -> dict[str, int]:
    """The calls of each command where all writes are alike; a revocation reads twice, to say first what it does."""
    steps = dict.fromkeys(("stage", "promote", "retire", "abort"), reads + write)
    return {"status": reads, "create": create, **steps, "revoke": 2 * reads + write}


FRONTS: dict[str, Front] = {
    "akv": Front(
        ("akv://shop/{world}", "akv://shop/{world}?layout=separate"),
        before_azure,
        {**counted(1, 5, 4), "create separate": 22, "promote separate": 18, "revoke separate": 25},
        lanes=3,
    ),
    "awsps": Front(
        ("awsps:///{world}?region=us-east-1",),
        address_in("AWS_ENDPOINT_URL"),
        {**counted(1, 11, 9), "revoke": 12},
        patience=61,
        lanes=3,
    ),
    "awssm": Front(
        ("awssm://{world}?region=us-east-1", "awssm://{world}?region=us-east-1&layout=separate"),
        address_in("AWS_ENDPOINT_URL"),
        {**counted(1, 3, 4), "create separate": 16, "promote separate": 18, "revoke separate": 25},
        lanes=3,
    ),
    "gcsm": Front(
        ("gcsm://my-project/{world}", "gcsm://my-project/{world}?layout=separate"),
        address_in("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"),
        {**counted(1, 5, 5), "create separate": 23, "promote separate": 21, "revoke separate": 29},
        patience=61,
        lanes=3,
    ),
    "gha": Front(
        ("gha://acme/{world}",),
        before_github,
        {
            "compare": 3,
            "create": 19,
            **dict.fromkeys(("stage", "promote", "retire"), 18),
            "stage beside it": 27,
            "promote beside it": 27,
        },
        patience=61,
        is_sealed=True,
        lanes=3,
    ),
    "gitlab": Front(
        ("gitlab://acme/{world}?scope=production",),
        address_in("GITLAB_HOST"),
        {**counted(1, 9, 7), "revoke": 10},
        patience=61,
    ),
    "heroku": Front(
        ("heroku://{world}",),
        address_in("HEROKU_HOST"),
        # More of them ask whether the last release is out: once to tell it, before a step, and after it.
        {**counted(1, 5, 4), "status": 2, **dict.fromkeys(("stage", "promote", "retire", "abort", "revoke"), 7)},
    ),
    "k8s": Front(("k8s://default/{world}",), before_kubernetes, counted(1, 2, 1)),
    "vault": Front(("vault://secret/{world}",), address_in("VAULT_ADDR"), counted(1, 3, 1)),
}
