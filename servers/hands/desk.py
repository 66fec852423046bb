"""The socket at which tests ask for a hand: one JSON object a line, one answer a line."""

from __future__ import annotations

import base64
import json
import socketserver
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from hands.akv import AkvHand
from hands.awsps import ParameterStoreHand
from hands.awssm import SecretsManagerHand
from hands.gcsm import GcsmHand
from hands.gha import GitHubHand
from hands.gitlab import GitLabHand
from hands.hand import Also, Hand
from hands.heroku import HerokuHand
from hands.keychain import KeychainHand
from hands.kubernetes import KubernetesHand
from hands.systemd import SystemdHand
from hands.vault import VaultHand
from stage import Stage

# Each store with the variable that its server leaves in the environment, and its hand.
HANDS: dict[str, tuple[str, Callable[[Stage], Hand]]] = {
    "akv": ("AZURE_TENANT_ID", AkvHand),
    "awsps": ("AWS_ENDPOINT_URL", ParameterStoreHand),
    "awssm": ("AWS_ENDPOINT_URL", SecretsManagerHand),
    "gcsm": ("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER", GcsmHand),
    "gha": ("GH_HOST", GitHubHand),
    "gitlab": ("GITLAB_HOST", GitLabHand),
    "heroku": ("HEROKU_HOST", HerokuHand),
    "k8s": ("KUBECONFIG", KubernetesHand),
    "systemd": ("SYSTEMD_CREDENTIAL_SECRET", SystemdHand),
    "keychain": ("DBUS_SESSION_BUS_ADDRESS", KeychainHand),
    "vault": ("VAULT_ADDR", VaultHand),
}


class Desk:
    def __init__(self, stage: Stage) -> None:
        served = {store: make for store, (variable, make) in HANDS.items() if variable in stage.environment}
        hands = {store: make(stage) for store, make in served.items()}
        self.stores = list(hands)
        self.socket: Path = stage.folder / "hands.socket"
        self._server = Server(str(self.socket), handler(hands))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Desk:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


def handler(hands: dict[str, Hand]) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                self.wfile.write(json.dumps(answer(hands, json.loads(line))).encode() + b"\n")

    return Handler


def answer(hands: dict[str, Hand], asked: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"done": do(hands[asked["store"]], asked)}
    except Exception:  # noqa: BLE001 - the test that asked shall see it, whatever it is
        return {"failed": traceback.format_exc()}


def do(hand: Hand, asked: dict[str, Any]) -> object:
    place = asked["place"]
    match asked["do"]:
        case "surround":
            hand.surround(place)
            return None
        case "surroundings":
            return hand.surroundings(place)
        case "plant":
            return hand.plant(place, asked["name"], base64.b64decode(asked["content"]))
        case "take_out":
            hand.take_out(place)
            return None
        case "texts":
            return hand.texts(place)
        case "lock_up":
            return hand.lock_up(place)
        case _ if isinstance(hand, Also):
            return hand.also(place, asked)
        case other:
            raise ValueError(f"no hand can do {other} at {place}")
