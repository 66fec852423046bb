"""What an Azure machine, and a container of App Service, ask for tokens on their own network: plain HTTP, no log-in."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from keyvault.directory import App, Directory


class Metadata(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, directory: Directory, machine: App, header: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.directory, self.machine, self.header = directory, machine, header


class Handler(BaseHTTPRequestHandler):
    server: Metadata
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/metadata/identity/oauth2/token":
            if self.headers.get("Metadata", "").lower() != "true":
                self._send(
                    400, {"error": "invalid_request", "error_description": "Required metadata header not specified"}
                )
                return
            self._token(query)
        elif url.path == "/msi/token" and self.headers.get("X-IDENTITY-HEADER") == self.server.header:
            self._token(query)
        else:
            self._send(404, {"error": "not_found"})

    def _token(self, query: dict[str, str]) -> None:
        machine = self.server.machine
        # An identity that is not named is the machine's own.
        if query.get("client_id", machine.id) != machine.id:
            self._send(400, {"error": "invalid_request", "error_description": "Identity not found"})
            return
        resource = query.get("resource", "")
        answer = {
            "access_token": self.server.directory.issue(machine, resource),
            "client_id": machine.id,
            "expires_in": "3599",
            "expires_on": str(int(time.time()) + 3599),
            "not_before": str(int(time.time())),
            "resource": resource,
            "token_type": "Bearer",
        }
        self._send(200, answer)

    def _send(self, status: int, body: dict[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name that the module has
        """Nothing."""
