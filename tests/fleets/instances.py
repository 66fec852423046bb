"""Processes that serve the site, behind a balancer that takes turns."""

from __future__ import annotations

import itertools
import re
import subprocess
import time
from pathlib import Path
from threading import Lock

from project import Site

PATIENCE = 60.0


class Instance:
    def __init__(self, number: int, site: Site, words: tuple[str, ...]) -> None:
        self.address = ""
        self._site, self._words = site, words
        self._log = site.folder / f"instance-{number}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(self._site.python), "-m", "gunicorn", "shop.wsgi", "--bind=127.0.0.1:0", *self._words]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=self._site.folder, env=self._site.environment, stdout=log, stderr=log
            )
        end = time.monotonic() + PATIENCE
        while not (found := re.search(r"Listening at: http://(\S+)", self.log())):
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"an instance did not start: {self.log()[-3000:]}")
            time.sleep(0.05)
        self.address = found[1]

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)

    def log(self) -> str:
        return self._log.read_text(errors="replace")


class Balancer:
    """Gives each request to the next instance that serves."""

    def __init__(self) -> None:
        self._turns = itertools.count()
        self._serving: list[Instance] = []
        self._lock = Lock()

    def choose(self) -> str:
        with self._lock:
            return self._serving[next(self._turns) % len(self._serving)].address

    def add(self, instance: Instance) -> None:
        with self._lock:
            self._serving.append(instance)

    def remove(self, instance: Instance) -> None:
        with self._lock:
            self._serving.remove(instance)
