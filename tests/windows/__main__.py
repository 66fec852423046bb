"""Build keybaton for Windows, and use it there as a user would: on Wine.

    make test-windows                        all of it
    python3 tests/windows --only "ctrl-c"    the cases of that name

What Wine does not show stands in docs/windows.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(CHECKOUT / "tools"))

import build  # noqa: E402
import root  # noqa: E402
from cache import ToolError, locked, say  # noqa: E402
from life import LIFE  # noqa: E402
from programs import PROGRAMS  # noqa: E402
from shop import DRIVE, HOME, Shop, opened  # noqa: E402
from trouble import TROUBLE  # noqa: E402

CASES: list[Callable[[Shop], None]] = [*LIFE, *PROGRAMS, *TROUBLE]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 tests/windows", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", metavar="TEXT", help="the cases with this in their name")
    parser.add_argument("--features", default="all", help="the features of the program, such as aws,vault")
    chosen = parser.parse_args()
    cases = [case for case in CASES if chosen.only in name_of(case)]
    with locked("windows"):
        folder = root.made()
        build.fetch(folder)
        with root.entered(folder, build.shared()) as inside:
            say("building the wheel for Windows (the first time takes minutes)")
            build.build(inside, chosen.features)
            failures = tried(inside, cases)
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{len(cases) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not cases else 0


def tried(inside: root.Root, cases: list[Callable[[Shop], None]]) -> list[str]:
    home = inside.folder / DRIVE / HOME
    shutil.rmtree(home, ignore_errors=True)
    failures = []
    for number, case in enumerate(cases):
        try:
            case(opened(inside, number))
        except Exception:  # noqa: BLE001, one case's trouble is not the others'
            failures.append(f"{name_of(case)}\n{traceback.format_exc()}")
    shutil.rmtree(home, ignore_errors=True)
    return failures


def name_of(case: Callable[[Shop], None]) -> str:
    return case.__name__.replace("_", " ")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolError as error:
        sys.exit(f"error: {error}")
