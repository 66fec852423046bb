"""Docker's own command, which takes an env file apart itself, before a daemon that only listens."""

from __future__ import annotations

import json
import socket
import socketserver
import subprocess
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from unpacked import Bundle

DOCKER = Bundle(name="docker", recipe=1, packages=["docker.io"], programs={"docker": "usr/bin"}, variables={})


def read(folder: Path, texts: list[str]) -> list[dict[str, str]]:
    place = folder / "docker.sock"
    with Daemon(str(place), Handler) as daemon:
        threading.Thread(target=daemon.serve_forever, daemon=True).start()
        for text in texts:
            (folder / "exported").write_bytes(text.encode())
            create(folder, place)
        daemon.shutdown()
    return [dict(line.split("=", 1) for line in created) for created in daemon.created]


def create(folder: Path, place: Path) -> None:
    docker = str(DOCKER.folder() / "docker")
    command = [docker, "--host", f"unix://{place}", "create", "--env-file", "exported", "shop"]
    there = {"HOME": str(folder), "DOCKER_CONFIG": str(folder)}
    done = subprocess.run(command, cwd=folder, env=there, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


class Daemon(socketserver.UnixStreamServer):
    created: list[list[str]]

    def server_activate(self) -> None:
        self.created = []
        super().server_activate()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        request, _ = super().get_request()
        return request, ("docker", 0)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(200, b"")

    def do_GET(self) -> None:
        self._answer(200, b"OK")

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        assert isinstance(self.server, Daemon)
        self.server.created.append(asked["Env"])
        self._answer(201, b'{"Id": "made-up", "Warnings": []}')

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        for name, value in {
            "Api-Version": "1.41",
            "Content-Type": "application/json",
            "Content-Length": len(body),
        }.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)
