"""Browsers that send several requests of one user at once, as pages with many parts do."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from threading import Event, Lock, Thread
from typing import Protocol
from urllib.parse import urlencode

AT_ONCE = 6
JITTER = 0.06
PAUSE = (0.05, 0.3)
PATIENCE = 90.0


class Turns(Protocol):
    def next(self) -> AbstractContextManager[str]:
        """The address for one request."""


@dataclass
class Browser:
    """One user's. A request takes the cookies of the moment it is sent; answers set them in the order they come."""

    user: str
    turns: Turns
    cookies: dict[str, str] = field(default_factory=dict)
    mails: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    logged_out: int = 0
    written: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def sign_in(self) -> None:
        self.mails = json.loads(self.get(f"/sign-in/?name={self.user}"))

    def get(self, path: str) -> str:
        """What stands on a page; nothing where Django answers that the session's row was deleted meanwhile."""
        with self._lock:
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with self.turns.next() as address:
            status, text, set_ = fetched(address, path, cookie)
        with self._lock:
            self.requests += 1
            self._take(set_)
        if status not in (200, 400):
            raise AssertionError(f"{path} is answered with {status}: {text[:300]}")
        return text if status == 200 else ""

    def open_page(self, pool: ThreadPoolExecutor) -> None:
        """A page in parts: one of them stores something in the session."""
        key = f"k{len(self.written)}"
        paths = ["/me/"] * AT_ONCE
        storing = random.randrange(AT_ONCE)
        paths[storing] = f"/put/?key={key}"
        answers = list(pool.map(self._get_later, paths))
        self.logged_out += any(answer != self.user for answer in answers)
        if answers[storing] == self.user:
            self.written.append(key)

    def lost(self) -> int:
        """How many of the things that it stored are in the session no more."""
        there = set(self.get("/stored/").split())
        return len([key for key in self.written if key not in there])

    def refused(self) -> int:
        """How many of its mails, of before the rotation, are no longer good."""
        good = self.get(f"/accepts/?{urlencode({'name': self.user, **self.mails})}").split()
        return len(self.mails.keys() - set(good))

    def _get_later(self, path: str) -> str:
        time.sleep(random.uniform(0, JITTER))
        return self.get(path)

    def _take(self, set_: list[str]) -> None:
        for line in set_:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value and str(morsel["max-age"]) != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)


def fetched(address: str, path: str, cookie: str) -> tuple[int, str, list[str]]:
    """The status, the text, and the cookies that are set."""
    connection = HTTPConnection(address, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get_all("Set-Cookie") or []
    finally:
        connection.close()


class Crowd:
    """Users who keep opening pages."""

    def __init__(self, users: int, turns: Turns) -> None:
        self.browsers = [Browser(f"user{number}", turns) for number in range(users)]
        self._errors: list[Exception] = []
        self._leave = Event()
        self._threads = [Thread(target=self._visit, args=[browser]) for browser in self.browsers]

    def __enter__(self) -> Crowd:
        for browser in self.browsers:
            browser.sign_in()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        for thread in self._threads:
            thread.join()

    def open_pages(self, each: int) -> None:
        """Waits until every user has opened so many pages from now on."""
        goals = [(browser, browser.requests + each * AT_ONCE) for browser in self.browsers]
        end = time.monotonic() + PATIENCE
        while any(browser.requests < goal for browser, goal in goals):
            if self._errors:
                raise self._errors[0]
            if time.monotonic() > end:
                raise AssertionError(f"not every user was answered within {PATIENCE:.0f} s")
            time.sleep(0.05)

    def _visit(self, browser: Browser) -> None:
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                while not self._leave.is_set():
                    browser.open_page(pool)
                    time.sleep(random.uniform(*PAUSE))
        except Exception as error:  # noqa: BLE001
            self._errors.append(error)
