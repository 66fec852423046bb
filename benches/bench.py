"""One kind of work, ours beside what others do, and the table that comes of it."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from measure import Command, Figures, compared, peak_memory

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Bench:
    """One kind of work: ours first, then its peers."""

    work: str
    goal: str
    ours: Command
    peers: dict[str, Command]
    rounds: int


def arguments(doc: str | None) -> argparse.Namespace:
    target = Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target"))
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--program", type=Path, default=target / "release" / "keybaton", help="the keybaton to measure")
    parser.add_argument("--quick", action="store_true", help="three rounds of each, to see whether it runs")
    return parser.parse_args()


def show(bench: Bench, rounds: int) -> None:
    commands = {"keybaton": bench.ours, **bench.peers}
    taken = compared(list(commands.values()), rounds)
    print(f"\n{bench.work} (goal {bench.goal})")
    for (name, command), figures in zip(commands.items(), taken, strict=True):
        if figures:
            print(line(name, figures, taken[0], peak_memory(command)), flush=True)


def line(name: str, figures: Figures, ours: Figures | None, peak: float) -> str:
    ratio = f"{figures.cpu / ours.cpu:6.1f}x" if ours and ours.cpu else ""
    cpu, wall = figures.cpu * 1000, figures.wall * 1000
    return f"  {name:<28}{cpu:10.1f} ms CPU {wall:10.1f} ms {peak:7.1f} MB  {ratio}"
