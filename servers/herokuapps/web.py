"""Heroku's interface for config vars and releases, and a test's tricks, over HTTPS."""

from __future__ import annotations

import json
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from herokuapps.app import App
from herokuapps.refusal import RefusalError, forbidden, invalid, not_found, unauthorized
from herokuapps.tricks import Tricks


class Service(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, tls: ssl.SSLContext, collaborator: str, stranger: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        # The handshake is made by the thread of the connection: here it would hold up all others.
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.keys, self.tricks = {collaborator: True, stranger: False}, Tricks()
        self._lock, self._apps = threading.Lock(), dict[str, App]()

    def app(self, named: str) -> App:
        """Every app is there but one that says that it is missing; an id names one that was asked for before."""
        with self._lock:
            for app in self._apps.values():
                if named == app.id:
                    return app
            if "missing" in named:
                raise not_found()
            return self._apps.setdefault(named, App(named))

    def handle_error(self, request: object, client_address: object) -> None:
        """Callers that hang up or trust another authority are what tests are made of."""


class Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def handle_one(self) -> None:
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path.startswith("/tricks/"):
            self._trick(path.removeprefix("/tricks/"), body)
            return
        try:
            self._asked(path, body)
        except RefusalError as refusal:
            self._send(refusal.status, refusal.body)

    do_GET = do_PATCH = do_POST = handle_one  # noqa: N815 - the names that the module wants

    def _trick(self, asked: str, body: bytes) -> None:
        name, _, what = asked.partition("/")
        app = self.server.app(name)
        if what == "command":
            app.command_ends = body.decode()
        elif what == "end":
            app.end(body.decode())
        elif what == "release":
            app.release(**json.loads(body))
        elif self.command == "POST":
            self.server.tricks.play(name, json.loads(body))
        self._send(200, self.server.tricks.calls(name) if self.command == "GET" else {})

    def _asked(self, path: str, body: bytes) -> None:
        if not re.fullmatch(ACCEPT, self.headers.get("Accept", "")):
            raise RefusalError(406, "not_acceptable", "The Accept header names no version.")
        found = re.fullmatch(PATH, path)
        if found is None:
            raise RefusalError(404, "not_found", "The requested API endpoint was not found.")
        may = self.server.keys.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if may is None:
            raise unauthorized()
        app = self.server.app(found["app"])
        if not may:
            raise forbidden(app.name)
        call = f"{self.command} {found['what'] or ('release' if found['version'] else 'app')}"
        if found["version"]:
            call += f" v{found['version']}"
        self.server.tricks.begin(app.name, call)
        status, answer = self._done(app, call, body)
        if self.server.tricks.happens(app.name, "unanswered", call):
            self.close_connection = True
        elif self.server.tricks.happens(app.name, "fail", call):
            self._send(500, {"id": "internal_error", "message": "Made up by a test."})
        else:
            self._send(status, answer)

    def _done(self, app: App, call: str, body: bytes) -> tuple[int, object]:
        match call:
            case "GET app":
                return 200, app.told()
            case "GET config-vars":
                return 200, dict(app.config)
            case "GET releases":
                releases, is_part = app.page(self.headers.get("Range", ""))
                return 206 if is_part else 200, releases
            case "PATCH config-vars":
                return 200, self._changed(app, said_in(body))
            case old if re.fullmatch(r"GET (release|config-vars) v\d+", old):
                release, config = app.at(int(old.rpartition("v")[2]))
                return 200, release if "release" in old else config
            case _:
                raise RefusalError(404, "not_found", "The requested API endpoint was not found.")

    def _changed(self, app: App, said: dict[str, Any]) -> dict[str, str]:
        with app.lock:
            for other in self.server.tricks.others(app.name, "overtake"):
                meddle(app, other)
            answer = app.change(said)
            for other in self.server.tricks.others(app.name, "follow"):
                meddle(app, other)
            return answer

    def _send(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name that the module has
        """Nothing: what tests want to know they ask."""


def said_in(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError as error:
        raise RefusalError(400, "bad_request", "Unable to parse the JSON request body.") from error
    if not isinstance(said, dict):
        raise invalid("Config vars are an object.")
    return said


def meddle(app: App, asked: Any) -> None:  # noqa: ANN401 - a test's words
    """Another program changes config vars, or makes a release of this name."""
    if isinstance(asked, dict):
        app.change(asked)
    elif asked.startswith("Rollback to v"):
        app.roll_back(int(asked.removeprefix("Rollback to v")))
    else:
        app.release(asked)


ACCEPT = r"application/vnd\.heroku\+json; ?version=3(\.\S+)?"
PATH = r"/apps/(?P<app>[a-z0-9-]+)(?:/releases/(?P<version>\d+))?(?:/(?P<what>config-vars|releases))?"
