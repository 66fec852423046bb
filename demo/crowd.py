"""Twenty users with a browser each, who log in and then keep opening their page, which has several parts."""

from __future__ import annotations

import random
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from http.cookiejar import CookieJar
from threading import Condition, Thread
from urllib.error import HTTPError

from fleet import Balancer
from programs import DemoError
from project import PASSWORD, USERS

LOGIN = "/admin/login/"
# A page asks for its parts at once, as browsers do; each part needs the user.
PARTS = 6
PAUSE = (0.1, 0.5)
PATIENCE = 60.0
# Where the login page sends a browser on whose cookie has been replaced meanwhile, by the answer to a parallel request.
INDEX = "/admin/"
# Django's answer where a parallel request has deleted the session.
SESSION_DELETED = 400


class Browser:
    """Keeps one user's cookies; a request takes those of the moment it is sent, answers set them as they arrive."""

    def __init__(self, user: str) -> None:
        self.user = user
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(CookieJar()),
        )

    def log_in(self, balancer: Balancer) -> None:
        """Fill in the login form and send it, as its hidden fields ask."""
        _, form = self._send(balancer, LOGIN)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        if token is None:
            raise DemoError("the login page has no CSRF token")
        fields = {
            "username": self.user,
            "password": PASSWORD,
            "csrfmiddlewaretoken": token[1],
            "next": "/me/",
        }
        self._send(balancer, LOGIN, urllib.parse.urlencode(fields).encode())
        if not self.is_known(balancer):
            raise DemoError(f"{self.user} could not log in")

    def opens_page(self, balancer: Balancer, pool: ThreadPoolExecutor) -> bool:
        """Ask for all parts of a page at once; False when the login page comes for one of them."""
        return all(list(pool.map(self.is_known, [balancer] * PARTS)))

    def is_known(self, balancer: Balancer) -> bool:
        """Ask for the user's own page; False when the login page comes instead, or that the session was deleted."""
        try:
            path, page = self._send(balancer, "/me/")
        except HTTPError as error:
            if error.code != SESSION_DELETED:
                raise
            return False
        if path in (LOGIN, INDEX):
            return False
        if page != self.user:
            raise DemoError(f"{self.user} was shown the page of {page!r}")
        return True

    def _send(self, balancer: Balancer, path: str, form: bytes | None = None) -> tuple[str, str]:
        with balancer.next() as address, self._opener.open(address + path, form, PATIENCE) as answer:
            return urllib.parse.urlsplit(answer.url).path, answer.read().decode()


class Crowd:
    """The users, each in a thread of its own, and what has happened to them."""

    def __init__(self, balancer: Balancer) -> None:
        self.requests = dict.fromkeys(USERS, 0)
        self.logged_out: set[str] = set()
        self.out_now: set[str] = set()
        self._balancer = balancer
        self._news = Condition()
        self._failure: Exception | None = None
        self._leaving = False
        self._threads = [Thread(target=self._visit, args=[user]) for user in USERS]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving = True
        for thread in self._threads:
            thread.join()

    def everyone_asks(self, times: int, tell: Callable[[str], None]) -> None:
        """Wait until each user has opened so many pages from now on."""
        with self._news:
            goal = {user: asked + times * PARTS for user, asked in self.requests.items()}
        deadline = time.monotonic() + PATIENCE
        while not self._reached(goal):
            if time.monotonic() > deadline:
                raise DemoError(f"not every user was answered within {PATIENCE:.0f} s")
            tell(self.summary())

    def summary(self) -> str:
        total = sum(self.requests.values())
        return f"{total} requests, {len(self.logged_out)} of {len(USERS)} logged out"

    def _reached(self, goal: dict[str, int]) -> bool:
        with self._news:
            self._news.wait(0.2)
            if self._failure:
                raise self._failure
            return all(self.requests[user] >= goal[user] for user in USERS)

    def _visit(self, user: str) -> None:
        try:
            browser = Browser(user)
            browser.log_in(self._balancer)
            with ThreadPoolExecutor(PARTS) as pool:
                while not self._leaving:
                    self._note(user, browser.opens_page(self._balancer, pool))
                    time.sleep(random.uniform(*PAUSE))  # noqa: S311, no secret
        except (DemoError, OSError, HTTPException) as error:
            with self._news:
                self._failure = error
                self._news.notify_all()

    def _note(self, user: str, known: bool) -> None:
        with self._news:
            self.requests[user] += PARTS
            if known:
                self.out_now.discard(user)
            else:
                self.logged_out.add(user)
                self.out_now.add(user)
            self._news.notify_all()
