"""Measure keybaton beside programs that do the same work, in one run, and print a table.

    make bench
    python3 benches/run.py --program PATH --quick

CPU seconds are user plus system. Each pair is run in turns; the figures are medians, and the ratio is what to compare
between machines.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import CHECKOUT, Bench, arguments, show
from measure import Command, quiet_of_network_and_threads
from tree import FILES, grown, startproject

sys.path.append(str(CHECKOUT / "tools"))
from toolbox import environment


def main() -> int:
    options = arguments(__doc__)
    venv = environment("benches", CHECKOUT / "benches" / "requirements.txt")
    with tempfile.TemporaryDirectory(prefix="keybaton-bench-") as folder:
        for bench in benches(options.program.resolve(), venv / "bin", Path(folder)):
            show(bench, 3 if options.quick else bench.rounds)
        calls = quiet_of_network_and_threads(start(options.program.resolve(), Path(folder, "start")))
    print(f"\nthe program has {options.program.stat().st_size / 1e6:.1f} MB (goal 32 MB)")
    print(f"`run` opened sockets or started threads: {len(calls)} calls", *calls, sep="\n  ")
    return 1 if calls else 0


def benches(keybaton: Path, venv: Path, folder: Path) -> Iterator[Bench]:
    yield Bench(
        "say the version",
        "5 ms",
        Command([keybaton, "--version"], folder),
        {"openssl version": Command(["openssl", "version"], folder)},
        rounds=60,
    )
    variables = env_file(folder / "start")
    yield Bench(
        "start a program with 20 variables of a .env file",
        "5 ms, 12 MB",
        start(keybaton, variables),
        {
            "true alone": Command(["true"], variables),
            "bash: set -a; . ./.env": Command(["bash", "-c", "set -a; . ./.env; exec true"], variables),
            "dotenv run (python-dotenv)": Command([venv / "dotenv", "run", "--", "true"], variables),
        },
        rounds=60,
    )
    watched = Command([keybaton, "run", "--watch", "--", "true"], variables)
    yield Bench("the same, with a folder that follows it", "10 ms, 12 MB", watched, {}, rounds=60)
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


def start(keybaton: Path, variables: Path) -> Command:
    return Command([keybaton, "--store", "dotenv:.env", "run", "--", "true"], variables)


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


if __name__ == "__main__":
    sys.exit(main())
