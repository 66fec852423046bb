"""A proxy before a server: it counts the calls, and does to one of them what networks, servers and people do.

It stands where the server would stand, with a certificate of the stage's authority, so no program knows of it.
"""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

Upstream = Callable[[], "Answer"]


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Call:
    """One call as the server would see it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class GoneError(Exception):
    """The connection ends without an answer."""


# What becomes of a call: it is given the call's number, the call, and a way to have the server do it.
Fate = Callable[[int, Call, Upstream], Answer]


def passed_on(_number: int, _call: Call, upstream: Upstream) -> Answer:
    return upstream()


@dataclass
class Proxy:
    """Listens for a server that listens on `port` of this machine."""

    authority: trustme.CA
    port: int
    hosts: tuple[str, ...]
    fate: Fate = passed_on
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._server = Quiet(("127.0.0.1", 0), handler(self))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("127.0.0.1", "localhost", *self.hosts).configure_cert(context)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.front: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def begin(self, fate: Fate = passed_on) -> None:
        """Counts anew, and does from now on what `fate` says."""
        with self._lock:
            self.calls, self.fate = [], fate

    def end(self) -> None:
        self._server.shutdown()

    def answer(self, call: Call) -> Answer:
        with self._lock:
            self.calls.append(call)
            number, fate = len(self.calls), self.fate
        return fate(number, call, lambda: self.ask(call))

    def ask(self, call: Call) -> Answer:
        # The server's certificate is of the same authority, or of its own making; what is tested is the way before.
        context = ssl._create_unverified_context()  # noqa: S323
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=context)
        try:
            connection.request(call.method, call.path, call.body, call.headers)
            response = connection.getresponse()
            headers = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP]
            return Answer(response.status, headers, response.read())
        finally:
            connection.close()


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, _request: object, _client: object) -> None:
        """A client that goes away in the midst of an answer, or trusts no certificate here, is what is being tried."""


def handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            try:
                answer = proxy.answer(Call(self.command, self.path, dict(self.headers.items()), body))
            except GoneError:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_LIST = serve  # noqa: N815

        def log_message(self, _format: str, *_arguments: object) -> None:
            """The calls are in `Proxy.calls`."""

    return Handler


# Headers of one connection, which say nothing about the next.
HOP_BY_HOP = {"connection", "content-length", "keep-alive", "server", "transfer-encoding"}
