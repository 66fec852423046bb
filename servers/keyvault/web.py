"""Vaults, the directory and a test's tricks over HTTPS; which of them is asked, the host's name says."""

from __future__ import annotations

import json
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from keyvault.calls import Asked, answer_to
from keyvault.directory import Directory, NoTokenError, discovery
from keyvault.refusal import RefusalError, unauthorized
from keyvault.tricks import Tricks
from keyvault.vault import Json, Vault


class Service(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, tls: ssl.SSLContext, directory: Directory) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        # The handshake is made by the thread of the connection: here it would hold up all others.
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.directory, self.tricks = directory, Tricks()
        self._lock, self._vaults = threading.Lock(), dict[str, Vault]()

    def vault(self, host: str) -> Vault:
        with self._lock:
            return self._vaults.setdefault(host, Vault(host.split(".")[0], host))

    def handle_error(self, request: object, client_address: object) -> None:
        """Callers that hang up or trust another authority are what tests are made of."""


class Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def handle_one(self) -> None:
        url = urlsplit(self.path)
        host = self.headers.get("Host", "").lower()
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if re.fullmatch(VAULTS, host.partition(":")[0]):
            self._vault(host.partition(":")[0], url.path, query, body)
        elif url.path.startswith("/tricks/"):
            self._trick(url.path.removeprefix("/tricks/"), body)
        else:
            self._directory(host, url.path, body)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = handle_one  # noqa: N815 - the names that the module wants

    def _directory(self, host: str, path: str, body: bytes) -> None:
        tenant, _, rest = path.removeprefix("/").partition("/")
        if rest == "v2.0/.well-known/openid-configuration":
            self._send(200, discovery(host, tenant))
            return
        if rest != "oauth2/v2.0/token":
            self._send(404, {"error": "not_found"})
            return
        asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        try:
            self._send(200, self.server.directory.exchange(tenant, asked, f"https://{host}{path}"))
        except NoTokenError as error:
            self._send(error.status, error.body)

    def _trick(self, secret: str, body: bytes) -> None:
        name, _, trick = secret.partition("/")
        if trick == "manage":
            self.server.vault(body.decode()).manage(name)
        elif self.command == "POST":
            self.server.tricks.play(name, json.loads(body))
        self._send(200, self.server.tricks.calls(name) if self.command == "GET" else {})

    def _vault(self, host: str, path: str, query: dict[str, str], body: bytes) -> None:
        vault = self.server.vault(host)
        try:
            asked = Asked.of(self.command, path, query, body)
            self.server.tricks.begin(asked.name, asked.call)
            app, rights = self._who(vault, asked.name)
            asked.must_be_allowed(rights, app, vault)
            answer = self._done(asked, vault)
        except RefusalError as refusal:
            resource = self.server.tricks.of(asked.name).resource if refusal.status == 401 else ""
            self._send(
                refusal.status, refusal.body, self._challenge(vault, resource) if refusal.status == 401 else None
            )
            return
        if self.server.tricks.happens(asked.name, "unanswered", asked.call):
            self.close_connection = True
        elif self.server.tricks.happens(asked.name, "fail", asked.call):
            self._send(500, {"error": {"code": "InternalServerError", "message": "Made up by a test."}})
        else:
            self._send(204 if answer is None else 200, answer)

    def _done(self, asked: Asked, vault: Vault) -> Json | None:
        with vault.lock:
            tricks = self.server.tricks
            if asked.call != "set":
                answer = answer_to(asked, vault)
                elsewhere = tricks.elsewhere(asked.name) if asked.call == "versions" else ""
                return {**(answer or {}), "nextLink": elsewhere} if elsewhere else answer
            for value in tricks.others(asked.name, "overtake"):
                vault.set(asked.name, {"value": value})
            answer = answer_to(asked, vault)
            for value in tricks.others(asked.name, "follow"):
                vault.set(asked.name, {"value": value})
            return answer

    def _who(self, vault: Vault, name: str) -> tuple[str, frozenset[str]]:
        authorization = self.headers.get("Authorization")
        if authorization is None or self.server.tricks.of(name).resource:
            raise unauthorized("AKV10000: There is no token.")
        token = self.server.directory.who(authorization)
        if token is None:
            raise unauthorized("The token has run out, or was not given here.")
        expected = f"https://{vault.host.partition('.')[2]}"
        if token.resource != expected:
            raise unauthorized(f"AKV10022: The token is meant for {token.resource}.")
        return token.app.id, token.app.rights

    def _challenge(self, vault: Vault, resource: str) -> str:
        resource = resource or f"https://{vault.host.partition('.')[2]}"
        return f'Bearer authorization="https://login.windows.net/{self.server.directory.tenant}", resource="{resource}"'

    def _send(self, status: int, body: object, challenge: str | None = None) -> None:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if challenge is not None:
            self.send_header("WWW-Authenticate", challenge)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name that the module has
        """Nothing: what tests want to know they ask."""


VAULTS = r"[a-z][0-9a-z-]*\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)"
