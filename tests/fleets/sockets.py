"""A WebSocket that opens after a promotion: who is connected, and whether the session is still there."""

from __future__ import annotations

import subprocess
from contextlib import nullcontext
from dataclasses import dataclass

from browsers import Browser
from instances import UVICORN, Instance
from project import Site


@dataclass(frozen=True)
class OneInstance:
    """No balancer: there is one."""

    instance: Instance

    def next(self) -> nullcontext[str]:
        return nullcontext(self.instance.address)


@dataclass(frozen=True)
class Greeted:
    """Whom the WebSocket greets before and after the promotion, and whom a page then."""

    before: str
    after: str
    page: str


def greeted(site: Site) -> Greeted:
    with Instance(1, site, UVICORN) as instance:
        browser = Browser("user0", OneInstance(instance))
        browser.sign_in()
        before = greeting(site, instance, browser)
        for step in ("stage", "promote"):
            site.keybaton(step, *(() if step == "stage" else ("--force", "--reason", "a test")))
            instance.wait_for_keys()
        return Greeted(before, greeting(site, instance, browser), browser.get("/me/"))


def greeting(site: Site, instance: Instance, browser: Browser) -> str:
    """What a WebSocket with the browser's cookies says first."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    words = [str(site.python), "-c", CLIENT, f"ws://{instance.address}/", cookie]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{site.setup}: the WebSocket: {done.stderr[-2000:]}{instance.log()}")
    return done.stdout.strip()


CLIENT = """
import sys
from websockets.sync.client import connect
with connect(sys.argv[1], additional_headers={"Cookie": sys.argv[2]}, proxy=None) as socket:
    print(socket.recv(timeout=30))
"""
