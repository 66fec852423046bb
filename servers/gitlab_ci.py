"""A stand-in for the CI/CD variables of GitLab, with tokens and TLS; python-gitlab is its referee."""

from __future__ import annotations

import ssl
import threading

from gitlabci.people import Token
from gitlabci.web import Service
from stage import Stage, free_port


def start(stage: Stage) -> None:
    port = free_port()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    stage.authority.issue_cert("127.0.0.1").configure_cert(tls)
    service = Service(port, tls, TOKENS)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    stage.environment |= {
        "GITLAB_HOST": f"https://127.0.0.1:{port}",
        "GITLAB_TOKEN": OWNER,
        "SSL_CERT_FILE": str(stage.authority_file),
        # Other tokens, for tests that want to be somebody else.
        "KEYBATON_TEST_GITLAB_MAINTAINER_TOKEN": MAINTAINER,
        "KEYBATON_TEST_GITLAB_DEVELOPER_TOKEN": DEVELOPER,
        "KEYBATON_TEST_GITLAB_READER_TOKEN": READER,
        "KEYBATON_TEST_GITLAB_REVOKED_TOKEN": REVOKED,
    }


OWNER = "glpat-made-up-token-of-the-owner"
MAINTAINER = "glpat-made-up-token-of-the-maintainer"
DEVELOPER = "glpat-made-up-token-of-the-developer"
READER = "glpat-made-up-token-of-the-reader"
REVOKED = "glpat-made-up-token-of-nobody"
TOKENS = {
    OWNER: Token("owner"),
    MAINTAINER: Token("maintainer"),
    DEVELOPER: Token("developer"),
    READER: Token("owner", frozenset({"read_api"})),
    REVOKED: Token("owner", is_revoked=True),
}
