"""What stand-ins have in common: a server over HTTP that says nothing of itself, and the tricks that a test plays."""

from __future__ import annotations

import json
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, handler: type[Handler], tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", port), handler)
        if tls is not None:
            # The handshake is made by the thread of the connection: here it would hold up all others.
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:
        """Callers that hang up or trust another authority are what tests are made of."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def send(self, status: int, body: object, **headers: str) -> None:
        """Sends bytes as they are, anything else as JSON; the names of headers have _ for -."""
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name that the module has
        """Nothing: what tests want to know they ask."""


def fields(text: str) -> dict[str, str]:
    """The fields of a query or of a form, each once."""
    return {name: values[0] for name, values in parse_qs(text).items()}


@dataclass
class Trick:
    """What a test makes a stand-in do for one secret: nothing here is the vendor's."""

    # Calls that are refused the next time, and with what; 0 lets one through.
    refuse: list[list[Any]] = field(default_factory=list)
    # Calls that are done the next time and answered with an error of the server's own.
    fail: list[str] = field(default_factory=list)
    # Calls that are done the next time and never answered.
    unanswered: list[str] = field(default_factory=list)
    # Values that another program writes just before the next one.
    overtake: list[str] = field(default_factory=list)

    def overtaken(self) -> list[str]:
        now, self.overtake = self.overtake, []
        return now


T = TypeVar("T", bound=Trick)
V = TypeVar("V")


class Tricks(Generic[T]):
    def __init__(self, kind: type[T]) -> None:
        self._kind, self._lock = kind, threading.Lock()
        self._tricks: dict[str, T] = defaultdict(kind)
        self._calls: dict[str, list[str]] = defaultdict(list)

    def play(self, secret: str, asked: dict[str, Any]) -> None:
        with self._lock:
            self._tricks[secret] = self._kind(**asked)

    def of(self, secret: str) -> T:
        with self._lock:
            return self._tricks[secret]

    def calls(self, secret: str) -> list[str]:
        """The calls since it was last asked."""
        with self._lock:
            return self._calls.pop(secret, [])

    def begin(self, secret: str, call: str) -> int | str | None:
        """Notes a call; gives what it is refused with, if it is."""
        with self._lock:
            self._calls[secret].append(call)
            refuse = self._tricks[secret].refuse
            found = next((refusal for refusal in refuse if refusal[0] == call), None)
            if found is None:
                return None
            refuse.remove(found)
            refusal: int | str = found[1]
            return refusal or None

    def once(self, secret: str, take: Callable[[T], V]) -> V:
        """What is taken out of a trick, so that it happens once."""
        with self._lock:
            return take(self._tricks[secret])

    def happens(self, secret: str, what: str, call: str) -> bool:
        """Whether the answer to the call fails or is lost, once."""
        with self._lock:
            calls: list[str] = getattr(self._tricks[secret], what)
            if call in calls:
                calls.remove(call)
                return True
            return False
