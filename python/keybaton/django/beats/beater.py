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
from .lease import EVERY, LEASE, Clocks, Lease, clocks
from .report import Report, Standing, report

logger = logging.getLogger("keybaton.django")
# How long a process refuses all before it asks again: the last one that served from the floor may have stopped.
RETRY = 1.0
# How long a request waits for a beat, whatever holds that up.
WAIT = 5.0


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
    """The beats of one process. Made when first needed: before that gevent may have to replace what locks are.

    They come from a thread of its own. Where threads do not go on between requests, it ends with each beat.
    """

    def __init__(self) -> None:
        self.heard = Report()
        self.process: Process | None = None
        self._turn = threading.Condition()
        self._lease, self._pause = Lease(), Lease()
        self._generation = -1
        self._has_rows = self._is_away = self._is_over = self._is_wanted = self._goes_on = False
        self._answered = 0.0
        self._thread: threading.Thread | None = None

    def is_due(self) -> bool:
        now = clocks()
        if self._is_over or (self._is_away and not self._pause.is_over(now, EVERY)):
            return False
        every = LEASE if self._goes_on else EVERY
        if self.heard.standing is Standing.BELOW and fence() == "strict":
            every = RETRY
        return self._generation != _load.generation() or self._lease.is_over(now, every)

    def check(self, role: str) -> Standing:
        with self._turn:
            self.process = self.process or Process(role)
            if self.is_due():
                self._ask(clocks())
        return self.heard.standing

    def stop(self) -> None:
        with self._turn:
            self._is_over = True
            self._turn.notify_all()
            thread = self._thread
        if thread:
            thread.join(WAIT)
        if self.process and self._has_rows and not (thread and thread.is_alive()):
            self._has_rows = False
            _remove(self.process)

    def _ask(self, at: Clocks) -> None:
        """Has the thread beat, and waits: but a pooler may hold a query back for minutes."""
        self._is_wanted = True
        self._turn.notify_all()
        try:
            self._start()
        except RuntimeError as error:  # there are too many threads, or the process is about to end
            self._stay_away(error)
        if not self._turn.wait_for(lambda: self._answered >= at.boot or not self.is_due(), WAIT):
            self._stay_away(TimeoutError())

    def _start(self) -> None:
        if self._thread and self._thread.is_alive():
            return
        self._goes_on = threads.run()
        thread = threading.Thread(target=self._go_on, name="keybaton-beats", daemon=True)
        thread.start()
        self._thread = thread

    def _go_on(self) -> None:
        while self._is_next():
            at = clocks()
            if not is_off():
                self._beat(at)
            with self._turn:
                self._answered = at.boot
                self._turn.notify_all()

    def _is_next(self) -> bool:
        """Whether this thread has another beat to make, when it is time for it."""
        with self._turn:
            if self._goes_on and not self._is_wanted:
                pause = EVERY * random.uniform(0.8, 1.0)  # noqa: S311, it only spreads the load
                self._turn.wait_for(lambda: self._is_wanted or self._is_over, pause)
            is_next = not self._is_over and (self._is_wanted or self._goes_on)
            self._is_wanted = False
            if not is_next:
                self._thread = None
            return is_next

    def _beat(self, at: Clocks) -> None:
        self._pause.begin(at)
        try:
            follow()
            generation, uses = _load.generation(), effective.uses()
            self._has_rows |= bool(uses)
            heard = report(self.process, uses, self.heard) if self.process and uses else Report()
        except Exception as error:  # noqa: BLE001, no error here may become one of the site
            self._stay_away(error)
            return
        _tell(self.heard, heard, uses)
        # Last of all the lease: whoever finds it good goes by what was heard.
        self.heard, self._is_away = heard, False
        self._generation = generation
        self._lease.begin(at)

    def _stay_away(self, error: Exception) -> None:
        if not self._is_away:
            logger.warning(
                "this process cannot report its keys (%s), and serves on: is the database there, has"
                " `manage.py migrate keybaton` been run, may this user write into keybaton_beat?",
                type(error).__name__,
            )
        self._pause.begin(clocks())
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
