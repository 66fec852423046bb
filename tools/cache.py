"""Where everything stands that is not the checkout: environments, tools, wheels.

Each script here can run beside another one: what they make is made under a lock.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


class ToolError(Exception):
    """Something a script needs did not work; the text says what, and what to do."""


def cache_folder() -> Path:
    own = os.environ.get("KEYBATON_CACHE")
    shared = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(own) if own else Path(shared, "keybaton-tests")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@contextmanager
def locked(name: str) -> Iterator[Path]:
    """One at a time for all who make `name` in the cache; gives its path."""
    place = cache_folder() / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{place}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield place


def say(text: str) -> None:
    """Talk goes to stderr: on stdout stands only what a script was asked for."""
    print(f"    {text}", file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], **extra: str) -> None:
    """Run it in the checkout, its output as talk, with `extra` in its environment."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=CHECKOUT, env={**os.environ, **extra}, stdout=sys.stderr)
    if done.returncode != 0:
        raise ToolError(f"`{' '.join(words)}` ended with {done.returncode}")
