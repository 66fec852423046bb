"""What goes wrong on other days: the site has to keep serving, whatever the fence says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from browsers import Browser
from fleet import Fleet, instances
from outcome import Outcome
from processes import Instance
from project import RING_FILES, Site, Who, site
from watch import Watch

USERS = 4
# Longer than it takes until every process has beaten once more.
AFTERWARDS = 18.0
CLOSED = 6.0


def database_restored(site: Site) -> Outcome:
    """A dump of before the new key signed, with its sessions, beats and floors, is put back while all sign with it."""
    with staged_fleet(site) as (fleet, browsers):
        dump = dumped(site)
        fleet.take("promote")
        with Watch(fleet, browsers) as watch:
            watch.go_on(2)
            restore(site, dump)
            watch.go_on(AFTERWARDS)
        if site.setup.is_ours:
            fleet.wait_for_marks()
        return watch.outcome()


def store_rolled_back(site: Site) -> Outcome:
    """The folder of the ring as it was a step before; the floor stays where it is."""
    with staged_fleet(site) as (fleet, browsers):
        shutil.copytree(site.ring, site.folder / "backup")
        fleet.take("promote")
        with Watch(fleet, browsers) as watch:
            watch.go_on(2)
            for name in RING_FILES:
                shutil.copyfile(site.folder / "backup" / name, site.ring / name)
            watch.go_on(AFTERWARDS)
        for instance in fleet.instances:
            instance.wait_for_keys()
        return watch.outcome()


def release_rolled_back(site: Site) -> Outcome:
    """The environment of a step before, one instance after another, until nobody is left who serves from the floor."""
    with staged_fleet(site) as (fleet, browsers), ExitStack() as stack:
        before = site.texts()
        fleet.take("promote")
        with Watch(fleet, browsers) as watch:
            for number, instance in enumerate(fleet.instances):
                exchange(fleet, instance, stack, Instance(f"former-{number}", site, texts=before))
                watch.go_on(3)
            watch.go_on(AFTERWARDS)
        # While only one is left, below a floor that the other has served from a moment ago.
        return watch.outcome(may_be_closed=CLOSED if site.setup.fence == "strict" else 0.0)


def app_rolled_back(site: Site) -> Outcome:
    """A release without the app, in the middle of a rotation: plain settings, which Django goes on with."""
    stock = replace(site, setup=replace(site.setup, who=Who.STOCK))
    with staged_fleet(site) as (fleet, browsers), ExitStack() as stack:
        fleet.take("promote")
        with Watch(fleet, browsers) as watch:
            for number, instance in enumerate(fleet.instances):
                exchange(fleet, instance, stack, Instance(f"former-{number}", stock))
        return watch.outcome()


def dump_in_staging(site: Site) -> Outcome:
    """Sessions, beats and floors of another ring; its users have to sign in, and can."""
    with another_site(site) as production, staged_fleet(production) as (fleet, guests):
        fleet.take("promote")
        dump = dumped(production)
    staging = Fleet(site, instances(site, 2))
    with staging:
        for guest in guests:
            guest.turns = staging.balancer
        with Watch(staging, guests) as watch:
            restore(site, dump)
            watch.go_on(AFTERWARDS)
        for guest in guests:
            guest.sign_in()
        return watch.outcome()


def tables_locked(site: Site) -> Outcome:
    """Somebody holds the tables of the app for longer than the lease, as a restore may."""
    with staged_fleet(site) as (fleet, browsers):
        with Watch(fleet, browsers) as watch:
            site.services.cluster.client("psql", "--quiet", site.name, given=HELD)
            watch.go_on(AFTERWARDS)
        if site.setup.is_ours:
            fleet.wait_for_marks()
        return watch.outcome()


@contextmanager
def staged_fleet(site: Site) -> Iterator[tuple[Fleet, list[Browser]]]:
    """Two instances that have a new key and sign with the old one, and users who are signed in."""
    fleet = Fleet(site, instances(site, 2))
    with fleet:
        fleet.take("stage")
        browsers = [Browser(f"user{number}", fleet.balancer) for number in range(USERS)]
        for browser in browsers:
            browser.sign_in()
        yield fleet, browsers


@contextmanager
def another_site(like: Site) -> Iterator[Site]:
    """With a ring of its own."""
    with (
        TemporaryDirectory(prefix="keybaton-fleet-") as folder,
        site(Path(folder), like.python, like.program, like.setup, like.services) as made,
    ):
        yield made


def exchange(fleet: Fleet, instance: Instance, stack: ExitStack, other: Instance) -> None:
    """One goes, then another comes in its place."""
    fleet.balancer.drain(instance)
    instance.stop()
    fleet.balancer.add(stack.enter_context(other))


def dumped(site: Site) -> str:
    return site.services.cluster.client("pg_dump", "--clean", "--if-exists", site.name)


def restore(site: Site, dump: str) -> None:
    """In one transaction, so that nobody sees half of it."""
    site.services.cluster.client("psql", "--quiet", "--set=ON_ERROR_STOP=1", "-1", site.name, given=dump)


HELD = "BEGIN; LOCK TABLE keybaton_beat, keybaton_floor; SELECT pg_sleep(75); COMMIT;"
