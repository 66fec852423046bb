"""A real OpenBao, which speaks Vault's interface, with TLS of its own making and an audit log."""

from __future__ import annotations

import sys
from pathlib import Path

from stage import Stage, free_port


def start(stage: Stage) -> None:
    port, folder = free_port(), stage.folder / "openbao"
    folder.mkdir()
    program = Path(sys.executable).parent / "bao"
    address = f"127.0.0.1:{port}"
    configuration, log = folder / "audit.hcl", folder / "audit.log"
    configuration.write_text(f'audit "file" "log" {{\n  options {{\n    file_path = "{log}"\n  }}\n}}\n')
    flags = ["-dev-tls", f"-dev-tls-cert-dir={folder}", f"-dev-root-token-id={ROOT}", f"-dev-listen-address={address}"]
    dev = ["-dev", "-dev-no-store-token", f"-config={configuration}"]
    stage.start("openbao", [program, "server", *dev, *flags], port)
    stage.environment |= {
        "VAULT_ADDR": f"https://{address}",
        "VAULT_CACERT": str(folder / "vault-ca.pem"),
        "VAULT_TOKEN": ROOT,
        # Not of Vault: for our hand alone.
        "KEYBATON_TEST_VAULT_AUDIT": str(log),
    }


ROOT = "made-up-root-token"
