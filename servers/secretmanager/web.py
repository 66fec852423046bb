"""The interface over HTTPS: who calls, what for, and the answer as Google's own JSON."""

from __future__ import annotations

import json
import re
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from google.cloud.secretmanager_v1 import types
from google.protobuf.json_format import MessageToJson, ParseError

from secretmanager.accounts import Accounts, NoTokenError
from secretmanager.calls import Asked, answer_to
from secretmanager.cloud import Cloud
from secretmanager.refusal import RefusalError, invalid
from secretmanager.tricks import Tricks


class Service(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, tls: ssl.SSLContext, accounts: Accounts, project_number: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        # The handshake is made by the thread of the connection: here it would hold up all others.
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.accounts, self.project_number = accounts, project_number
        self.cloud, self.tricks = Cloud(), Tricks()

    def handle_error(self, request: object, client_address: object) -> None:
        """Callers that hang up or trust another authority are what tests are made of."""


class Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def handle_one(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path == "/token":
            self._token(body)
        elif url.path.startswith("/tricks/"):
            self._trick(url.path.removeprefix("/tricks/"), body)
        else:
            self._call(url.path, {name: values[0] for name, values in parse_qs(url.query).items()}, body)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one  # noqa: N815 - the names that the module wants

    def _token(self, body: bytes) -> None:
        is_json = "json" in self.headers.get("Content-Type", "")
        asked = json.loads(body) if is_json else {name: values[0] for name, values in parse_qs(body.decode()).items()}
        try:
            self._send(200, json.dumps(self.server.accounts.exchange(asked)).encode())
        except NoTokenError:
            self._send(400, b'{"error": "invalid_grant", "error_description": "Bad Request"}')

    def _trick(self, secret: str, body: bytes) -> None:
        if self.command == "GET":
            self._send(200, json.dumps(self.server.tricks.calls(secret)).encode())
        else:
            self.server.tricks.play(secret, json.loads(body))
            self._send(200, b"{}")

    def _call(self, path: str, query: dict[str, str], body: bytes) -> None:
        try:
            asked = self._asked(path, query, body)
            self.server.tricks.begin(asked.secret_id, asked.call)
            integers = "enum-encoding=int" in query.get("$alt", "")
            with self.server.cloud.lock:
                if asked.call == "addVersion":
                    self._overtake(asked)
                message = answer_to(asked, self.server.cloud, self.server.tricks.of(asked.secret_id))
                text = MessageToJson(message, use_integers_for_enums=integers)
        except RefusalError as refusal:
            self._send(refusal.code, refusal.body)
            return
        except ParseError as error:
            self._send(400, invalid(f"Invalid JSON payload received: {error}").body)
            return
        if self.server.tricks.is_answered(asked.secret_id, asked.call):
            self._send(200, text.encode())
        else:
            self.close_connection = True

    def _asked(self, path: str, query: dict[str, str], body: bytes) -> Asked:
        account = self.server.accounts.who(self.headers.get("Authorization", ""))
        found = re.fullmatch(PATH, path)
        if found is None:
            raise RefusalError("NOT_FOUND", "The requested URL was not found on this server.")
        number, project = self.server.project_number, self.server.accounts.project
        if found["project"] not in (project, number):
            raise RefusalError("PERMISSION_DENIED", f"Permission denied on resource project {found['project']}.")
        # Google answers with the number of the project, whichever name it was asked by.
        parent = f"projects/{number}" + (f"/locations/{found['location']}" if found["location"] else "")
        asked = Asked(self.command, parent, found["secret"], found["versions"], found["verb"], query, body)
        asked.must_be_allowed(account.permissions)
        return asked

    def _overtake(self, asked: Asked) -> None:
        values, labels = self.server.tricks.others(asked.secret_id)
        for value in values:
            self.server.cloud.add_version(asked.name, types.SecretPayload(data=value.encode()))
        if labels:
            self.server.cloud.update(asked.name, types.Secret(labels=labels), ["labels"])

    def _send(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name that the module has
        """Nothing: what tests want to know they ask."""


PATH = (
    r"/v1/projects/(?P<project>[^/:]+)(?:/locations/(?P<location>[^/:]+))?/secrets"
    r"(?:/(?P<secret>[^/:]+)(?P<versions>/versions(?:/[^/:]+)?)?)?(?::(?P<verb>\w+))?"
)
