"""Kill `init`, `check --fix` and each step of a rotation at every system call that touches a file, and at random.

    make test-crash                              all of it
    python3 tests/crash --only "promote, dir"    the cases of that name

After each kill the store is a ring that serves, what belongs to others is whole, and running the command again goes on
to the same end. A kill comes as a call is entered, before the kernel carries it out: so each state that the files pass
through is seen, from the first call to the last.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(CHECKOUT / "tools"), str(CHECKOUT / "servers")]

from beginnings import beginning_cases  # noqa: E402
from fixes import FixCase  # noqa: E402
from handovers import ring_cases  # noqa: E402
from harness import Case, Harness  # noqa: E402
from program import Program  # noqa: E402

import systemd_programs  # noqa: E402


def main() -> int:
    options = arguments()
    program = Program(options.program.resolve())
    all_cases: list[Case] = [*beginning_cases(program), *ring_cases(program), FixCase(program)]
    cases = [case for case in all_cases if options.only in case.name]
    os.environ["PATH"] = os.pathsep.join([str(systemd_programs.folder()), os.environ["PATH"]])
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        os.environ["SYSTEMD_CREDENTIAL_SECRET"] = str(Path(folder) / "credential.secret")
        harness = Harness(Path(folder), pool, random.Random(options.seed))
        harness.kill_everywhere(cases)
        harness.kill_at_random(cases, options.random)
    for failure in harness.failures[:20]:
        print(f"FAILED {failure}")
    print(
        f"{len(cases)} cases, {harness.kills} kills (random ones from seed {options.seed}), "
        f"{len(harness.failures)} failures"
    )
    return 1 if harness.failures or not harness.kills else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 tests/crash", description=__doc__.partition("\n")[0])
    parser.add_argument("--program", type=Path, default=built_program(), help="the keybaton to test")
    parser.add_argument("--only", default="", metavar="TEXT", help="the cases with this in their name")
    parser.add_argument("--random", type=int, default=200, metavar="N", help="how many kills at random moments")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the random kills")
    parser.add_argument("--jobs", type=int, default=(os.cpu_count() or 1) * 2, help="how many at once")
    return parser.parse_args()


def built_program() -> Path:
    target = Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target"))
    return target / "debug" / "keybaton"


if __name__ == "__main__":
    sys.exit(main())
