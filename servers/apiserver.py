"""A real kube-apiserver over a real etcd, with TLS, RBAC and an audit log, and without nodes and controllers."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path

from cache import ToolError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apiserver_build import programs
from stage import PATIENCE, Stage, free_port


def start(stage: Stage) -> None:
    folder, there = stage.folder / "kubernetes", programs()
    folder.mkdir()
    port = free_port()
    flags = {**server_flags(folder, port), "etcd-servers": start_etcd(stage, folder, there / "etcd")}
    write_certificates(stage, folder)
    write_account_key(folder)
    (folder / "tokens.csv").write_text(f'{ADMIN},admin,1,"system:masters"\n')
    (folder / "audit.yaml").write_text(json.dumps(AUDIT))
    words = [f"--{name}={value}" for name, value in flags.items()]
    stage.start("kube-apiserver", [there / "kube-apiserver", *words], port)
    address = f"https://127.0.0.1:{port}"
    wait_until_ready(address, stage.authority_file)
    stage.environment["KUBECONFIG"] = str(write_kubeconfig(folder, address, stage.authority_file))


def start_etcd(stage: Stage, folder: Path, program: Path) -> str:
    """Behind the server, and for it alone."""
    port, peers = free_port(), f"http://127.0.0.1:{free_port()}"
    address = f"http://127.0.0.1:{port}"
    flags = {
        "data-dir": folder / "etcd",
        "listen-client-urls": address,
        "advertise-client-urls": address,
        "listen-peer-urls": peers,
        "initial-advertise-peer-urls": peers,
        "initial-cluster": f"default={peers}",
    }
    stage.start("etcd", [program, *(f"--{name}={value}" for name, value in flags.items())], port)
    return address


def server_flags(folder: Path, port: int) -> dict[str, object]:
    return {
        "bind-address": "127.0.0.1",
        "secure-port": port,
        # In this version there is a port without TLS unless one says otherwise.
        "insecure-port": 0,
        "endpoint-reconciler-type": "none",
        # Nobody here makes the accounts that it would want for each pod.
        "disable-admission-plugins": "ServiceAccount",
        "service-cluster-ip-range": "10.0.0.0/24",
        "tls-cert-file": folder / "server.pem",
        "tls-private-key-file": folder / "server.key",
        "client-ca-file": folder / "clients.pem",
        "authorization-mode": "RBAC",
        "token-auth-file": folder / "tokens.csv",
        "service-account-issuer": "https://made-up.example",
        "service-account-key-file": folder / "accounts.key",
        "service-account-signing-key-file": folder / "accounts.key",
        "audit-policy-file": folder / "audit.yaml",
        "audit-log-path": folder / "audit.log",
    }


def write_certificates(stage: Stage, folder: Path) -> None:
    server = stage.authority.issue_cert("127.0.0.1")
    server.private_key_pem.write_to_path(folder / "server.key")
    for part in server.cert_chain_pems:
        part.write_to_path(folder / "server.pem", append=True)
    stage.authority.cert_pem.write_to_path(folder / "clients.pem")


def write_account_key(folder: Path) -> None:
    """What the tokens of service accounts are signed with."""
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    (folder / "accounts.key").write_bytes(key)


def write_kubeconfig(folder: Path, address: str, authority: Path) -> Path:
    """In JSON, which is YAML too, so that tests can read it and write others like it."""
    file = folder / "kubeconfig"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "tested", "cluster": {"server": address, "certificate-authority": str(authority)}}],
        "users": [{"name": "admin", "user": {"token": ADMIN}}],
        "contexts": [{"name": "tested", "context": {"cluster": "tested", "user": "admin"}}],
        "current-context": "tested",
    }
    file.write_text(json.dumps(content))
    return file


def wait_until_ready(address: str, authority: Path) -> None:
    trust = ssl.create_default_context(cafile=str(authority))
    headers = {"Authorization": f"Bearer {ADMIN}"}
    asked = urllib.request.Request(f"{address}/readyz", headers=headers)  # noqa: S310 - our own server
    end = time.monotonic() + PATIENCE
    while not is_ready(asked, trust):
        if time.monotonic() > end:
            raise ToolError(f"kube-apiserver at {address} listens, and is not ready")
        time.sleep(0.1)


def is_ready(asked: urllib.request.Request, trust: ssl.SSLContext) -> bool:
    try:
        with urllib.request.urlopen(asked, context=trust, timeout=5) as answer:  # noqa: S310 - as above
            return bool(answer.status == 200)
    except (urllib.error.HTTPError, OSError):
        return False


ADMIN = "made-up-admin-token"

# Every call for a Secret, as it comes in and when it is done.
AUDIT = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["ResponseStarted"],
    "rules": [
        {"level": "Metadata", "resources": [{"group": "", "resources": ["secrets"]}]},
        {"level": "None"},
    ],
}
