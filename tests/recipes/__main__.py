"""What `keybaton recipe` makes for each platform, taken by that platform's own programs; and the pages that show it.

make test-recipes
python3 tests/recipes systemd kubernetes     these alone
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT / "tools"), str(CHECKOUT / "servers")]

from cache import ToolError  # noqa: E402
from toolbox import environment  # noqa: E402


def main(words: list[str]) -> int:
    python = environment("recipes", Path(__file__).with_name("requirements.txt")) / "bin" / "python"
    if Path(sys.executable) != python:
        os.execv(python, [str(python), str(Path(__file__).parent), *words])
    parser = argparse.ArgumentParser(prog="recipes")
    parser.add_argument("targets", nargs="*")
    parser.add_argument(
        "--beside", nargs=2, metavar=("SERVER", "PROJECT"), help="only what wants a server, which is there"
    )
    chosen = parser.parse_args(words)
    return beside(chosen.targets[0], *chosen.beside) if chosen.beside else try_all(chosen.targets)


def beside(target: str, server: str, project: str) -> int:
    from ground import Ground
    from platforms import BESIDE

    with tempfile.TemporaryDirectory(prefix=f"keybaton-recipe-{server}-") as folder:
        told = list(BESIDE[target](Ground(Path(folder)), server, Path(project)))
    print(*told, sep="\n")
    return 1 if told else 0


def try_all(chosen: list[str]) -> int:
    from ground import Ground
    from page import lacks, walk
    from platforms import PLATFORMS

    targets = chosen or list(PLATFORMS)
    failures = list(lacks(PLATFORMS))
    for target in targets:
        with tempfile.TemporaryDirectory(prefix=f"keybaton-recipe-{target}-") as folder:
            ground = Ground(Path(folder))
            told = [*walk(ground, target), *PLATFORMS[target](ground)]
        print(f"{target}: {'not as it should be' if told else 'as it should be'}", flush=True)
        failures += [f"{target}: {failure}" for failure in told]
    print(*failures, sep="\n", end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
