"""Users and a stranger who keep asking for pages, one after another, while something goes wrong."""

from __future__ import annotations

import time
from collections import Counter
from threading import Event, Thread

from browsers import Browser
from fleet import Fleet
from outcome import Outcome

PAUSE = 0.1
LONGEST = 5.0


class Watch:
    """Every answer that a balancer hands on is looked at."""

    def __init__(self, fleet: Fleet, browsers: list[Browser]) -> None:
        self._browsers = browsers
        self._stranger = Browser("", fleet.balancer)
        self._seen: Counter[str] = Counter()
        self._took: list[float] = []
        self._served = time.monotonic()
        self.without_pages = 0.0
        self._errors: list[Exception] = []
        self._leave = Event()
        self._thread = Thread(target=self._visit)

    def __enter__(self) -> Watch:
        self._served = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        self._thread.join()

    def go_on(self, seconds: float) -> None:
        time.sleep(seconds)

    def outcome(self, *, may_be_closed: float = 0.0) -> Outcome:
        """After it has left; for so many seconds in a row every answer may have been 503."""
        if self._errors:
            raise self._errors[0]
        everybody = [*self._browsers, self._stranger]
        outcome = Outcome(
            users=len(self._browsers),
            requests=sum(browser.requests for browser in everybody),
            turned_away=sum(browser.turned_away for browser in everybody),
            logged_out=sum(browser.who() != browser.user for browser in self._browsers),
        )
        if not 0 < self.without_pages <= may_be_closed:
            outcome.expect("answers that are no page", dict(self._seen), {})
        outcome.expect("pages that took longer", [took for took in self._took if took > LONGEST], [])
        return outcome

    def _visit(self) -> None:
        try:
            while not self._leave.wait(PAUSE):
                for browser in (self._stranger, *self._browsers):
                    self._ask(browser)
        except Exception as error:  # noqa: BLE001
            self._errors.append(error)

    def _ask(self, browser: Browser) -> None:
        for path in ("/public/",) if browser is self._stranger else ("/me/",):
            began = time.monotonic()
            status, text = browser.ask(path)
            self._took.append(time.monotonic() - began)
            if status == 200:
                self._served = time.monotonic()
                continue
            self._seen[f"{path} {status} {text[:80]!r}"] += 1
            self.without_pages = max(self.without_pages, time.monotonic() - self._served)
