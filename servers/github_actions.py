"""A stand-in for GitHub's secrets and variables of Actions, behind Prism and TLS; `gh` is its referee."""

from __future__ import annotations

import ssl
import threading

import github_prism
from githubactions.front import Front
from githubactions.web import Service
from node import PROGRAMS
from stage import Stage, free_port


def start(stage: Stage) -> None:
    port, upstream = free_port(), free_port()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    stage.authority.issue_cert("127.0.0.1").configure_cert(tls)
    service = Service(upstream, ADMIN, STRANGER)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    front = Front(port, tls, github_prism.start(stage, upstream))
    threading.Thread(target=front.serve_forever, daemon=True).start()
    stage.environment |= {
        "GH_HOST": f"127.0.0.1:{port}",
        "GH_ENTERPRISE_TOKEN": ADMIN,
        "SSL_CERT_FILE": str(stage.authority_file),
        # The token of somebody else, for tests that want to be that, and the stand-in itself, for the tricks of tests.
        "KEYBATON_TEST_GITHUB_STRANGER_TOKEN": STRANGER,
        "KEYBATON_TEST_GITHUB": f"http://127.0.0.1:{upstream}",
        # `gh` itself, for tests in which it gives the token.
        "KEYBATON_TEST_GH": str(PROGRAMS / "gh"),
    }


ADMIN = "ghp_madeUpTokenOfAnAdmin"
STRANGER = "ghp_madeUpTokenOfAStranger"
