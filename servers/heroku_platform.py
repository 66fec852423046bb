"""A stand-in for Heroku's platform interface, with keys and TLS; Heroku's own program is its referee."""

from __future__ import annotations

import ssl
import threading

from herokuapps.web import Service
from stage import Stage, free_port


def start(stage: Stage) -> None:
    port = free_port()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    stage.authority.issue_cert("127.0.0.1").configure_cert(tls)
    service = Service(port, tls, COLLABORATOR, STRANGER)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    stage.environment |= {
        "HEROKU_HOST": f"https://127.0.0.1:{port}",
        "HEROKU_API_KEY": COLLABORATOR,
        "SSL_CERT_FILE": str(stage.authority_file),
        # What Heroku's own program, which runs on Node, wants besides.
        "NODE_EXTRA_CA_CERTS": str(stage.authority_file),
        # The key of somebody else, for tests that want to be that.
        "KEYBATON_TEST_HEROKU_STRANGER_TOKEN": STRANGER,
    }


COLLABORATOR = "HRKU-made-up-key-of-a-collaborator"
STRANGER = "HRKU-made-up-key-of-a-stranger"
