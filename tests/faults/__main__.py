"""Put a fault at each call of each command to each store behind a network, and see that the ring serves and goes on.

    python3 tests/faults vault aws               these servers
    python3 tests/faults vault --only promote    the scenes of that name

Three faults at each call: it is dropped before the server sees it; the server does it and the answer is lost; the
program is killed once the server has done it. After each the texts serve whoever reads them, and the next run finishes.
Besides, the calls of each command are counted, the server is rude in each way that servers are, and goes away while a
copy of the ring is kept and while `run --watch` follows it; and others do to the same ring what they can do on this
platform alone.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SERVERS = CHECKOUT / "servers"
sys.path[:0] = [str(CHECKOUT / "tools"), str(SERVERS)]

from cache import ToolError  # noqa: E402
from toolbox import environment  # noqa: E402

if TYPE_CHECKING:
    from ground import Ground, Place
    from play import Scene


def main(words: list[str]) -> int:
    python = environment("servers", SERVERS / "requirements.txt") / "bin" / "python"
    if Path(sys.executable) != python:
        os.execv(python, [str(python), str(Path(__file__).parent), *words])
    parser = argparse.ArgumentParser(prog="faults")
    parser.add_argument("servers", nargs="+")
    parser.add_argument("--only", default="", help="scenes whose name has this in it")
    parser.add_argument("--program", type=Path, default=program())
    chosen = parser.parse_args(words)
    return try_all(chosen)


def program() -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve() / "debug" / "keybaton"


def try_all(chosen: argparse.Namespace) -> int:
    from ground import Ground
    from play import play

    from stage import Stage

    with tempfile.TemporaryDirectory(prefix="keybaton-faults-") as folder, Stage(Path(folder)) as stage:
        ground = Ground.prepared(stage, chosen.servers, chosen.program)
        places: list[list[Scene]] = [place.lane.part(scenes_of(ground, place)) for place in ground.places]
        places = [[scene for scene in scenes if chosen.only in scene.name] for scenes in places]
        failures = play(places)
    tried = sum(scene.tried for scenes in places for scene in scenes)
    print(f"{tried - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not tried else 0


def scenes_of(ground: Ground, place: Place) -> list[Scene]:
    from mirrors import mirror_scenes
    from offline import OfflineScene
    from others import other_scenes
    from rude import RudeScene
    from scenes import fault_scenes
    from watching import WatchScene

    others = other_scenes(ground, place)
    if place.is_sealed:
        return [RudeScene(ground, place), *others, *mirror_scenes(ground, place)]
    away: list[Scene] = [OfflineScene(ground, place), WatchScene(ground, place)]
    return [RudeScene(ground, place), *away, *others, *fault_scenes(ground, place)]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
