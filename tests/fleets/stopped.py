"""An instance that is stopped in the middle of a request, longer than the lease, while the ring goes on."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor

from browsers import Browser, Straight
from fleet import Fleet, instances
from outcome import Outcome
from project import Site, Way

PATIENCE = 60.0
# The lease is 60 s, and the last beat may have been 15 s before the stop: this is longer than both.
STOPPED = 62.0


def stopped(site: Site) -> Outcome:
    """The rotation gives it up for gone, as an operator does; then it comes back, and asks for the user."""
    fleet = Fleet(site, instances(site, 2))
    with fleet, ThreadPoolExecutor(1) as pool:
        frozen, awake = fleet.instances
        browser = Browser("user0", Straight(awake.address))
        browser.sign_in()
        late = Browser("user0", Straight(frozen.address), cookies=browser.cookies)
        answer = pool.submit(late.ask, "/slow/")
        wait_until_begun(site)
        frozen.send(signal.SIGSTOP)
        began = time.monotonic()
        rotate_without(fleet, browser)
        time.sleep(max(0.0, STOPPED - (time.monotonic() - began)))
        (site.folder / "go").touch()
        frozen.send(signal.SIGCONT)
        return judged(site, browser, answer.result())


def wait_until_begun(site: Site) -> None:
    end = time.monotonic() + PATIENCE
    while not (site.folder / "begun").exists():
        if time.monotonic() > end:
            raise AssertionError(f"{site.setup}: the request does not begin")
        time.sleep(0.05)


def rotate_without(fleet: Fleet, browser: Browser) -> None:
    """All steps, with all instances but the first; the user opens a page after each."""
    _, awake = fleet.instances
    for step in ("stage", "promote", "retire"):
        fleet.write(step)
        fleet.hand_over(awake)
        browser.turns = Straight(awake.address)  # started again it has another
        if browser.who() != browser.user:
            raise AssertionError(f"{fleet.site.setup}: the user is out before the instance comes back")
        if fleet.site.setup.is_ours:
            fleet.raise_floor()


def judged(site: Site, browser: Browser, answer: tuple[int, str]) -> Outcome:
    outcome = Outcome(users=1, requests=browser.requests + 1)
    outcome.logged_out = int(browser.who() != browser.user)
    outcome.turned_away = int(answer[0] == 503)
    if site.setup.is_ours and site.setup.way is Way.RESTART:
        outcome.expect("the request is refused", answer[0], 503)
    elif site.setup.is_ours:
        outcome.expect("the request is answered", answer, (200, browser.user))
    return outcome
