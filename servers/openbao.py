"""A real OpenBao, which speaks Vault's interface, with TLS of its own making."""

from __future__ import annotations

import sys
from pathlib import Path

from stage import Stage, free_port


def start(stage: Stage) -> None:
    port, folder = free_port(), stage.folder / "openbao"
    folder.mkdir()
    program = Path(sys.executable).parent / "bao"
    address = f"127.0.0.1:{port}"
    flags = ["-dev-tls", f"-dev-tls-cert-dir={folder}", f"-dev-root-token-id={ROOT}", f"-dev-listen-address={address}"]
    stage.start("openbao", [program, "server", "-dev", "-dev-no-store-token", *flags], port)
    stage.environment |= {
        "VAULT_ADDR": f"https://{address}",
        "VAULT_CACERT": str(folder / "vault-ca.pem"),
        "VAULT_TOKEN": ROOT,
    }


ROOT = "made-up-root-token"
