"""Ctrl-C while a rotation waits for processes, what service managers send in its place, and what is seen meanwhile."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest
from project import PATIENCE, PROGRAM, Project, Serve

WAIT = [str(PROGRAM), "rotate", "--new", "--wait"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_ended_says_where_it_stands_and_how_to_go_on(
    project: Project, serve: Serve, number: signal.Signals
) -> None:
    serve()
    with project.starts(WAIT) as rotation:
        assert rotation.stdout
        while not (line := rotation.stdout.readline()).startswith("waiting: 1 web needs a restart"):
            assert line
        rotation.send_signal(number)
        said = rotation.stdout.read()
    assert rotation.returncode == 130
    assert re.sub(r"up for \w+", "up for SPAN", said) == (
        "waits    1 web needs a restart (a1, up for SPAN)\n"
        "next     restart them, so that each accepts the new key; then run `keybaton rotate` to promote it\n"
    )
    assert project.status()["phase"] == "staged"


@pytest.mark.parametrize("which", [1, 2])
def test_an_answer_that_does_not_come_is_not_waited_for(project: Project, which: int) -> None:
    """Neither the first one nor one that is asked for while it waits."""
    project.says("stage")
    project.configure(f"manage = {json.dumps(['sh', '-c', SLOW.format(which)])}", manage=False)
    with project.starts([str(PROGRAM), "rotate", "--wait"]) as rotation:
        asked = project.folder / "asked"
        end = time.monotonic() + PATIENCE
        while not asked.exists() or not asked.read_text().strip():
            assert time.monotonic() < end
            time.sleep(0.05)
        began = time.monotonic()
        rotation.send_signal(signal.SIGTERM)
        rotation.wait(PATIENCE)
    assert rotation.returncode == 130
    assert time.monotonic() - began < 5
    assert not Path("/proc", asked.read_text().strip()).exists(), "it ends too"


def test_on_a_terminal_is_seen_who_was_restarted(project: Project, serve: Serve) -> None:
    instances = [serve(), serve()]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        ["/usr/bin/setsid", "--ctty", "--wait", *WAIT],
        cwd=project.folder,
        env=project.environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as rotation:
        os.close(theirs)
        seen = until(ours, "waiting: 2 web need a restart")
        instances[0].restart()
        seen += until(ours, "waiting: 1 web needs a restart")
        os.write(ours, b"\x03")
        seen += until(ours, "to promote it")
    os.close(ours)
    assert rotation.returncode == 130, seen


SLOW = "echo x >> count; [ $(wc -l < count) = {} ] || exit 9; echo $$ > asked; exec sleep 600"


def until(terminal: int, words: str) -> str:
    seen, end = "", time.monotonic() + PATIENCE
    while words not in seen:
        assert select.select([terminal], [], [], max(0.0, end - time.monotonic()))[0], seen
        seen += os.read(terminal, 4096).decode()
    return seen
