"""Fleets of real processes under load from browsers that send six requests at once, through whole rotations.

    python3 tests/fleets                 every Django, every scene
    python3 tests/fleets --quick         the newest Django of this machine, and the scenes that cover most
    python3 tests/fleets --only file     the scenes whose name has this in it
    python3 tests/fleets --list          their names

PostgreSQL and Redis are processes of the tests' own. Each scene is played with stock Django too, where that loses
users or what they stored: so it is seen that the load is heavy enough to lose some. With keybaton nobody may be logged
out, and no session write and no token be lost.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT / "tools"), str(CHECKOUT / "python" / "tests")]

from cache import ToolError  # noqa: E402
from djangos import environments, inside  # noqa: E402
from ending import all_ends  # noqa: E402
from outcome import Outcome, Row, as_json, table  # noqa: E402
from project import Who, site  # noqa: E402
from scenes import Scene, scenes  # noqa: E402
from services import Services, services  # noqa: E402

from postgres import PostgresError  # noqa: E402

# More than there are processors: browsers pause between pages, and servers start.
AT_ONCE = 2 * (os.cpu_count() or 1)
WAITING_AT_ONCE = 12


def main() -> int:
    parser = argparse.ArgumentParser(prog="fleets", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one Django, the newest that this machine can run")
    parser.add_argument("--only", nargs="+", default=[""], help="scenes whose name has one of these in it")
    parser.add_argument("--list", action="store_true", help="print the names of the scenes, and play none")
    parser.add_argument("--json", type=Path, help="write the table into this file too")
    parser.add_argument("--program", type=Path, default=program())
    chosen = parser.parse_args()
    with all_ends():
        return try_all(chosen)


def program() -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve() / "debug" / "keybaton"


def try_all(chosen: argparse.Namespace) -> int:
    found = environments()
    every = scenes(list(found), is_quick=chosen.quick)
    wanted = [scene for scene in every if any(words in str(scene) for words in chosen.only)]
    if chosen.list:
        print("\n".join(map(str, wanted)))
        return 0
    pythons = {django: inside(django, found[django]) for django in {scene.setup.django for scene in wanted}}
    with services() as shared:
        rows = play_all(Stage(chosen.program, pythons, shared), wanted)
    print(table(rows))
    if chosen.json:
        chosen.json.write_text(as_json(rows))
    failures = [failure for row in rows if (failure := "; ".join(row.failures()))]
    for failure in failures:
        print(f"error: {failure}")
    print(f"{len(rows) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not rows else 0


@dataclass(frozen=True)
class Stage:
    """What every scene is played on."""

    program: Path
    pythons: dict[str, Path]
    services: Services


def play_all(stage: Stage, wanted: Sequence[Scene]) -> list[Row]:
    """Those that mostly wait stand beside those that keep the processors busy."""
    with ThreadPoolExecutor(WAITING_AT_ONCE) as waiting, ThreadPoolExecutor(AT_ONCE) as busy:
        runs = [(waiting if scene.waits else busy).submit(partial(played, stage, scene)) for scene in wanted]
        return [run.result() for run in runs]


def played(stage: Stage, scene: Scene) -> Row:
    """Once; a control that lost nobody once more, for what it loses is a matter of chance."""
    row = played_once(stage, scene)
    is_control = scene.setup.who is Who.STOCK and scene.has_control
    return played_once(stage, scene) if is_control and row.outcome.is_spotless else row


def played_once(stage: Stage, scene: Scene) -> Row:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="keybaton-fleet-") as folder:
        python = stage.pythons[scene.setup.django]
        try:
            with site(Path(folder), python, stage.program, scene.setup, stage.services) as made:
                outcome = scene.play(made)
        except Exception:  # noqa: BLE001, the other scenes are played all the same
            outcome = Outcome(wrong=[traceback.format_exc()])
    took = time.monotonic() - began
    print(f"{scene}: {outcome.requests} requests, {took:.0f} s", flush=True)
    return Row(scene.scenario, scene.setup, scene.has_control, outcome, took)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (PostgresError, ToolError) as error:
        sys.exit(f"error: {error}")
