"""What an Azure machine, and a container of App Service, ask for tokens on their own network: plain HTTP, no log-in."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from keyvault.directory import App, Directory
from standin import Handler, Server, fields


class Metadata(Server):
    def __init__(self, port: int, directory: Directory, machine: App, header: str) -> None:
        super().__init__(port, Web)
        self.directory, self.machine, self.header = directory, machine, header


class Web(Handler):
    server: Metadata

    def do_GET(self) -> None:  # noqa: N802 - the name that the module wants
        url = urlsplit(self.path)
        query = fields(url.query)
        if url.path == "/metadata/identity/oauth2/token":
            if self.headers.get("Metadata", "").lower() != "true":
                self.send(
                    400, {"error": "invalid_request", "error_description": "Required metadata header not specified"}
                )
                return
            self._token(query)
        elif url.path == "/msi/token" and self.headers.get("X-IDENTITY-HEADER") == self.server.header:
            self._token(query)
        else:
            self.send(404, {"error": "not_found"})

    def _token(self, query: dict[str, str]) -> None:
        machine = self.server.machine
        # An identity that is not named is the machine's own.
        if query.get("client_id", machine.id) != machine.id:
            self.send(400, {"error": "invalid_request", "error_description": "Identity not found"})
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
        self.send(200, answer)
