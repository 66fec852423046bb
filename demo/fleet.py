"""Two gunicorn instances behind a round-robin load balancer, restarted in turn."""

from __future__ import annotations

import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

from programs import DemoError, clean_environment
from project import Project

PATIENCE = 30.0


class Instance:
    """One gunicorn with one worker process of four threads, on a port that the kernel picks."""

    def __init__(self, number: int, project: Project) -> None:
        self.number = number
        self.address = ""
        self._project = project
        self._log = project.folder.parent / f"{project.folder.name}-{number}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        python = str(self._project.tools.python)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [python, "-m", "gunicorn", "shop.wsgi", *GUNICORN],
                cwd=self._project.folder,
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A Ctrl-C is for the demo, which ends the instances itself.
                start_new_session=True,
            )
        self._wait("say its port", self._find_address)
        self._wait("answer", self._is_healthy)

    def stop(self) -> None:
        """Let it finish its requests and end; kill it when it does not."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]

    def _find_address(self) -> bool:
        found = re.search(r"Listening at: (http://\S+)", self.log())
        self.address = found[1] if found else ""
        return bool(found)

    def _is_healthy(self) -> bool:
        try:
            with NO_PROXY.open(f"{self.address}/health/", timeout=PATIENCE) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _wait(self, what: str, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise DemoError(f"instance {self.number} did not {what}; its log:\n{self.log()}")
            time.sleep(0.05)


class Balancer:
    """Gives each request to the next instance that serves, whoever asks."""

    def __init__(self) -> None:
        self._serving: list[Instance] = []
        self._busy: dict[Instance, int] = {}
        self._changed = Condition()

    def add(self, instance: Instance) -> None:
        with self._changed:
            self._serving.append(instance)

    def drain(self, instance: Instance) -> None:
        """Send it nothing more, and wait until its last request is answered."""
        with self._changed:
            self._serving.remove(instance)
            self._changed.wait_for(lambda: not self._busy.get(instance))

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


# Without --no-control-socket both would write to one place in the user's home.
GUNICORN = ("--bind=127.0.0.1:0", "--workers=1", "--threads=4", "--no-control-socket")

NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
