"""A project whose processes report, and the processes."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve() / "debug" / "keybaton"


class Project:
    """A ring in a folder, a database in a file, and nothing but what reports."""

    def __init__(self, folder: Path, python: Path, said: str = "") -> None:
        self.folder, self.python = folder, python
        for name, text in FILES.items():
            (folder / name).write_text(text)
        (folder / "ring").mkdir()
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": f"{CHECKOUT / 'python'}:{folder}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": "settings",
            "KEYBATON_DIR": str(folder / "ring"),
        }
        self.configure(said)
        self.says("copy", "-", "dir:ring", "--create", given="made-up-" * 8)
        self.manage("migrate", "--verbosity=0")

    def configure(self, said: str, *, manage: bool = True) -> None:
        command = f"manage = {json.dumps([str(self.python), 'manage.py'])}\n" if manage else ""
        text = f'[environments.dev]\nstore = "dir:ring"\n{command}{said}\n'
        (self.folder / "keybaton.toml").write_text(text)

    def says(self, *words: str, given: str = "", **more: str) -> str:
        """The exit code and what was said, moments and ids left out."""
        return told(self.run([str(PROGRAM), *words], given, **more))

    def manage(self, *words: str) -> str:
        done = self.run([str(self.python), "manage.py", *words])
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, command: list[str], given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment, **more},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def starts(self, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def counts_its_starts(self) -> None:
        """From now on each start of Django for keybaton is written down."""
        (self.folder / "manage.py").write_text(COUNTS + MANAGE)

    def starts_counted(self) -> list[str]:
        """What was asked since the last time, without numbers."""
        log = self.folder / "starts.log"
        asked = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return asked

    def status(self) -> Any:  # noqa: ANN401, JSON
        return json.loads(self.run([str(PROGRAM), "status", "--json"]).stdout)

    def floor(self) -> int:
        return int(self.status()["fleet"]["floor"]["revision"])

    def change(self, statement: str, *values: object) -> None:
        """Something in the database that would take too long to wait for."""
        connection = sqlite3.connect(self.folder / "db.sqlite3", timeout=30)
        with connection:
            connection.execute(statement, values)
        connection.close()

    def silence(self, process: str, seconds: int) -> None:
        self.change(
            f"UPDATE keybaton_beat SET seen = datetime('now', '-{seconds} seconds') WHERE process = ?",  # noqa: S608
            process,
        )


class Instance:
    """A server with one worker. The ring is in its environment from when it was started; or it `follows` the folder."""

    def __init__(self, project: Project, number: int, *, follows: bool = False) -> None:
        self._project = project
        self._before = [] if follows else [str(PROGRAM), "run", "--"]
        self._log = project.folder / f"instance-{number}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self, *, asked: bool = True) -> None:
        command = [*self._before, str(self._project.python), *GUNICORN]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._project.folder,
                env=self._project.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._address = self._found()
        if asked:
            assert self.get("/") == (200, "ok")

    def restart(self) -> None:
        self.stop()
        self.start()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(PATIENCE)

    def kill(self) -> None:
        """The server, and the worker that it started: neither can say anything."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with NO_PROXY.open(f"http://{self._address}{path}", timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, ""

    def _found(self) -> str:
        end = time.monotonic() + PATIENCE
        while not (found := re.search(r"Listening at: http://([\d.:]+)", log := self._log.read_text())):
            assert time.monotonic() < end, log
            time.sleep(0.05)
        return found[1]


class Serve(Protocol):
    def __call__(self, *, follows: bool = False) -> Instance:
        """One more process, which has served a request."""


def told(done: subprocess.CompletedProcess[str]) -> str:
    said = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z \([^)]*\)", "TIME", done.stdout + done.stderr)
    said = re.sub(r"up for (?:\d+[smhd] ?)+", "up for SPAN", said)
    said = re.sub(r"(?:\d+[smhd] ?)+ ago", "SPAN ago", said)
    said = re.sub(r"\b[0-9a-f]{10}\b", "ID", said)
    return f"{done.returncode}\n{said.rstrip()}"


GUNICORN = ("-m", "gunicorn", "wsgi", "--bind=127.0.0.1:0", "--threads=2", "--no-control-socket")
NO_PROXY = build_opener(ProxyHandler({}))

MANAGE = """\
import sys
from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
"""

COUNTS = """\
import sys

with open("starts.log", "a") as log:
    print(*[word for word in sys.argv[2:] if word.isalpha()], file=log)
"""

SETTINGS = """\
import os
import socket
from pathlib import Path

import keybaton

socket.gethostname = lambda: "a1"
SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "keybaton.django"]
MIDDLEWARE = ["keybaton.django.FenceMiddleware"]
ROOT_URLCONF = "urls"
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
NAME = os.environ.get("DATABASE", str(Path(__file__).parent / "db.sqlite3"))
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": NAME, "OPTIONS": {"timeout": 30}}}
"""

URLS = """\
from django.http import HttpResponse
from django.urls import path

from keybaton.django import readiness

urlpatterns = [path("", lambda request: HttpResponse("ok")), path("ready/", readiness)]
"""

WSGI = """\
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
"""

FILES = {"manage.py": MANAGE, "settings.py": SETTINGS, "urls.py": URLS, "wsgi.py": WSGI}
