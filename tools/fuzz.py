"""Feed each target of fuzz/ random bytes for some seconds; a crash fails, and names the input that made it.

    python3 tools/fuzz.py 60

What was learned stays in the cache, so that the next run begins where this one ended. Wants a nightly toolchain.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cache import CHECKOUT, ToolError, cache_folder, locked, run, say

VERSION = "0.13.2"
FUZZ = CHECKOUT / "fuzz"


def main(seconds: str) -> int:
    fuzzer = cargo_fuzz()
    return max(fuzz(fuzzer, target, seconds) for target in targets())


def targets() -> list[str]:
    return sorted(path.stem for path in (FUZZ / "fuzz_targets").glob("*.rs"))


def fuzz(fuzzer: Path, target: str, seconds: str) -> int:
    corpus = cache_folder() / "fuzz-corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    print(f"==> fuzzing {target} for {seconds} s", flush=True)
    words = [fuzzer, "fuzz", "run", "--fuzz-dir", FUZZ, target, corpus, "--", f"-max_total_time={seconds}"]
    # cargo sets RUSTUP_TOOLCHAIN to the pinned one for all that it starts.
    environment = {**os.environ, "RUSTUP_TOOLCHAIN": "nightly", "CARGO_TARGET_DIR": str(cache_folder() / "fuzz-target")}
    options = ["-print_final_stats=1", "-verbosity=0", "-rss_limit_mb=4096", "-timeout=20"]
    return subprocess.run([*map(str, words), *options], cwd=CHECKOUT, env=environment).returncode


def cargo_fuzz() -> Path:
    """The pinned version, installed into the cache when it is missing."""
    with locked("cargo-tools") as tools:
        program = tools / "bin" / "cargo-fuzz"
        if version_of(program) != f"cargo-fuzz {VERSION}":
            say(f"building cargo-fuzz {VERSION} into {tools} (once; takes minutes)")
            build: list[str | Path] = ["cargo", "install", "--quiet", "--locked", "--force", "--root", tools]
            run(["env", "-u", "CARGO_TARGET_DIR", *build, f"cargo-fuzz@{VERSION}"])
    return program


def version_of(program: Path) -> str:
    if not program.exists():
        return ""
    return subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "60"))
    except ToolError as error:
        sys.exit(f"error: {error}")
