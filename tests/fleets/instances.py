"""Processes that serve the site, behind a balancer that takes turns."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from urllib.request import ProxyHandler, build_opener

from project import Site

PATIENCE = 60.0
# Without --no-control-socket all would write to one place in the user's home.
GUNICORN = ("-m", "gunicorn", "shop.wsgi", "--bind=127.0.0.1:0", "--threads=8", "--no-control-socket")
UVICORN = ("-m", "uvicorn", "shop.asgi:application", "--host=127.0.0.1", "--port=0", "--lifespan=off")


class Instance:
    """One server with one worker, on a port that the kernel picks."""

    def __init__(self, number: int, site: Site, server: tuple[str, ...] = GUNICORN) -> None:
        self.address = ""
        self._site, self._server = site, server
        self._log = site.folder / f"instance-{number}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Instance:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._site.command(*self._server),
                cwd=self._site.folder,
                env=self._site.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.address = self._address()
        self.wait_for_keys()

    def stop(self) -> None:
        """Lets it finish its requests and end; kills it when it does not."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def wait_for_keys(self) -> None:
        """Waits until it has the keys that stand in the ring."""
        end = time.monotonic() + PATIENCE
        while self.get("/keys/") != self._site.keys():
            if time.monotonic() > end:
                raise AssertionError(f"{self._site.setup}: an instance does not take over the ring: {self.log()}")
            time.sleep(0.1)

    def get(self, path: str) -> str:
        with NO_PROXY.open(f"http://{self.address}{path}", timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]

    def _address(self) -> str:
        end = time.monotonic() + PATIENCE
        while not (found := re.search(r"(?:Listening at:|running on) http://([\d.:]+)", self.log())):
            if self._process is None or self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{self._site.setup}: an instance did not start: {self.log()}")
            time.sleep(0.05)
        return found[1]


class Balancer:
    """Gives each request to the next instance that serves."""

    def __init__(self) -> None:
        self._serving: list[Instance] = []
        self._busy: dict[Instance, int] = {}
        self._changed = Condition()

    def add(self, instance: Instance) -> None:
        with self._changed:
            self._serving.append(instance)

    def drain(self, instance: Instance) -> None:
        """Sends it nothing more, and waits until its last request is answered."""
        with self._changed:
            self._serving.remove(instance)
            if not self._changed.wait_for(lambda: not self._busy.get(instance), PATIENCE):
                raise AssertionError(f"an instance does not come to an end: {instance.log()}")

    @contextmanager
    def next(self) -> Iterator[str]:
        """The address for one request."""
        with self._changed:
            instance = self._serving.pop(0)
            self._serving.append(instance)
            self._busy[instance] = self._busy.get(instance, 0) + 1
        try:
            yield instance.address
        finally:
            with self._changed:
                self._busy[instance] -= 1
                self._changed.notify_all()


NO_PROXY = build_opener(ProxyHandler({}))
