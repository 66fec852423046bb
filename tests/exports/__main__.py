"""What `keybaton export` prints is read back unchanged by the programs that it is for, or refused.

make test-exports
python3 tests/exports --only fish     the readers of that format
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
    python = environment("exports", Path(__file__).with_name("requirements.txt")) / "bin" / "python"
    if Path(sys.executable) != python:
        os.execv(python, [str(python), str(Path(__file__).parent), *words])
    parser = argparse.ArgumentParser(prog="exports")
    parser.add_argument("--only", default="")
    return try_all(parser.parse_args(words).only)


def try_all(only: str) -> int:
    from keys import all_keys
    from readers import READERS
    from trial import Trial

    with tempfile.TemporaryDirectory(prefix="keybaton-exports-") as folder:
        trial = Trial(Path(folder), list(all_keys()))
        outcomes = [trial.of(reader) for reader in READERS if only in reader.format]
    for outcome in outcomes:
        print(outcome.line())
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    print(*failures, sep="\n", end="\n" if failures else "")
    return 1 if failures or not outcomes else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
