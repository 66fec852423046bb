"""Servers of the shop, and somebody who keeps what they have signed and shows it to each of them."""

from __future__ import annotations

import json
import re
import subprocess
import time
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

from project import Project

PATIENCE = 60.0
USES = ("cookie", "messages", "session", "link", "token", "note")


@dataclass(frozen=True)
class Artefacts:
    """What one instance has signed and stored for one user at one moment."""

    made: str
    cookies: str
    asked: dict[str, str]


class Instance:
    """One server with one worker; it keeps the settings and the rings that it was started with."""

    def __init__(self, project: Project, name: str) -> None:
        self.name, self._project = name, project
        self._log = project.folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = [str(self._project.python), *GUNICORN]
        folder, environment = self._project.folder, self._project.environment
        with self._log.open("wb") as log:
            nobody = subprocess.DEVNULL
            self._process = subprocess.Popen(command, cwd=folder, env=environment, stdin=nobody, stdout=log, stderr=log)
        self._address = self._found()
        self._get("/", "")

    def restart(self) -> None:
        self.stop()
        self.start()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(PATIENCE)

    def make(self, when: str) -> Artefacts:
        jar = CookieJar()
        opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(jar))
        with opener.open(f"http://{self._address}/make/", timeout=PATIENCE) as answer:
            asked = json.load(answer)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
        return Artefacts(f"{when}, by {self.name}", cookies, asked)

    def read(self, artefacts: Artefacts) -> dict[str, bool]:
        """Whether each of them is accepted here."""
        told: dict[str, bool] = json.loads(self._get(f"/read/?{urlencode(artefacts.asked)}", artefacts.cookies))
        assert tuple(told) == USES
        return told

    def _get(self, path: str, cookies: str) -> bytes:
        request = Request(f"http://{self._address}{path}", headers={"Cookie": cookies} if cookies else {})
        with build_opener(ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
            body: bytes = answer.read()
        return body

    def _found(self) -> str:
        end = time.monotonic() + PATIENCE
        while not (found := re.search(r"Listening at: http://([\d.:]+)", log := self._log.read_text())):
            assert time.monotonic() < end, log
            time.sleep(0.05)
        return found[1]


GUNICORN = ("-m", "gunicorn", "shop.wsgi", "--bind=127.0.0.1:0", "--threads=2", "--no-control-socket")
