"""Settings are imported by many programs: without PATH, without a terminal, from anywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from standin import NEW, SETTINGS, Program, answer, installed, texts

SHOW = f"{SETTINGS}import pathlib\npathlib.Path(__file__).with_name('seen').write_text(SECRET_KEY)\n"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Settings that write down the key they got, with the package and its program beside them."""
    program: Program = installed(tmp_path / "site")
    asking = 'if read line || (: < /dev/tty) 2> /dev/null; then echo "error: I could ask" >&2; exit 1; fi\n'
    program.does(asking + answer(texts(NEW, NEW)))
    file = tmp_path / "shop" / "settings.py"
    file.parent.mkdir()
    file.write_text(SHOW)
    return file


def run(command: list[str], settings: Path, **more: str) -> str:
    """Runs a command with nothing in its environment; returns what went wrong."""
    return subprocess.run(
        command,
        env={"PYTHONPATH": str(settings.parents[1] / "site"), **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    ).stderr


def test_with_nothing_in_the_environment(settings: Path) -> None:
    assert run([sys.executable, str(settings)], settings) == ""
    assert seen(settings) == NEW


def test_with_an_empty_path(settings: Path) -> None:
    assert run([sys.executable, str(settings)], settings, PATH="") == ""
    assert seen(settings) == NEW


@pytest.mark.parametrize("closed", ["<&-", "<&- >&- 2>&-"])
def test_with_closed_streams(closed: str, settings: Path) -> None:
    assert run(["/bin/sh", "-c", f'exec "$0" "$1" {closed}', sys.executable, str(settings)], settings) == ""
    assert seen(settings) == NEW


def test_on_a_terminal_the_program_cannot_ask(settings: Path) -> None:
    on_a_terminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]))"
    assert run([sys.executable, "-c", on_a_terminal, sys.executable, str(settings)], settings) == ""
    assert seen(settings) == NEW


def test_where_ended_children_are_not_waited_for(settings: Path) -> None:
    ignoring = "import signal, runpy, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); runpy.run_path(sys.argv[1])"
    assert run([sys.executable, "-c", ignoring, str(settings)], settings) == ""
    assert seen(settings) == NEW


def test_from_compiled_settings_whose_source_is_gone(settings: Path) -> None:
    compiled = settings.with_suffix(".pyc")
    run(
        [sys.executable, "-c", f"import py_compile; py_compile.compile({str(settings)!r}, {str(compiled)!r})"], settings
    )
    settings.unlink()
    assert run([sys.executable, str(compiled)], settings) == ""
    assert seen(settings) == NEW
    calls = settings.parents[1] / "site" / "bin" / "calls"
    assert calls.read_text() == f"load --ring SECRET_KEY --from {settings.parent}\n"


def test_as_a_relative_path_from_a_working_folder_elsewhere(settings: Path) -> None:
    relative = os.path.relpath(settings, "/")
    assert run([sys.executable, relative], settings) == ""
    assert seen(settings) == NEW


def test_where_warnings_are_errors_and_assertions_are_off(settings: Path) -> None:
    assert run([sys.executable, "-W", "error", "-OO", "-X", "dev", str(settings)], settings) == ""
    assert seen(settings) == NEW


def seen(settings: Path) -> str:
    return settings.with_name("seen").read_text()
