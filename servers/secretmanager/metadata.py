"""The metadata server that a machine of Google's has: it gives tokens to whoever asks with the right header."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from secretmanager.accounts import Account, Accounts


class Machine(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, accounts: Accounts, account: Account) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.accounts, self.account = accounts, account


class Handler(BaseHTTPRequestHandler):
    server: Machine

    def do_GET(self) -> None:
        is_asked = self.path.split("?")[0] == "/computeMetadata/v1/instance/service-accounts/default/token"
        if not is_asked or self.headers.get("Metadata-Flavor") != "Google":
            self.send_error(404 if not is_asked else 403)
            return
        token = self.server.accounts.token_of(self.server.account)
        body = json.dumps({"access_token": token, "expires_in": 3599, "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Metadata-Flavor", "Google")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name that the module has
        """Nothing."""
