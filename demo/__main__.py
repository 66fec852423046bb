"""Show what a change of SECRET_KEY does to the users of a running Django site.

`python3 demo` runs it, `python3 demo --check` also fails when it came out otherwise
than promised: the documented rollout logs users out, and keybaton with its app nobody.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from installs import toolbox
from programs import DemoError, Tools
from rollouts import Outcome, documented, measure, three_phases, three_phases_with_the_app
from screen import Screen


def main() -> int:
    options = parse_arguments()
    screen = Screen()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, interrupt)
    try:
        outcomes = compare(options, screen)
    except (DemoError, OSError, HTTPException) as error:
        screen.close()
        print(f"error: {error}", file=sys.stderr)
        print("hint: `python3 demo --keep` leaves the projects and their logs to look at", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        screen.close()
        print("interrupted; everything the demo started is ended", file=sys.stderr)
        return 130
    report(outcomes, screen)
    if options.check:
        return verdict(outcomes, screen)
    screen.title(TRY_NEXT)
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 demo", description=__doc__)
    parser.add_argument(
        "--check",
        action="store_true",
        help="fail unless the rollouts came out as promised",
    )
    parser.add_argument("--keep", action="store_true", help="keep the projects and their logs")
    parser.add_argument("--wheel", type=Path, help="install this wheel, not one of the checkout")
    return parser.parse_args()


def interrupt(_signal: int, _frame: object) -> None:
    """Stop at once, and let nothing stop the cleaning up."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def compare(options: argparse.Namespace, screen: Screen) -> list[Outcome]:
    screen.title("What the demo needs")
    with toolbox(screen, CHECKOUT, options.wheel) as tools, workplace(options.keep, screen) as folder:
        return [each_rollout(number, folder, tools, screen) for number in range(len(ROLLOUTS))]


def each_rollout(number: int, folder: Path, tools: Tools, screen: Screen) -> Outcome:
    name, rollout = ROLLOUTS[number]
    screen.title(f"A new SECRET_KEY by {name}")
    return measure(rollout, folder / f"rollout-{number + 1}", tools, screen)


@contextmanager
def workplace(keep: bool, screen: Screen) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="keybaton-demo-"))
    try:
        yield folder
    finally:
        if keep:
            screen.step(f"the projects and their logs are kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def report(outcomes: list[Outcome], screen: Screen) -> None:
    screen.title("What it did to the users")
    rows = [
        (name, *map(str, (done.users, done.requests, done.logged_out, done.still_out)))
        for (name, _), done in zip(ROLLOUTS, outcomes, strict=True)
    ]
    screen.table([("", "users", "requests", "logged out", "still out at the end"), *rows])
    screen.step("(logged out: asked for their own page, and got the login form, or that the session is gone)")


def verdict(outcomes: list[Outcome], screen: Screen) -> int:
    documented, _, with_the_app = outcomes
    failures = [
        text
        for text, failed in (
            ("the documented rollout logged nobody out", not documented.logged_out),
            ("keybaton with its app logged users out", with_the_app.logged_out),
        )
        if failed
    ]
    for text in failures:
        print(f"error: {text}", file=sys.stderr)
    if not failures:
        screen.step("as promised: the first logged users out, the last nobody")
    return 1 if failures else 0


ROLLOUTS = (
    ("the rollout that Django documents", documented),
    ("keybaton in three phases, behind Django's middleware", three_phases),
    ("keybaton in three phases, with its app", three_phases_with_the_app),
)

CHECKOUT = Path(__file__).resolve().parent.parent

TRY_NEXT = f"""\
To try next, in a Django project of your own:
  pip install {CHECKOUT}
  keybaton init            a key in .env, and settings that read it
  keybaton check           is the key of this project handled well?
  keybaton rotate          the plan, then the next safe step
  keybaton status          which phase, and what the next step waits for"""

if __name__ == "__main__":
    sys.exit(main())
