"""Browsers that send several requests of one user at once, as pages with many parts do."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from threading import Event, Lock, Thread

AT_ONCE = 6
JITTER = 0.06
PAUSE = (0.05, 0.3)


@dataclass
class Browser:
    """One user's browser: what a cookie is when a request is sent goes with it, and answers set it in the order they come."""

    user: str
    choose: Callable[[], str]
    cookies: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    written: list[str] = field(default_factory=list)
    logged_out: int = 0
    _lock: Lock = field(default_factory=Lock)

    def get(self, path: str) -> str:
        with self._lock:
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = HTTPConnection(self.choose(), timeout=60)
        try:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            text = answer.read().decode()
            with self._lock:
                self._take(answer.headers.get_all("Set-Cookie") or [])
                self.requests += 1
            if answer.status == 400:
                return "interrupted: the session's row was deleted meanwhile"
            if answer.status != 200:
                raise AssertionError(f"{path} is answered with {answer.status}: {text[:300]}")
            return text
        finally:
            connection.close()

    def _take(self, set_: list[str]) -> None:
        for line in set_:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value and morsel["max-age"] != "0" and morsel["max-age"] != 0:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)

    def open_page(self, pool: ThreadPoolExecutor) -> None:
        """A page in parts: one of them stores something in the session."""
        key = f"k{len(self.written)}"
        paths = ["/me/"] * AT_ONCE
        paths[random.randrange(AT_ONCE)] = f"/put/?key={key}"  # noqa: S311
        answers = list(pool.map(self._later, paths))
        self.logged_out += any(answer != self.user for answer in answers)
        if answers[paths.index(f"/put/?key={key}")] == self.user:
            self.written.append(key)

    def _later(self, path: str) -> str:
        time.sleep(random.uniform(0, JITTER))  # noqa: S311
        return self.get(path)

    def lost(self) -> int:
        """How many of its writes are in the session no more."""
        there = set(self.get("/stored/").split())
        return len([key for key in self.written if key not in there])


class Crowd:
    """Users who keep opening pages."""

    def __init__(self, users: int, choose: Callable[[], str]) -> None:
        self.browsers = [Browser(f"user{number}", choose) for number in range(users)]
        self.errors: list[BaseException] = []
        self._leave = Event()
        self._threads = [Thread(target=self._visit, args=[browser]) for browser in self.browsers]

    def __enter__(self) -> Crowd:
        for browser in self.browsers:
            browser.get(f"/sign-in/?name={browser.user}")
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        for thread in self._threads:
            thread.join()

    def pages(self, each: int) -> None:
        """Waits until every user has opened so many pages from now on."""
        goals = [(browser, browser.requests + each * AT_ONCE) for browser in self.browsers]
        while any(browser.requests < goal for browser, goal in goals):
            if self.errors:
                raise self.errors[0]
            time.sleep(0.05)

    def _visit(self, browser: Browser) -> None:
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                while not self._leave.is_set():
                    browser.open_page(pool)
                    time.sleep(random.uniform(*PAUSE))  # noqa: S311
        except BaseException as error:  # noqa: BLE001
            self.errors.append(error)
