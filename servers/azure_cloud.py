"""A stand-in for Azure Key Vault, with the directory that gives tokens for it; Azure's own clients are its referees.

A vault is at NAME.vault.azure.net, and its clients refuse others. So the stage has a proxy that leads from such names
to the stand-in, and an authority that vouches for them: no name of this machine is changed.
"""

from __future__ import annotations

import ssl
import threading
from socketserver import BaseServer

from cryptography import x509
from trustme import KeyType

from keyvault.calls import RIGHTS
from keyvault.directory import EXPIRED_SECRET, App, Directory
from keyvault.metadata import Metadata
from keyvault.proxy import Proxy
from keyvault.web import VAULTS, Service
from stage import Stage, free_port


def start(stage: Stage) -> None:
    folder = stage.folder / "azure"
    folder.mkdir()
    directory = Directory(TENANT)
    stage.tokens.append(directory.given)
    keeper = directory.add(*KEEPER, RIGHTS)
    directory.add(*READER, frozenset({"get"}))
    directory.add(*STRANGER, frozenset())
    port, proxy, metadata = free_port(), free_port(), free_port()
    serve(Service(port, tls(stage), directory))
    serve(Proxy(proxy, port, f"{VAULTS}|{LOGIN}"))
    serve(Metadata(metadata, directory, keeper, IDENTITY_HEADER))
    stage.environment |= {
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": keeper.id,
        "AZURE_CLIENT_SECRET": keeper.secret,
        "AZURE_AUTHORITY_HOST": f"https://127.0.0.1:{port}",
        "HTTPS_PROXY": f"http://127.0.0.1:{proxy}",
        "NO_PROXY": "127.0.0.1,localhost",
        "SSL_CERT_FILE": str(stage.authority_file),
        # Other identities and other ways to sign in, for tests that want to be somebody else.
        "KEYBATON_TEST_AZURE_READER": " ".join(READER),
        "KEYBATON_TEST_AZURE_STRANGER": " ".join(STRANGER),
        "KEYBATON_TEST_AZURE_EXPIRED_SECRET": EXPIRED_SECRET,
        "KEYBATON_TEST_AZURE_FEDERATED_TOKEN_FILE": federated(stage, directory, keeper),
        "KEYBATON_TEST_AZURE_CERTIFICATE": certificate(stage, directory, keeper),
        "KEYBATON_TEST_AZURE_METADATA": f"http://127.0.0.1:{metadata}",
        "KEYBATON_TEST_AZURE_IDENTITY_HEADER": IDENTITY_HEADER,
        "KEYBATON_TEST_AZURE_TOKEN": directory.issue(keeper, "https://vault.azure.net", 86400),
        "KEYBATON_TEST_AZURE_EXPIRED_TOKEN": directory.issue(keeper, "https://vault.azure.net", -1),
    }


def tls(stage: Stage) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = ("127.0.0.1", "*.vault.azure.net", "*.vault.azure.cn", "*.vault.usgovcloudapi.net", *LOGINS)
    stage.authority.issue_cert(*names).configure_cert(context)
    return context


def serve(server: BaseServer) -> None:
    threading.Thread(target=server.serve_forever, daemon=True).start()


def federated(stage: Stage, directory: Directory, app: App) -> str:
    """What a cluster leaves in a pod that may act as the application."""
    file, token = stage.folder / "azure" / "federated-token", "made-up.federated.token"
    file.write_text(token)
    directory.federated[token] = app
    return str(file)


def certificate(stage: Stage, directory: Directory, app: App) -> str:
    """A certificate with its key, in one file, as the application's owner keeps it."""
    file = stage.folder / "azure" / "certificate.pem"
    issued = stage.authority.issue_cert("keybaton.example", key_type=KeyType.RSA)
    file.write_bytes(issued.private_key_and_cert_chain_pem.bytes())
    directory.certificates[app.id] = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    return str(file)


TENANT = "3f1d9a52-0000-4000-8000-6d6164652d75"
KEEPER = ("a0000000-0000-4000-8000-00000000beef", "made-up-secret-of-the-keeper")
READER = ("b0000000-0000-4000-8000-00000000beef", "made-up-secret-of-the-reader")
STRANGER = ("c0000000-0000-4000-8000-00000000beef", "made-up-secret-of-the-stranger")
IDENTITY_HEADER = "made-up-identity-header"
LOGINS = ("login.microsoftonline.com", "login.microsoftonline.us", "login.chinacloudapi.cn")
LOGIN = "|".join(name.replace(".", r"\.") for name in LOGINS)
