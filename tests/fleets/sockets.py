"""A WebSocket that opens after a promotion: who is connected, and whether the session is still there."""

from __future__ import annotations

import subprocess

from browsers import Browser, Straight
from outcome import Outcome
from processes import Instance
from project import Site


def greeted(site: Site) -> Outcome:
    """Channels' own stack ends the session, for the pages too."""
    with Instance("instance", site) as instance:
        browser = Browser("user0", Straight(instance.address))
        browser.sign_in()
        before = greeting(site, instance, browser)
        for step in ("stage", "promote"):
            site.keybaton(step, *(() if step == "stage" else ("--force", "--reason", "a test")))
            instance.wait_for_keys()
        after, page = greeting(site, instance, browser), browser.who()
        outcome = Outcome(users=1, requests=browser.requests + 2, logged_out=int(page != browser.user))
        kept = browser.user if site.setup.is_ours else ""
        outcome.expect(
            "a WebSocket greets before and after, and then a page", (before, after, page), ("user0", kept, kept)
        )
        return outcome


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
