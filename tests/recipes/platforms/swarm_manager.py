"""What Docker's own command talks to in a swarm, as far as secrets and services go: it keeps them, and runs nothing."""

from __future__ import annotations

import base64
import json
import re
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from unpacked import Bundle

DOCKER = Bundle(name="docker", recipe=1, packages=["docker.io"], programs={"docker": "usr/bin"}, variables={})


class Manager(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, place: Path) -> None:
        super().__init__(str(place), Handler)
        self.secrets: dict[str, dict[str, Any]] = {}
        self.services: dict[str, dict[str, Any]] = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        request, _ = super().get_request()
        return request, ("docker", 0)

    def done(self, call: str, name: str, said: dict[str, Any]) -> tuple[int, object]:
        match call:
            case "GET info":
                return 200, {"Swarm": {"ControlAvailable": True, "LocalNodeState": "active"}}
            case "POST secrets":
                self.secrets[said["Name"]] = {"ID": said["Name"], "Spec": said}
                return 201, {"ID": said["Name"]}
            case "GET secrets":
                return 200, list(self.secrets.values())
            case "DELETE secrets":
                return self._removed(name)
            case "POST services" if name == "create":
                self.services[said["Name"]] = kept(said)
                return 201, {"ID": said["Name"]}
            case "POST services":
                self.services[name] = kept(said)
                return 200, {}
            case "GET services" if not name:
                return 200, list(self.services.values())
            case "GET services" if name in self.services:
                return 200, self.services[name]
            case "GET tasks" | "GET nodes":
                return 200, []
            case "GET networks" if not name:
                return 200, []
            case "POST networks":
                return 201, {"Id": "made-up"}
            case _:
                return 404, {"message": f"nothing is known of {call} {name}"}

    def mounted(self, service: str) -> dict[str, str]:
        """What the files of a task of this service hold."""
        if service not in self.services:
            return {}
        spec = self.services[service]["Spec"]["TaskTemplate"]["ContainerSpec"]
        held = {one["File"]["Name"]: self.secrets[one["SecretName"]]["Spec"]["Data"] for one in spec["Secrets"]}
        return {name: base64.b64decode(text).decode() for name, text in held.items()}

    def _removed(self, name: str) -> tuple[int, object]:
        specs = (service["Spec"]["TaskTemplate"]["ContainerSpec"] for service in self.services.values())
        if any(one["SecretName"] == name for spec in specs for one in spec.get("Secrets") or []):
            return 400, {"message": f"secret '{name}' is in use"}
        del self.secrets[name]
        return 204, None


def kept(spec: dict[str, Any]) -> dict[str, Any]:
    moment = "2026-11-26T12:00:00Z"
    spec["Mode"] = {"Replicated": {"Replicas": 1}}
    update = {"State": "completed", "StartedAt": moment, "CompletedAt": moment}
    return {"ID": spec["Name"], "Version": {"Index": 1}, "Spec": spec, "UpdateStatus": update}


class Handler(BaseHTTPRequestHandler):
    server: Manager
    protocol_version = "HTTP/1.1"

    def handle_one(self) -> None:
        path = re.sub(r"^/v[0-9.]+", "", urlsplit(self.path).path)
        _, what, *rest = [*path.split("/"), ""]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if what == "_ping":
            self._send(200, "OK")
            return
        code, answer = self.server.done(f"{self.command} {what}", rest[0], json.loads(body or "{}"))
        if self.command == "GET" and isinstance(answer, list):
            answer = filtered(answer, parse_qs(urlsplit(self.path).query))
        self._send(code, answer)

    do_HEAD = do_GET = do_POST = do_DELETE = handle_one  # noqa: N815 - the names that the module wants

    def _send(self, code: int, answer: object) -> None:
        body = b"" if answer is None or self.command == "HEAD" else json.dumps(answer).encode()
        self.send_response(code)
        for name, value in {
            "Api-Version": "1.41",
            "Content-Type": "application/json",
            "Content-Length": len(body),
        }.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def filtered(found: list[dict[str, Any]], query: dict[str, list[str]]) -> list[dict[str, Any]]:
    """By labels alone: whoever asks by names looks again itself."""
    wanted = json.loads(query.get("filters", ["{}"])[0]).get("label", {})
    labels = [dict([label.partition("=")[::2]]) for label in wanted]
    return [one for one in found if all(label.items() <= one["Spec"].get("Labels", {}).items() for label in labels)]
