"""A whole rotation under load, and what it did to the users."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from browsers import Crowd
from instances import Balancer, Instance
from project import Setup, Site, Way, Who

STEPS = ("stage", "promote", "retire")
# Nobody waits here until each step is safe: all instances have the ring before the next one.
AT_ONCE = ("--force", "--reason", "a test")
# Pages that each user opens before, after each instance has the new ring, and after each step.
PAGES = 2


@dataclass(frozen=True)
class Outcome:
    """What is to be 0, besides the requests."""

    setup: Setup
    users: int
    requests: int
    logged_out: int
    lost: int
    refused: int
    seconds: float

    @property
    def is_spotless(self) -> bool:
        return not self.logged_out + self.lost

    def wrong(self) -> Iterator[str]:
        """What is not as promised. A control that loses nothing is one that shows nothing."""
        if self.refused:
            yield f"{self.setup}: {self.refused} reset tokens and links of before the rotation were refused"
        if self.setup.who is Who.OURS and self.logged_out:
            yield f"{self.setup}: {self.logged_out} of {self.users} users were logged out"
        if self.setup.who is Who.OURS and self.lost:
            yield f"{self.setup}: {self.lost} session writes were lost"
        if self.setup.who is Who.STOCK and self.is_spotless:
            yield f"{self.setup}: the control lost neither users nor session writes"


def rotated(site: Site, users: int) -> Outcome:
    began = time.monotonic()
    with ExitStack() as stack:
        instances = [stack.enter_context(Instance(number, site)) for number in (1, 2)]
        balancer = Balancer()
        for instance in instances:
            balancer.add(instance)
        with Crowd(users, balancer) as crowd:
            crowd.open_pages(PAGES)
            refused = sum(walk(site, instances, balancer, crowd))
        browsers = crowd.browsers
        return Outcome(
            site.setup,
            users,
            sum(browser.requests for browser in browsers),
            sum(browser.logged_out > 0 for browser in browsers),
            sum(browser.lost() for browser in browsers),
            refused,
            time.monotonic() - began,
        )


def walk(site: Site, instances: list[Instance], balancer: Balancer, crowd: Crowd) -> Iterator[int]:
    """Takes each step; gives how many mails of before are refused after those in which they have to be good."""
    for step in STEPS:
        site.keybaton(step, *(() if step == "stage" else AT_ONCE))
        for instance in instances:
            hand_over(site.setup.way, instance, balancer)
            crowd.open_pages(PAGES)
        if step != "retire":
            yield sum(browser.refused() for browser in crowd.browsers)


def hand_over(way: Way, instance: Instance, balancer: Balancer) -> None:
    """Brings the ring to one instance; where it looks into a folder, that is to wait until it has looked."""
    if way is not Way.RESTART:
        return instance.wait_for_keys()
    balancer.drain(instance)
    instance.stop()
    instance.start()
    return balancer.add(instance)
