"""Measure a read from each store behind a network, beside the vendor's own client. The servers are on this machine.

python3 servers aws azure gcp github gitlab heroku vault kubernetes -- python3 benches/reads.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import CHECKOUT, Bench, arguments, show
from measure import Command

sys.path.append(str(CHECKOUT / "tools"))
from toolbox import environment

# Each store with the place of its ring, and what the vendor's client calls that.
PLACES = {
    "akv": ("akv://shop/bench", "bench"),
    "awsps": ("awsps:///bench", "/bench"),
    "awssm": ("awssm://bench", "bench"),
    "gcsm": ("gcsm://my-project/bench", "bench"),
    "gitlab": ("gitlab://acme/bench", "acme/bench"),
    "heroku": ("heroku://bench", "bench"),
    "k8s": ("k8s://default/bench", "bench"),
    "vault": ("vault://secret/bench", "bench"),
}
# GitHub gives a secret to jobs alone: there is nothing to read, by us or by its own client.
SEALED = {"gha"}


def main() -> int:
    options = arguments(__doc__)
    python = environment("servers", CHECKOUT / "servers" / "requirements.txt") / "bin" / "python"
    with tempfile.TemporaryDirectory(prefix="keybaton-bench-") as folder:
        for bench in benches(options.program.resolve(), python, Path(folder)):
            show(bench, 3 if options.quick else bench.rounds)
    return 0


def benches(keybaton: Path, python: Path, folder: Path) -> Iterator[Bench]:
    for store in os.environ["KEYBATON_TEST_STORES"].split(","):
        if store in SEALED:
            continue
        url, name = PLACES[store]
        create: list[str | Path] = [keybaton, "copy", "-", url, "--create"]
        subprocess.run(create, input="made-up-" + "kb4Tq9" * 10, text=True, check=True, stdout=subprocess.DEVNULL)
        yield Bench(
            f"read a ring from {store}",
            "40 ms, 40 MB",
            Command([keybaton, "--store", url, "status"], folder),
            {"the vendor's client": Command([python, CHECKOUT / "benches" / "clients.py", store, name], folder)},
            rounds=20,
        )


if __name__ == "__main__":
    sys.exit(main())
