"""GitLab's interface for variables, and a test's tricks, over HTTPS."""

from __future__ import annotations

import json
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gitlabci.holder import Holder
from gitlabci.people import Token, must_be_allowed, who
from gitlabci.refusal import RefusalError, malformed, not_found
from gitlabci.tricks import Tricks


class Service(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, tls: ssl.SSLContext, tokens: dict[str, Token]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        # The handshake is made by the thread of the connection: here it would hold up all others.
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.tokens, self.tricks = tokens, Tricks()
        self._lock, self._holders = threading.Lock(), dict[tuple[str, str], Holder]()

    def holder(self, kind: str, named: str) -> Holder:
        """Every path is there but one that says that it is missing; a number names what was asked for before."""
        with self._lock:
            if named.isdigit():
                found = [holder for holder in self._holders.values() if (holder.kind, holder.id) == (kind, int(named))]
                if not found:
                    raise not_found(kind.removesuffix("s").title())
                return found[0]
            if "missing" in named:
                raise not_found(kind.removesuffix("s").title())
            return self._holders.setdefault((kind, named), Holder(kind, named, 1000 + len(self._holders)))

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
        if url.path.startswith("/tricks/"):
            self._trick(unquote(url.path.removeprefix("/tricks/")), body)
            return
        try:
            self._variables(url.path, {name: values[0] for name, values in parse_qs(url.query).items()}, body)
        except RefusalError as refusal:
            self._send(refusal.status, refusal.body)

    do_GET = do_PUT = do_POST = do_DELETE = handle_one  # noqa: N815 - the names that the module wants

    def _trick(self, place: str, body: bytes) -> None:
        if self.command == "POST":
            self.server.tricks.play(place, json.loads(body))
        self._send(200, self.server.tricks.calls(place) if self.command == "GET" else {})

    def _variables(self, path: str, query: dict[str, str], body: bytes) -> None:
        found = re.fullmatch(PATH, path)
        if found is None:
            raise RefusalError(404, {"error": "404 Not Found"})
        kind, named, name = found["kind"], unquote(found["id"]), unquote(found["name"] or "")
        token = who(self.server.tokens, self.headers.get("PRIVATE-TOKEN", ""), self.headers.get("Authorization", ""))
        holder = self.server.holder(kind, named)
        must_be_allowed(token, self.command, kind)
        if not found["variables"]:
            self._send(200, {"id": holder.id, "full_path": holder.path, "path_with_namespace": holder.path})
            return
        said = said_in(body)
        place, call = f"{kind}/{holder.path}", called(self.command, name, said)
        self.server.tricks.begin(place, call)
        status, answer, headers = done(
            self.command, holder, name, query, said, f"https://{self.headers.get('Host')}{path}"
        )
        for written in self.server.tricks.others(place, call):
            meddle(holder, *written)
        if self.server.tricks.happens(place, "unanswered", call):
            self.close_connection = True
        elif self.server.tricks.happens(place, "fail", call):
            self._send(500, {"message": "500 Internal Server Error"})
        else:
            self._send(status, answer, headers)

    def _send(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name that the module has
        """Nothing: what tests want to know they ask."""


def said_in(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body or b"{}")
    except ValueError as error:
        raise malformed("the body is no JSON") from error
    if not isinstance(said, dict):
        raise malformed("the body is no object")
    return said


def called(method: str, name: str, said: dict[str, Any]) -> str:
    verb = {"GET": "get" if name else "list", "POST": "create", "PUT": "update", "DELETE": "delete"}[method]
    return f"{verb} {name or said.get('key', '')}".strip()


def done(
    method: str, holder: Holder, name: str, query: dict[str, str], said: dict[str, Any], address: str
) -> tuple[int, object, dict[str, str] | None]:
    scope = query.get("filter[environment_scope]")
    match method, bool(name):
        case "GET", False:
            return 200, *page(holder, query, address)
        case "GET", True:
            return 200, holder.get(name, scope), None
        case "POST", False:
            return 201, holder.create(said), None
        case "PUT", True:
            return 200, holder.update(name, scope, said), None
        case "DELETE", True:
            holder.delete(name, scope)
            return 204, None, None
        case _:
            raise RefusalError(405, {"error": "405 Not Allowed"})


def page(holder: Holder, query: dict[str, str], address: str) -> tuple[object, dict[str, str]]:
    """At most a hundred at a time, and where the rest is."""
    number, most = int(query.get("page", "1")), min(int(query.get("per_page", "20")), 100)
    told = holder.told()
    is_last = len(told) <= number * most
    headers = {
        "x-page": str(number),
        "x-per-page": str(most),
        "x-total": str(len(told)),
        "x-next-page": "" if is_last else str(number + 1),
        "link": "" if is_last else f'<{address}?page={number + 1}&per_page={most}>; rel="next"',
    }
    return told[(number - 1) * most : number * most], headers


def meddle(holder: Holder, key: str, value: str, scope: str = "*") -> None:
    """Another program writes, or takes away where there is no value."""
    with holder.lock:
        holder.variables = [
            variable
            for variable in holder.variables
            if (variable["key"], variable["environment_scope"]) != (key, scope)
        ]
        if value:
            holder.create({"key": key, "value": value, "environment_scope": scope})


PATH = r"/api/v4/(?P<kind>projects|groups)/(?P<id>[^/]+)(?P<variables>/variables(?:/(?P<name>[^/]+))?)?"
