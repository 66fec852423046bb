"""What a run of a program costs: CPU seconds, wall seconds, and the peak of its own memory."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

DEVNULL = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
HELD_SECONDS = 0.2


@dataclass(frozen=True)
class Command:
    """A program with its arguments, where it runs, and which exit codes mean that it did its work."""

    words: Sequence[str | Path]
    folder: Path
    fine: tuple[int, ...] = (0,)
    before: Callable[[], object] = lambda: None
    """Puts the folder in order before each run; not measured."""

    @property
    def argv(self) -> list[str]:
        return [str(word) for word in self.words]


@dataclass(frozen=True)
class Figures:
    """Medians of some runs."""

    cpu: float
    wall: float
    runs: int


class DidNotWork(Exception):  # noqa: N818
    """A command ended with a code that is not fine; there is nothing to measure."""


def compared(commands: Sequence[Command], rounds: int) -> list[Figures | None]:
    """Runs all of them once a round, one after another: what disturbs the machine disturbs all alike."""
    taken: list[list[tuple[float, float]] | None] = [[] for _ in commands]
    for round_ in range(rounds + 1):
        for place, command in enumerate(commands):
            taken[place] = one_more(taken[place], command, count=round_ > 0)
    return [figures(runs) for runs in taken]


def one_more(
    runs: list[tuple[float, float]] | None, command: Command, *, count: bool
) -> list[tuple[float, float]] | None:
    """The first round warms the caches and is not counted; a command that does not work is not asked again."""
    if runs is None:
        return None
    try:
        run = spent(command)
    except DidNotWork as problem:
        print(f"not measured: {problem}")
        return None
    return [*runs, run] if count else runs


def figures(runs: list[tuple[float, float]] | None) -> Figures | None:
    if not runs:
        return None
    return Figures(median(cpu for cpu, _ in runs), median(wall for _, wall in runs), len(runs))


def spent(command: Command) -> tuple[float, float]:
    """CPU seconds, user and system, of the process and of all that it waited for; wall seconds."""
    command.before()
    here = Path.cwd()
    os.chdir(command.folder)
    started = time.perf_counter()
    pid = os.posix_spawnp(command.argv[0], command.argv, os.environ, file_actions=DEVNULL)
    os.chdir(here)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    if code not in command.fine:
        raise DidNotWork(f"`{' '.join(command.argv[:4])}` ended with {code} in {command.folder}")
    return usage.ru_utime + usage.ru_stime, wall


def peak_memory(command: Command) -> float:
    """MB at its largest, until it ends or becomes another program.

    What wait4 says would be no less than Python's own size, which the process had before it became the program. So
    strace holds it at its last system call, and the kernel's high-water mark is read meanwhile.
    """
    command.before()
    hold = f"inject=execve,exit_group:delay_enter={int(HELD_SECONDS * 1e6)}"
    strace = ["strace", "-qq", "-o", os.devnull, "-e", "trace=execve,exit_group", "-e", hold, *command.argv]
    running = subprocess.Popen(
        strace, cwd=command.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0
    while running.poll() is None:
        peak = max(peak, high_water(running.pid))
        time.sleep(HELD_SECONDS / 20)
    return peak / 1024


def high_water(strace: int) -> int:
    """KB, of the process that strace started, once it is no longer strace itself."""
    try:
        [child, *_] = Path(f"/proc/{strace}/task/{strace}/children").read_text().split()
        if Path(f"/proc/{child}/exe").readlink().name == "strace":
            return 0
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{child}/status").read_text())
    except (OSError, ValueError):
        return 0
    return int(found[1]) if found else 0


def quiet_of_network_and_threads(command: Command) -> list[str]:
    """The calls with which a program opens a socket, starts a thread or another process; none is expected."""
    command.before()
    strace = ["strace", "-f", "-qq", "-e", "trace=%network,clone,clone3,fork,vfork", "-e", "signal=none"]
    done = subprocess.run(
        [*strace, *command.argv], cwd=command.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return [line for line in done.stderr.splitlines() if "(" in line]
