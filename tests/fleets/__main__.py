"""Fleets of real processes under load from browsers that send six requests at once, through a whole rotation.

    python3 tests/fleets                 every Django, every session engine
    python3 tests/fleets --quick         the newest Django of this machine
    python3 tests/fleets --only file     the scenes whose name has this in it

Each scene is played with Django's own middleware too, which loses users or what they stored: so it is seen that the
load is heavy enough to lose some. With keybaton's nobody may be logged out, and no session write and no token be lost.
Besides, a WebSocket opens after a promotion, behind Channels' own stack and behind keybaton's.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT / "tools"), str(CHECKOUT / "python" / "tests")]

from cache import ToolError  # noqa: E402
from environments import DJANGOS, environments, inside  # noqa: E402
from project import Setup, Site, Way, Who  # noqa: E402
from rotation import Outcome, rotated  # noqa: E402
from sockets import Greeted, greeted  # noqa: E402

ENGINES = ("db", "cached_db", "cache", "file", "signed_cookies")
USERS = 6
# More than there are processors: browsers pause between pages, and servers start.
AT_ONCE = 2 * (os.cpu_count() or 1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="fleets", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one Django, the newest that this machine can run")
    parser.add_argument("--only", default="", help="scenes whose name has this in it")
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--program", type=Path, default=program())
    return try_all(parser.parse_args())


def program() -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve() / "debug" / "keybaton"


def try_all(chosen: argparse.Namespace) -> int:
    found = environments()
    djangos = [django for django in DJANGOS if django in found][-1 if chosen.quick else 0 :]
    pythons = {django: inside(django, found[django]) for django in djangos}
    scenes = [Setup(*words) for words in product(djangos, ENGINES, (Way.RESTART, Way.RELOAD), Who)]
    # Whoever fills the folder: what an engine does with a new key is the same.
    scenes += [Setup(django, "db", Way.WATCH, who) for django, who in product(djangos, Who)]
    sockets = [Setup(django, "db", Way.RELOAD, who) for django, who in product(djangos, Who)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sites = partial(played, chosen, pythons)
        outcomes = list(pool.map(sites, [setup for setup in scenes if chosen.only in str(setup)]))
        greetings = list(pool.map(partial(connected, chosen, pythons), sockets)) if not chosen.only else []
    print(table(outcomes))
    failures = [failure for outcome in outcomes if (failure := "; ".join(outcome.wrong()))]
    failures += [failure for failure in greetings if failure]
    for failure in failures:
        print(f"error: {failure}")
    print(f"{len(outcomes) + len(greetings) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not outcomes else 0


def played(chosen: argparse.Namespace, pythons: dict[str, Path], setup: Setup) -> Outcome:
    """Once; a control that lost nobody once more, for what it loses is a matter of chance."""
    outcome = played_once(chosen, pythons, setup)
    return played_once(chosen, pythons, setup) if setup.who is Who.STOCK and outcome.is_spotless else outcome


def played_once(chosen: argparse.Namespace, pythons: dict[str, Path], setup: Setup) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="keybaton-fleet-") as folder:
        site = Site.made(Path(folder), pythons[setup.django], chosen.program, setup, chosen.users)
        outcome = rotated(site, chosen.users)
    print(f"{setup}: {outcome.requests} requests, {outcome.seconds:.0f} s", flush=True)
    return outcome


def connected(chosen: argparse.Namespace, pythons: dict[str, Path], setup: Setup) -> str:
    """What is not as promised behind WebSockets; nothing where all is well."""
    with tempfile.TemporaryDirectory(prefix="keybaton-fleet-") as folder:
        seen = greeted(Site.made(Path(folder), pythons[setup.django], chosen.program, setup, 1))
    expected = EXPECTED[setup.who]
    print(f"Django {setup.django}, a WebSocket after the promotion, {setup.who.value}: {seen}", flush=True)
    return "" if seen == expected else f"Django {setup.django}, {setup.who.value}: {seen}, expected {expected}"


def table(outcomes: Iterable[Outcome]) -> str:
    rows: list[tuple[str, ...]] = [
        ("Django", "sessions", "the ring comes by", "middleware", "requests", "logged out", "lost", "refused")
    ]
    for outcome in outcomes:
        setup, numbers = outcome.setup, (outcome.lost, outcome.refused)
        users = (str(outcome.requests), f"{outcome.logged_out} of {outcome.users}", *map(str, numbers))
        rows.append((setup.django, setup.engine, setup.way.value, setup.who.value, *users))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


# Channels' own stack ends the session, for the pages too.
EXPECTED = {Who.STOCK: Greeted("user0", "", ""), Who.OURS: Greeted("user0", "user0", "user0")}

if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolError as error:
        sys.exit(f"error: {error}")
