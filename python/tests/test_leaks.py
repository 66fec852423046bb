"""A planted key shows up in no error, traceback, warning or repr."""

import os
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import keybaton
from keybaton import _load, _program
from keybaton._project import Caller
from keybaton._texts import Texts
from standin import NEW, Program, answer, folder_of, record, row, settings_in, texts

PLANTED = "made-up-pLaNtEd-key" * 3
Plant = Callable[[Path, Program, pytest.MonkeyPatch], None]


def in_broken_fallbacks(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", PLANTED)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f'["{PLANTED}"')


def in_bytes_of_the_environment(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environb, b"SECRET_KEY", PLANTED.encode() + b"\xff")


def in_bytes_of_a_file(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "SECRET_KEY").write_bytes(PLANTED.encode() + b"\xff")
    monkeypatch.setenv("KEYBATON_DIR", str(project))


def beside_an_empty_file(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYBATON_DIR", str(folder_of(project, texts("", PLANTED))))


def on_stdout_of_a_failure(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program.does(f"echo {PLANTED}; echo 'error: it went wrong' >&2; exit 4")


def on_stderr_of_a_panic(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program.does(f"echo 'panicked at {PLANTED}' >&2; exit 101")


def in_an_answer_that_is_garbage(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program.does(answer(texts(PLANTED)) + "; echo more")


def in_an_answer_that_never_ends(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_program, "LIMIT_SECONDS", 0.3)
    program.does(answer(texts(PLANTED)) + "; sleep 30")


def in_an_answer_with_broken_fallbacks(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program.does(answer(texts(PLANTED, f"[{PLANTED}")))


@pytest.mark.parametrize(
    "plant",
    [
        in_broken_fallbacks,
        in_bytes_of_the_environment,
        in_bytes_of_a_file,
        beside_an_empty_file,
        on_stdout_of_a_failure,
        on_stderr_of_a_panic,
        in_an_answer_that_is_garbage,
        in_an_answer_that_never_ends,
        in_an_answer_with_broken_fallbacks,
    ],
)
def test_an_error_shows_no_key(plant: Plant, project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(project, program, monkeypatch)
    with pytest.raises(Exception, match=r"SECRET_KEY") as capture:
        settings_in(project)
    assert PLANTED not in shown(capture.value)


def test_a_key_given_as_a_name_is_not_shown() -> None:
    with pytest.raises(Exception, match="not a variable name") as capture:
        keybaton.load(f"{PLANTED}!")
    assert PLANTED not in str(capture.value)


def in_a_garbage_record(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_RING", PLANTED)


def outside_its_record(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_RING", record(row("signing", NEW)))


def outside_the_local_ring(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "keybaton.toml").touch()
    program.does(answer(texts(f"{PLANTED}2", f"{PLANTED}2,{PLANTED}3")))


@pytest.mark.parametrize("plant", [in_a_garbage_record, outside_its_record, outside_the_local_ring])
def test_a_warning_shows_no_key_even_as_an_error(
    plant: Plant, project: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", PLANTED)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f"{PLANTED},{PLANTED}1")
    plant(project, program, monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(keybaton.KeybatonWarning) as capture:
            settings_in(project)
    assert PLANTED not in shown(capture.value)


def test_nothing_that_holds_a_key_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", PLANTED)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", PLANTED)
    monkeypatch.setenv("SECRET_KEY_RING", record(row("signing", PLANTED)))
    keybaton.load()
    held = texts(PLANTED, PLANTED, PLANTED)
    inner = Texts("here", *held.values())
    found = _load.Found(Caller(Path("settings.py"), 3), inner, (PLANTED,), keybaton.ring(), ())
    assert PLANTED not in repr([keybaton.ring(), inner, _program.Answer(inner, True, ()), found])


def shown(error: BaseException) -> str:
    """All that a crash reporter could show of an error: its texts, those behind it, and what each frame holds."""
    return "\n".join(line for one in chain(error) for line in (repr(one), *vars(one).values(), *frames(one)))


def frames(error: BaseException) -> Iterator[str]:
    return traceback.TracebackException.from_exception(error, capture_locals=True).format()


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__
