"""Browsers that send several requests of one user at once, as pages with many parts do."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from threading import Event, Lock, Thread
from typing import Any, Protocol
from urllib.parse import urlencode

AT_ONCE = 6
JITTER = 0.06
PAUSE = (0.4, 1.2)
PATIENCE = 180.0
# So many instances are asked at most where one says that it cannot serve.
TRIES = 4


class Turns(Protocol):
    def next(self) -> AbstractContextManager[str]:
        """The address for one request."""


@dataclass(frozen=True)
class Mail:
    """What was handed out once: a reset token, a link, a signed cookie."""

    tokens: dict[str, str]
    cookie: str


@dataclass
class Browser:
    """One user's. A request takes the cookies of the moment it is sent; answers set them in the order they come."""

    user: str
    turns: Turns
    has_worker: bool = False
    cookies: dict[str, str] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    requests: int = 0
    turned_away: int = 0
    logged_out: int = 0
    refused: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def sign_in(self) -> None:
        self.get(f"/sign-in/?name={self.user}")
        self.take_mail()

    def get(self, path: str, **other: str) -> str:
        """What stands on a page; nothing where Django answers that the session's row was deleted meanwhile."""
        status, text = self.ask(path, **other)
        if status not in (200, 400):
            raise AssertionError(f"{path} is answered with {status}: {text[:300]}")
        return text if status == 200 else ""

    def ask(self, path: str, **other: str) -> tuple[int, str]:
        """As a balancer does it: where an instance says to try again, another one is asked."""
        for _ in range(TRIES):
            with self._lock:
                jar = {**self.cookies, **other}
            cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
            with self.turns.next() as address:
                status, text, set_ = fetched(address, path, cookie)
            with self._lock:
                self.requests += 1
                self._take(set_)
                self.turned_away += status == 503
            if status != 503:
                break
        return status, text

    def open_page(self, pool: ThreadPoolExecutor) -> None:
        """A page in parts: one stores something in the session, one hands mail out, one brings former mail back."""
        parts: list[Callable[[], str]] = [self.put, self.take_mail, self.bring_mail, *[self.who] * (AT_ONCE - 3)]
        if self.has_worker:
            parts[-1] = self.work
        random.shuffle(parts)
        answers = list(pool.map(self._later, parts))
        self.logged_out += any(answer != self.user for answer in answers)

    def who(self) -> str:
        return self.get("/me/")

    def put(self) -> str:
        key = f"k{time.monotonic_ns()}"
        user = self.get(f"/put/?key={key}")
        if user == self.user:
            self.written.append(key)
        return user

    def take_mail(self) -> str:
        answer = self._json(f"/mail/?name={self.user}")
        if answer:
            self.mails.append(Mail(answer["mails"], self.cookies.get("seen", "")))
        return str(answer.get("user", ""))

    def bring_mail(self) -> str:
        """One of those that came before: it has to be good with every instance."""
        return self.bring(random.choice(self.mails))

    def bring(self, mail: Mail) -> str:
        answer = self._json(f"/accepts/?{urlencode({'name': self.user, **mail.tokens})}", seen=mail.cookie)
        self.refused += answer.get("refused", [])
        return str(answer.get("user", ""))

    def work(self) -> str:
        answer = self._json("/task/")
        self.refused += answer.get("refused", [])
        return str(answer.get("user", ""))

    def bring_first_and_last(self) -> None:
        """What came before the rotation, and what came last."""
        for mail in (self.mails[0], self.mails[-1]):
            self.bring(mail)

    def lost(self) -> int:
        """How many of the things that it stored are in the session no more."""
        there = set(self.get("/stored/").split())
        return len([key for key in self.written if key not in there])

    def _json(self, path: str, **other: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.get(path, **other) or "{}")
        return told

    def _later(self, part: Callable[[], str]) -> str:
        time.sleep(random.uniform(0, JITTER))
        return part()

    def _take(self, set_: list[str]) -> None:
        for line in set_:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value and str(morsel["max-age"]) != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)


@dataclass(frozen=True)
class Straight:
    """Always the same address: no balancer."""

    address: str

    def next(self) -> nullcontext[str]:
        return nullcontext(self.address)


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

    def __init__(self, users: int, turns: Turns, *, has_worker: bool = False) -> None:
        self.browsers = [Browser(f"user{number}", turns, has_worker) for number in range(users)]
        self._errors: list[Exception] = []
        self._leave = Event()
        self._threads = [Thread(target=self._visit, args=[browser]) for browser in self.browsers]

    def __enter__(self) -> Crowd:
        for browser in self.browsers:
            browser.sign_in()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._leave.set()
        for thread in self._threads:
            thread.join()
        if kind is None:
            self.raise_errors()

    def open_pages(self, each: int) -> None:
        """Waits until every user has opened so many pages from now on."""
        goals = [(browser, browser.requests + each * AT_ONCE) for browser in self.browsers]
        end = time.monotonic() + PATIENCE
        while any(browser.requests < goal for browser, goal in goals):
            self.raise_errors()
            if time.monotonic() > end:
                raise AssertionError(f"not every user was answered within {PATIENCE:.0f} s")
            time.sleep(0.05)

    def forget_mails(self) -> None:
        """What was handed out until now may be refused from now on."""
        for browser in self.browsers:
            count = len(browser.mails)
            browser.take_mail()
            del browser.mails[:count]
        self.open_pages(2)

    def raise_errors(self) -> None:
        if self._errors:
            raise self._errors[0]

    def _visit(self, browser: Browser) -> None:
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                while not self._leave.is_set():
                    browser.open_page(pool)
                    time.sleep(random.uniform(*PAUSE))
        except Exception as error:  # noqa: BLE001
            self._errors.append(error)
