"""Which scenes are played: one list, from which the table is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from away import away
from clock import ahead, behind
from game_days import (
    app_rolled_back,
    database_restored,
    dump_in_staging,
    release_rolled_back,
    store_rolled_back,
    tables_locked,
)
from late import late
from outcome import Outcome
from project import Place, Server, Setup, Site, Way, Who
from rotation import rotated, rotated_with_a_worker
from sockets import greeted
from stopped import stopped

Play = Callable[[Site], Outcome]
ENGINES = ("db", "cached_db", "cache", "file", "signed_cookies")


@dataclass(frozen=True)
class Scene:
    scenario: str
    setup: Setup
    play: Play
    # Whether stock Django has to lose something here.
    has_control: bool = True
    # Most of the time nothing happens.
    waits: bool = False

    def __str__(self) -> str:
        setup = self.setup
        return f"Django {setup.django}, {setup.sessions}, {self.scenario}, {setup.who.value}"


def scenes(djangos: Sequence[str], *, is_quick: bool) -> list[Scene]:
    """Every engine with every Django, unless quick; what depends on neither, with the newest."""
    newest = djangos[-1]
    found = [scene for django in ([newest] if is_quick else djangos) for scene in sockets(django)]
    found += [] if is_quick else [scene for django in djangos for scene in engines(django)]
    found += in_company(newest)
    found += hard_cases(newest)
    for fence in ("strict",) if is_quick else ("strict", "warn"):
        found += other_days(newest, fence)
    return [*found, *clocks(newest)]


def sockets(django: str) -> Iterator[Scene]:
    for who in Who:
        setup = Setup(django, "db", Way.RELOAD, who, server=Server.UVICORN)
        yield Scene("a WebSocket after the promotion", setup, greeted)


def engines(django: str) -> Iterator[Scene]:
    for engine, way, who in product(ENGINES, (Way.RESTART, Way.RELOAD), Who):
        yield rotation(Setup(django, engine, way, who))


def in_company(django: str) -> Iterator[Scene]:
    """Every engine, server and way once, in other company each time."""
    for who in Who:
        yield with_a_worker(Setup(django, "cached_db", Way.RELOAD, who))
        yield rotation(Setup(django, "db", Way.RELOAD, who, server=Server.SYNC))
        yield rotation(Setup(django, "cache", Way.RELOAD, who, server=Server.GEVENT))
        yield rotation(Setup(django, "file", Way.RESTART, who, server=Server.PRELOAD))
        yield rotation(Setup(django, "signed_cookies", Way.RESTART, who, server=Server.UVICORN))
        yield rotation(Setup(django, "db", Way.WATCH, who, Place.FILES))


def hard_cases(django: str) -> Iterator[Scene]:
    for way, who in ((Way.RESTART, Who.STOCK), (Way.RESTART, Who.OURS), (Way.RELOAD, Who.OURS)):
        setup = Setup(django, "db", way, who, fence="strict")
        yield Scene(f"stopped for longer than the lease, {way.value}", setup, stopped, waits=True)
    for who in Who:
        setup = Setup(django, "db", Way.RELOAD, who, fence="strict")
        yield Scene("the database is away for a minute", setup, away, has_control=False, waits=True)
    for who, fence in ((Who.STOCK, "warn"), (Who.OURS, "warn"), (Who.OURS, "strict")):
        said = f", {fence}" if who is Who.OURS else ""
        setup = Setup(django, "db", Way.RELOAD, who, fence=fence)
        yield Scene(f"started late with the old ring{said}", setup, late)


def clocks(django: str) -> Iterator[Scene]:
    """Under libfaketime time.sleep() fails, which gunicorn needs."""
    for engine, play in (("db", ahead), ("signed_cookies", behind)):
        setup = Setup(django, engine, Way.RELOAD, Who.OURS, server=Server.UVICORN, fence="strict")
        yield Scene(f"a clock ten minutes {play.__name__}", setup, play, has_control=False)


def other_days(django: str, fence: str) -> Iterator[Scene]:
    """Stock Django loses nobody here either: what is looked for is that the app makes nothing worse."""
    reload, restart = (Setup(django, "db", way, Who.OURS, fence=fence) for way in (Way.RELOAD, Way.RESTART))
    for scenario, setup, play in (
        ("the database restored from before", reload, database_restored),
        ("the store rolled back", reload, store_rolled_back),
        ("the release rolled back", restart, release_rolled_back),
        ("a release without the app", restart, app_rolled_back),
        ("a production dump in staging", reload, dump_in_staging),
        ("the tables locked for longer than the lease", reload, tables_locked),
    ):
        yield Scene(f"{scenario}, {fence}", setup, play, has_control=False, waits=True)


def rotation(setup: Setup) -> Scene:
    return Scene(f"{setup.way.value}, {setup.server.value}", setup, rotated)


def with_a_worker(setup: Setup) -> Scene:
    return Scene(f"{setup.way.value}, {setup.server.value}, Celery", setup, rotated_with_a_worker)
