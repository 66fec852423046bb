"""A stand-in for Google Cloud Secret Manager, with log-in and TLS; Google's own client is its referee."""

from __future__ import annotations

import ssl
import threading

from secretmanager.accounts import IMPERSONATE, Accounts
from secretmanager.calls import PERMISSIONS
from secretmanager.metadata import Machine
from secretmanager.web import Service
from stage import Stage, free_port


def start(stage: Stage) -> None:
    port, folder = free_port(), stage.folder / "gcp"
    folder.mkdir()
    endpoint = f"https://127.0.0.1:{port}/"
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    stage.authority.issue_cert("127.0.0.1", "secretmanager.googleapis.com").configure_cert(tls)
    accounts = Accounts(PROJECT, f"{endpoint}token")
    stage.tokens.append(accounts.shown)
    service = Service(port, tls, accounts, PROJECT_NUMBER)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    known = {name: accounts.add(name, rights) for name, rights in ACCOUNTS.items()}
    files = {name: accounts.write_key(account, folder / f"{name}.json") for name, account in known.items()}
    person = accounts.add("person", frozenset({*PERMISSIONS.values(), IMPERSONATE}))
    log_in = accounts.write_log_in(person, folder / "person.json", "1//made-up-refresh")
    machine = Machine(free_port(), accounts, person)
    threading.Thread(target=machine.serve_forever, daemon=True).start()
    stage.environment |= {
        "GOOGLE_APPLICATION_CREDENTIALS": files["keeper"],
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": endpoint,
        "SSL_CERT_FILE": str(stage.authority_file),
        # Other identities, for tests that want to be somebody else.
        "KEYBATON_TEST_GCP_READER": files["reader"],
        "KEYBATON_TEST_GCP_STRANGER": files["stranger"],
        "KEYBATON_TEST_GCP_PERSON": log_in,
        "KEYBATON_TEST_GCP_LOGGED_OUT": accounts.write_log_in(person, folder / "logged-out.json", "1//made-up-old"),
        "KEYBATON_TEST_GCP_FEDERATED": accounts.write_federation(person, folder / "federated.json", "made-up-subject"),
        "KEYBATON_TEST_GCP_ACTING": accounts.write_impersonation(
            log_in, known["reader"], endpoint, folder / "acting.json"
        ),
        "KEYBATON_TEST_GCP_METADATA": f"127.0.0.1:{machine.server_port}",
        "KEYBATON_TEST_GCP_TOKEN": accounts.token_of(person),
        "KEYBATON_TEST_GCP_EXPIRED_TOKEN": accounts.token_of(person, lifetime=-1),
    }
    accounts.log_out("1//made-up-old")


PROJECT = "my-project"
PROJECT_NUMBER = "123456789012"
ACCOUNTS = {
    "keeper": frozenset(PERMISSIONS.values()),
    "reader": frozenset({"secretmanager.versions.access"}),
    "stranger": frozenset[str](),
}
