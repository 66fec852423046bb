"""Measure keybaton beside programs that do the same work, in one run, and print a table.

    make bench
    python3 benches/run.py --program PATH --quick

CPU seconds are user plus system. Each pair is run in turns; the figures are medians, and the ratio is what to compare
between machines.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import Command, Figures, compared, peak_memory, quiet_of_network_and_threads
from tree import FILES, grown, startproject

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.append(str(CHECKOUT / "tools"))
from toolbox import environment  # noqa: E402


@dataclass(frozen=True)
class Bench:
    """One kind of work: ours first, then its peers."""

    work: str
    goal: str
    ours: Command
    peers: dict[str, Command]
    rounds: int


def main() -> int:
    options = arguments()
    venv = environment("benches", CHECKOUT / "benches" / "requirements.txt")
    with tempfile.TemporaryDirectory(prefix="keybaton-bench-") as folder:
        made = list(benches(options.program.resolve(), venv / "bin", Path(folder)))
        for bench in made:
            show(bench, 3 if options.quick else bench.rounds)
        calls = quiet_of_network_and_threads(made[0].ours)
    print(f"`run` opened sockets or started threads: {len(calls)} calls", *calls, sep="\n  ")
    return 1 if calls else 0


def arguments() -> argparse.Namespace:
    target = Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target"))
    parser = argparse.ArgumentParser(prog="python3 benches/run.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--program", type=Path, default=target / "release" / "keybaton", help="the keybaton to measure")
    parser.add_argument("--quick", action="store_true", help="three rounds of each, to see whether it runs")
    return parser.parse_args()


def benches(keybaton: Path, venv: Path, folder: Path) -> Iterator[Bench]:
    variables = env_file(folder / "start")
    yield Bench(
        "start a program with 20 variables of a .env file",
        "5 ms, 12 MB",
        Command([keybaton, "--store", "dotenv:.env", "run", "--", "true"], variables),
        {
            "true alone": Command(["true"], variables),
            "bash: set -a; . ./.env": Command(["bash", "-c", "set -a; . ./.env; exec true"], variables),
            "dotenv run (python-dotenv)": Command([venv / "dotenv", "run", "--", "true"], variables),
        },
        rounds=60,
    )
    yield Bench(
        "generate a key",
        "3 ms",
        Command([keybaton, "generate"], folder),
        {"openssl rand -base64 48": Command(["openssl", "rand", "-base64", "48"], folder)},
        rounds=60,
    )
    fresh = startproject(venv / "python", folder / "fresh")
    yield init(keybaton, fresh, folder / "again")
    tree = grown(venv / "python", folder / "grown")
    (tree / ".env").write_text((variables / ".env").read_text())
    yield Bench(
        f"check a project of {FILES:,} files",
        "500 ms",
        Command([keybaton, "--store", "dotenv:.env", "check"], tree, fine=(0, 1)),
        {
            "grep -rE SECRET_KEY": Command(["grep", "-rE", "SECRET_KEY", "."], tree),
            "ruff check (S105, S106, S107)": Command(
                [venv / "ruff", "check", "--no-cache", "--isolated", "--select=S105,S106,S107", "."], tree, fine=(0, 1)
            ),
        },
        rounds=5,
    )


def init(keybaton: Path, fresh: Path, again: Path) -> Bench:
    def copy() -> None:
        shutil.rmtree(again, ignore_errors=True)
        shutil.copytree(fresh, again)

    copy()
    ours = Command([keybaton, "init", "--write", "--no-input"], again, before=copy)
    return Bench("init a fresh project", "50 ms", ours, {}, rounds=30)


def env_file(folder: Path) -> Path:
    folder.mkdir()
    others = "".join(f"VARIABLE_{number}=value-{number}\n" for number in range(19))
    (folder / ".env").write_text(f"{others}SECRET_KEY={'kb4Tq9' * 10}Zr7w\n")
    return folder


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


if __name__ == "__main__":
    sys.exit(main())
