"""A database that is away for a minute: the site serves what it serves without the app, and all comes back."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from browsers import Browser, fetched
from fleet import Fleet, instances
from outcome import Outcome
from project import Site, site

from postgres import cluster

AWAY = 60.0
COMES_BACK = 40.0
EVERY = 1.0
# What a page may take that needs no database: one of them waits for a connection, 3 s at most.
LONGEST = 5.0
# Django's own error page where it needs the database; never more than that.
EXPECTED = {"/public/": {200}, "/live/": {200}, "/ready/": {200}, "/me/": {500}}


def away(shared: Site) -> Outcome:
    with own_database(shared) as own:
        return taken_away(own)


@contextmanager
def own_database(shared: Site) -> Iterator[Site]:
    """The same site in a PostgreSQL that nobody else needs."""
    with cluster() as own, TemporaryDirectory(prefix="keybaton-fleet-") as folder:
        services = replace(shared.services, cluster=own, begun={}, folder=Path(folder))
        (place := Path(folder, "site")).mkdir()
        with site(place, shared.python, shared.program, shared.setup, services) as made:
            yield made


def taken_away(site: Site) -> Outcome:
    fleet = Fleet(site, instances(site, 2))
    with fleet:
        browsers = [Browser(f"user{number}", fleet.balancer) for number in range(3)]
        for browser in browsers:
            browser.sign_in()
        site.services.cluster.stop()
        seen, longest = visited(fleet, browsers[0])
        site.services.cluster.start()
        outcome = Outcome(users=len(browsers), requests=sum(map(len, seen.values())))
        outcome.expect("answers while the database is away", {path: set(seen[path]) for path in EXPECTED}, EXPECTED)
        outcome.expect("pages that took longer", [took for took in longest if took > LONGEST], [])
        outcome.logged_out = sum(browser.who() != browser.user for browser in browsers)
        if site.setup.is_ours:
            come_back(fleet)
    return outcome


def visited(fleet: Fleet, browser: Browser) -> tuple[dict[str, list[int]], list[float]]:
    """How each page was answered, and how long the public ones took; meanwhile one instance is started again."""
    seen: dict[str, list[int]] = defaultdict(list)
    longest: list[float] = []
    end = time.monotonic() + AWAY
    while time.monotonic() < end:
        for path in EXPECTED:
            began = time.monotonic()
            for instance in fleet.instances:
                cookie = f"sessionid={browser.cookies['sessionid']}"
                seen[path].append(fetched(instance.address, path, cookie)[0])
            longest += [time.monotonic() - began] if path != "/me/" else []
        if len(longest) == RESTARTED_AFTER:
            fleet.instances[1].stop()
            fleet.instances[1].start()
        time.sleep(EVERY)
    return seen, longest


def come_back(fleet: Fleet) -> None:
    """Every process reports again, without being asked for a page."""
    end = time.monotonic() + COMES_BACK
    while True:
        told = fleet.site.observed()
        beats = [beat for beat in told["beats"] if beat["seen"] > told["now"] - COMES_BACK]
        if len(beats) == len(fleet.instances):
            return
        if time.monotonic() > end:
            raise AssertionError(f"{fleet.site.setup}: the beats do not come back: {told}")
        time.sleep(2)


# In the middle: pages for everybody are three a round.
RESTARTED_AFTER = 60
