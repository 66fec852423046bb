"""The move of docs/rings.md, with each Django: five uses leave SECRET_KEY, and nothing that was out there is refused.

python3 tests/rings [--quick]      --quick: with the newest Django alone
python3 tests/rings --show         what the page would have to show, from a real run
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.append(str(CHECKOUT / "tools"))

from cache import ToolError  # noqa: E402
from djangos import environments, inside  # noqa: E402
from move import Outcome, move  # noqa: E402
from page import Page  # noqa: E402


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="rings")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--show", action="store_true")
    chosen = parser.parse_args(words)
    found = [(django, inside(django, outer)) for django, outer in environments().items()]
    found = found[-1:] if chosen.quick or chosen.show else found
    page = Page.read()
    with tempfile.TemporaryDirectory(prefix="keybaton-rings-") as folder, ThreadPoolExecutor() as at_once:
        moves = [at_once.submit(move, page, python, Path(folder, django)) for django, python in found]
        outcomes = {django: each.result() for (django, _), each in zip(found, moves, strict=True)}
    if chosen.show:
        print(*(outcome.shown() for outcome in outcomes.values()), sep="\n")
    return sum(told(django, outcome) for django, outcome in outcomes.items())


def told(django: str, outcome: Outcome) -> int:
    """1 where something is wrong."""
    for failure in outcome.failures:
        print(f"Django {django}: {failure}")
    print(
        f"Django {django}: {outcome.read} read, {outcome.refused} refused; switched at once: {outcome.control} refused"
    )
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
