"""Servers, and what is typed beside them by somebody whose programs know of no stand-in."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import shop

import heroku_cli
from hands.desk import HANDS
from keyvault.proxy import Proxy
from machine import Machine
from roster import SERVERS
from stage import Stage, free_port


@dataclass(frozen=True)
class Ground:
    stage: Stage
    program: Path
    # Each store that is served, with what its user's programs find in their environment.
    stores: dict[str, dict[str, str]]
    # The machines that have a store to themselves.
    machines: dict[str, Machine] = field(default_factory=dict)

    @classmethod
    def prepared(cls, stage: Stage, servers: list[str], program: Path) -> Ground:
        for name in servers:
            SERVERS[name](stage)
        served = [store for store, (variable, _) in HANDS.items() if variable in stage.environment]
        return cls(stage, program, {store: variables(stage, store) for store in served})

    def project(self, store: str) -> Path:
        """A folder with a ring in .env."""
        folder = self.stage.folder / f"project-{store}"
        folder.mkdir()
        self.run(store, "keybaton generate | keybaton copy - dotenv:.env")
        if store == "systemd":
            self.machines[store] = shop.on_a_machine(self.stage, self.program, folder)
        return folder

    def run(self, store: str, line: str) -> str:
        """What a shell prints in the project, on both of its streams."""
        if machine := self.machines.get(store):
            return machine.run(line, shop.FOLDER)
        own = [heroku_cli.folder()] if store == "heroku" else []
        path = self.stage.environment.get("PATH", os.environ["PATH"])
        programs = [*own, self.program.parent, Path(sys.executable).parent, path]
        folder = self.stage.folder / f"project-{store}"
        there = {**self.stores[store], "PATH": os.pathsep.join(map(str, programs)), "HOME": str(self.stage.folder)}
        shell = ["sh", "-c", f"exec 2>&1\n{line}"]
        nobody, heard = subprocess.DEVNULL, subprocess.PIPE
        done = subprocess.run(shell, cwd=folder, env=there, stdin=nobody, stdout=heard, text=True, timeout=120)
        return done.stdout


def variables(stage: Stage, store: str) -> dict[str, str]:
    there = {name: value for name, value in stage.environment.items() if not name.startswith("KEYBATON_TEST_")}
    # Python's clients trust a list of their own unless this says otherwise.
    there["REQUESTS_CA_BUNDLE"] = str(stage.authority_file)
    if store == "akv":
        # The usual one is served too, and it is the one whose answers Azure's client for Python takes as they are.
        del there["AZURE_AUTHORITY_HOST"]
    if store == "heroku":
        there |= heroku_cli.at_home(stage)
    if store == "gcsm":
        # Google's client for Python has no variable for another address.
        there |= {"HTTPS_PROXY": proxy_to_google(stage), "NO_PROXY": "127.0.0.1"}
    return there


def proxy_to_google(stage: Stage) -> str:
    address = urlsplit(stage.environment["CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"])
    port = free_port()
    proxy = Proxy(port, address.port or 443, r"secretmanager\.googleapis\.com")
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{port}"
