"""A process of a site: what serves pages, and what works off tasks."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from cache import ToolError
from project import Server, Site

if TYPE_CHECKING:
    from typing_extensions import Self

PATIENCE = 90.0
# Without --no-control-socket all would write to one place in the user's home.
GUNICORN = ("-m", "gunicorn", "shop.wsgi", "--bind=127.0.0.1:0", "--no-control-socket", "--timeout=0")
COMMANDS = {
    Server.GTHREAD: (*GUNICORN, "--threads=8"),
    Server.SYNC: (*GUNICORN, "--worker-class=sync"),
    Server.GEVENT: (*GUNICORN, "--worker-class=gevent"),
    Server.PRELOAD: (*GUNICORN, "--threads=4", "--workers=2", "--preload"),
    Server.UVICORN: ("-m", "uvicorn", "shop.asgi:application", "--host=127.0.0.1", "--port=0"),
}
CELERY = ("-m", "celery", "--app=shop.tasks", "worker", "--concurrency=2", "--loglevel=INFO", "--without-gossip")
# So often in a row one with several workers has to answer with the keys of now.
IN_A_ROW = 12


class Process:
    """One that runs in a group of its own, so that all of it can be stopped."""

    def __init__(self, name: str, site: Site, *, off: str = "", texts: dict[str, str] | None = None) -> None:
        """With its clock off by `off`; with `texts` as the ring in its environment, whatever stands in the folder."""
        self.site = site
        self._name, self._off, self._texts = name, off, texts
        self._log = site.folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        with self._log.open("ab") as log:
            log.truncate(0)
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.site.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_it_is_up()

    def stop(self) -> None:
        """Lets it finish its requests and end; kills it when it does not."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def send(self, number: signal.Signals) -> None:
        """A signal to all of it."""
        if self._process is not None:
            os.killpg(self._process.pid, number)

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]

    def words(self) -> tuple[str, ...]:
        """What Python is told to run."""
        raise NotImplementedError

    def ready_line(self) -> str:
        """What its log has when it is up: a pattern."""
        raise NotImplementedError

    def _command(self) -> list[str]:
        return [str(self.site.python), *self.words()] if self._texts else self.site.command(*self.words())

    def _environment(self) -> dict[str, str]:
        own = {**self.site.environment, **(self._texts or {})}
        if self._texts:
            del own["KEYBATON_DIR"]
        if self._off:
            # Debian's `faketime` sets the same, but stays as a parent that hands on no signal.
            own |= {"LD_PRELOAD": faketime(), "FAKETIME": self._off, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        return own

    def _wait_until_it_is_up(self) -> None:
        self.found()

    def found(self) -> str:
        """What its log has said, that it is up."""
        end = time.monotonic() + PATIENCE
        while not (found := re.search(self.ready_line(), self._log.read_text(errors="replace"))):
            if self._process is None or self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{self.site.setup}: {self._name} did not start: {self.log()}")
            time.sleep(0.05)
        return found[1]


class Instance(Process):
    """One server, on a port that the kernel picks."""

    address = ""

    def words(self) -> tuple[str, ...]:
        return COMMANDS[self.site.setup.server]

    def ready_line(self) -> str:
        return r"(?:Listening at:|running on) http://([\d.:]+)"

    def wait_for_keys(self) -> None:
        """Waits until it has the keys that stand in the ring, which may change once more meanwhile."""
        end, good, last = time.monotonic() + PATIENCE, 0, ""
        while good < (IN_A_ROW if self.site.setup.server.workers > 1 else 1):
            keys = self.site.keys()
            good = (good if keys == last else 0) + 1 if self.get("/keys/") == keys else 0
            last = keys
            if time.monotonic() > end:
                raise AssertionError(f"{self.site.setup}: an instance does not take over the ring: {self.log()}")
            if not good:
                time.sleep(0.1)

    def get(self, path: str) -> str:
        """What stands on a page; its status where that is not 200."""
        try:
            with NO_PROXY.open(f"http://{self.address}{path}", timeout=PATIENCE) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            return str(error.code)

    def _wait_until_it_is_up(self) -> None:
        self.address = self.found()
        if not self._texts:
            self.wait_for_keys()


class Worker(Process):
    """Celery, with processes of its own that work off tasks."""

    def words(self) -> tuple[str, ...]:
        return CELERY

    def ready_line(self) -> str:
        return r"(ready)\."


def faketime() -> str:
    """The library that tells a process another time."""
    for place in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"):
        return str(place)
    raise ToolError("there is no libfaketime here: please install Debian's package faketime")


NO_PROXY = build_opener(ProxyHandler({}))
