"""When this process beats, and what it knows from that."""

import logging
import os
import random
import threading

from keybaton import _load
from keybaton._load import THROWAWAY
from keybaton.django._configuration import fence
from keybaton.django._reload import follow
from keybaton.django._throwaway import are_tests_running

from . import effective, table, threads
from .identity import Process
from .lease import EVERY, LEASE, Lease, clocks
from .report import Report, Standing, report

logger = logging.getLogger("keybaton.django")
# How long a process refuses all before it asks again: the last one that served from the floor may have stopped.
RETRY = 1.0


def check(role: str) -> Standing:
    """What this process knows, which is not older than the lease: where it is, it beats now."""
    return _ours().check(role) if is_due() else heard()


def heard() -> Standing:
    """What this process knows from its last beat."""
    return Standing.UNKNOWN if is_off() else _ours().heard.standing


def is_due() -> bool:
    """Whether the next check asks the database. Below the floor the ring is read again first, where it can be."""
    if is_off():
        return False
    beater = _ours()
    if beater.heard.below:
        follow()
    return beater.is_due()


def stop() -> None:
    """This process ends: its rows go."""
    _ours().stop()


def install() -> None:
    """The project has the app: without it there are no tables."""
    global _is_installed
    _is_installed = os.environ.get(THROWAWAY) != "1"


def is_off() -> bool:
    """Without the app, with a throw-away key, and while Django's tests run."""
    return not _is_installed or are_tests_running()


class Beater:
    """The beats of one process. Made when first needed: before that gevent may have to replace what locks are."""

    def __init__(self) -> None:
        self.heard = Report()
        self.process: Process | None = None
        self._lock = threading.Lock()
        self._lease, self._pause = Lease(), Lease()
        self._generation = -1
        self._has_rows = self._is_away = False
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def is_due(self) -> bool:
        now = clocks()
        if self._over.is_set() or (self._is_away and not self._pause.is_over(now, EVERY)):
            return False
        every = LEASE if self._thread else EVERY
        if self.heard.standing is Standing.BELOW and fence() == "strict":
            every = RETRY
        return self._generation != _load.generation() or self._lease.is_over(now, every)

    def check(self, role: str) -> Standing:
        with self._lock:
            self.process = self.process or Process(role)
            if self.is_due():
                self._beat(self.process)
            if self._thread is None and not self._over.is_set() and threads.run():
                self._thread = threading.Thread(target=self._go_on, name="keybaton-beats", daemon=True)
                self._thread.start()
        return self.heard.standing

    def stop(self) -> None:
        with self._lock:
            self._over.set()
            if self.process and self._has_rows:
                self._has_rows = False
                _remove(self.process)

    def _go_on(self) -> None:
        while not self._over.wait(EVERY * random.uniform(0.8, 1.0)):  # noqa: S311, it only spreads the load
            with self._lock:
                if self.process and not self._over.is_set() and not is_off():
                    self._beat(self.process)

    def _beat(self, process: Process) -> None:
        at = clocks()
        self._pause.begin(at)
        try:
            follow()
            generation, uses = _load.generation(), effective.uses()
            self._has_rows |= bool(uses)
            heard = report(process, uses, self.heard) if uses else Report()
        except Exception as error:  # noqa: BLE001, no error here may become one of the site
            self._stay_away(error)
            return
        self._lease.begin(at)
        self._generation, self._is_away = generation, False
        _tell(self.heard, heard, uses)
        self.heard = heard

    def _stay_away(self, error: Exception) -> None:
        if not self._is_away:
            logger.warning(
                "this process cannot report its keys (%s), and serves on: is the database there, has"
                " `manage.py migrate keybaton` been run, may this user write into keybaton_beat?",
                type(error).__name__,
            )
        self._is_away, self.heard = True, Report()


def _remove(process: Process) -> None:
    try:
        with table.connected() as alias:
            table.remove(alias, process)
    except Exception as error:  # noqa: BLE001, the row lapses by itself
        logger.info("the row of this process could not be removed (%s)", type(error).__name__)


def _tell(before: Report, heard: Report, uses: list[effective.Use]) -> None:
    for use in uses:
        if use.name in heard.below and (use.name not in before.below or heard.standing is not before.standing):
            logger.warning("revision %s of %s in this process is %s", use.ring.revision, use.name, heard.standing.value)


def _ours() -> Beater:
    """This process's own. It is told by its id, since not every server that forks lets Python know."""
    process = os.getpid()
    return _beaters.get(process) or _beaters.setdefault(process, Beater())


_is_installed = False
_beaters: dict[int, Beater] = {}
