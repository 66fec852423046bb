"""Asking the program that came in the same wheel. (A small shell script stands in for it.)"""

import os
import sys
import sysconfig
import time
from pathlib import Path

import pytest

import keybaton
from keybaton import _program
from standin import NEW, OLD, Program, answer, folder_of, load_fails, record, row, settings_in, texts

TRIED = "there is no SECRET_KEY: KEYBATON_DIR is not set, SECRET_KEY is not in the environment, and"
MAKE_ONE = (
    "hint: make a key with `keybaton init`, set SECRET_KEY, or set KEYBATON_THROWAWAY=1 for a command that needs"
    " no lasting key"
)
REINSTALL = "hint: install it again: python -m pip install --force-reinstall keybaton"


def test_the_program_is_asked_for_the_project_of_the_calling_file(project: Path, program: Program) -> None:
    program.does(answer(texts(NEW, f"{NEW},{OLD}", record(row("signing", NEW), row("retiring", OLD)))))
    loaded = settings_in(project)
    assert (loaded["SECRET_KEY"], loaded["SECRET_KEY_FALLBACKS"]) == (NEW, [NEW, OLD])
    assert program.calls == [f"load --ring SECRET_KEY --from {project}"]
    ring = keybaton.ring()
    assert ring is not None
    assert ring.phase == "promoted"


def test_a_ring_of_another_name_is_asked_for_by_that_name(project: Path, program: Program) -> None:
    program.does(answer({"JWT_SIGNING_KEY": NEW, "JWT_SIGNING_KEY_FALLBACKS": None}))
    assert settings_in(project, "import keybaton\nJWT = keybaton.load('JWT_SIGNING_KEY')")["JWT"] == (NEW, [])
    assert program.calls == [f"load --ring JWT_SIGNING_KEY --from {project}"]


def test_the_hint_for_a_further_ring_makes_that_ring(project: Path, program: Program) -> None:
    program.does("echo 'error: .env holds no JWT_SIGNING_KEY' >&2; exit 3")
    hint = "hint: make a key with `keybaton init --ring JWT_SIGNING_KEY`, set JWT_SIGNING_KEY, or "
    with pytest.raises(Exception, match=hint):
        settings_in(project, "import keybaton\nJWT = keybaton.load('JWT_SIGNING_KEY')")


def test_the_working_folder_is_irrelevant(
    project: Path, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.does(f"pwd > {project}/stands\n" + answer(texts(NEW)))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").rmdir()
    assert settings_in(project)["SECRET_KEY"] == NEW
    assert (project / "stands").read_text() == f"{project}\n"
    assert program.calls == [f"load --ring SECRET_KEY --from {project}"]


def test_code_without_a_file_stands_in_the_working_folder(
    project: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.does(answer(texts(NEW)))
    monkeypatch.chdir(project)
    space: dict[str, object] = {}
    exec("import keybaton\nkey, _ = keybaton.load()", space)  # noqa: S102
    assert space["key"] == NEW
    assert program.calls == [f"load --ring SECRET_KEY --from {project}"]


def test_the_program_has_no_input_and_no_terminal(project: Path, program: Program) -> None:
    silent = 'if read line || [ -t 0 ] || (: < /dev/tty) 2> /dev/null; then echo "error: I can ask" >&2; exit 1; fi\n'
    program.does(silent + answer(texts(NEW)))
    assert settings_in(project)["SECRET_KEY"] == NEW


def test_what_the_program_warns_about_is_shown_once_at_the_line_that_calls_load(
    project: Path, program: Program
) -> None:
    program.does(answer(texts(NEW, None, "garbage"), warnings=(".env is readable by everybody",)))
    with pytest.warns(keybaton.KeybatonWarning) as warned:
        assert [settings_in(project)["SECRET_KEY"], settings_in(project)["SECRET_KEY"]] == [NEW, NEW]
    assert [(str(w.message), w.filename, w.lineno) for w in warned] == [
        (".env is readable by everybody", str(project / "settings.py"), 3)
    ]


def test_what_the_program_says_stands_in_the_error(project: Path, program: Program) -> None:
    program.does("echo 'error: no keybaton.toml above /srv/shop' >&2; echo 'hint: run keybaton init' >&2; exit 3")
    assert load_fails(project) == (
        f"{TRIED} {program.path} says: no keybaton.toml above /srv/shop\nhint: run keybaton init"
    )


def test_an_error_without_a_hint_gets_one(project: Path, program: Program) -> None:
    program.does("echo 'error: .env holds no SECRET_KEY' >&2; exit 3")
    assert load_fails(project) == f"{TRIED} {program.path} says: .env holds no SECRET_KEY\n{MAKE_ONE}"


def test_a_program_that_does_not_say_why_is_named(project: Path, program: Program) -> None:
    program.does("echo 'thread main panicked' >&2; exit 101")
    assert load_fails(project) == (
        f"{TRIED} {program.path} ended with exit code 101 and did not say why\n"
        f"hint: see what it says to: {program.path} status"
    )
    program.does("kill -9 $$")
    assert f"{program.path} ended with signal 9 and did not say why\n" in load_fails(project)


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "nonsense",
        "[]",
        '{"texts": []}',
        '{"texts": {}}',
        '{"texts": {"SECRET_KEY": 7}}',
        '{"texts": {"SECRET_KEY": "made-up", "SECRET_KEY_FALLBACKS": ["made-up"]}}',
        '{"texts": {"SECRET_KEY": "made-up"}} more',
        r"\377\376",
    ],
)
def test_an_answer_that_is_garbage_is_an_error(printed: str, project: Path, program: Program) -> None:
    program.does(f"printf '{printed}'")
    assert load_fails(project) == f"{TRIED} {program.path} gave an answer that is not one\n{REINSTALL}"


def test_an_answer_of_a_program_that_failed_is_not_used(project: Path, program: Program) -> None:
    program.does(answer(texts(NEW)) + "\necho 'error: another wrote meanwhile' >&2; exit 5")
    assert load_fails(project) == f"{TRIED} {program.path} says: another wrote meanwhile\n{MAKE_ONE}"


def test_an_answer_with_an_empty_key_is_an_error(project: Path, program: Program) -> None:
    program.does(answer(texts(" ", NEW)))
    assert (
        load_fails(project)
        == "SECRET_KEY in dotenv:.env is empty\nhint: write the key there: `keybaton generate` makes one"
    )


def test_a_program_that_hangs_is_stopped(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_program, "LIMIT_SECONDS", 0.3)
    program.does("sleep 30")
    begun = time.monotonic()
    assert load_fails(project) == (
        f"{TRIED} {program.path} did not answer within 0.3 s\nhint: see what it waits for: {program.path} status"
    )
    assert time.monotonic() - begun < 5


def test_the_limit_is_ten_seconds() -> None:
    assert _program.LIMIT_SECONDS == 10


def test_a_program_that_loads_the_settings_again_is_told_so(project: Path, program: Program) -> None:
    again = f"exec {sys.executable} -c 'import keybaton; keybaton.load()'"
    program.does(f"PYTHONPATH={Path(keybaton.__file__).parent.parent} {again} 2> {project}/inner; exit 1")
    load_fails(project)
    assert len(program.calls) == 1
    inner = (project / "inner").read_text()
    assert f"{TRIED} KEYBATON_LOADING is set: keybaton itself started this process to find the key\n" in inner


def test_a_program_that_cannot_be_run_is_named(project: Path, program: Program) -> None:
    program.does("")
    program.path.write_bytes(b"\x7fELF made up")
    assert load_fails(project) == f"{TRIED} {program.path} cannot be run (Exec format error)\n{REINSTALL}"


def test_without_a_program_the_places_that_were_looked_in_are_named(project: Path, program: Program) -> None:
    assert load_fails(project) == f"{TRIED} the program keybaton is not in {program.path.parent}\n{REINSTALL}"
    program.does(answer(texts(NEW)))
    program.path.chmod(0o644)
    assert load_fails(project) == f"{TRIED} the program keybaton is not in {program.path.parent}\n{REINSTALL}"


def test_path_is_not_asked_for_the_program(project: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Program(project / "other")
    other.does(answer(texts(OLD)))
    monkeypatch.setenv("PATH", f"{other.path.parent}:{os.environ['PATH']}")
    assert "is not in" in load_fails(project)
    assert other.calls == []


@pytest.mark.parametrize(
    ("package", "place"),
    [
        ("/srv/shop/vendored/keybaton", "/srv/shop/vendored/bin"),
        ("/opt/shop/lib/python3.12/site-packages/keybaton", "/opt/shop/bin"),
        ("/usr/local/lib/python3.12/dist-packages/keybaton", "/usr/local/bin"),
    ],
)
def test_the_program_beside_the_package_comes_first(package: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_program, "__file__", f"{package}/_program.py")
    places = _program.places()
    user = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    assert Path(place) in places[:2]
    assert places[-2:] == [Path(sysconfig.get_path("scripts")), Path(user)]


@pytest.mark.parametrize(
    ("package", "place"),
    [
        ("C/venv/Lib/site-packages/keybaton", "C/venv/Scripts"),
        ("C/My Shop/vendored/keybaton", "C/My Shop/vendored/bin"),
    ],
)
def test_on_windows_the_program_has_an_ending_and_its_folder_is_called_scripts(
    package: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / place / "keybaton.exe"
    program.parent.mkdir(parents=True)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(_program, "__file__", str(tmp_path / package / "_program.py"))
    (program.parent / "keybaton").write_bytes(b"")
    (program.parent / "keybaton").chmod(0o755)
    assert _program.find() is None
    program.write_bytes(b"")
    program.chmod(0o755)
    assert _program.find() == program


def test_a_folder_written_on_windows_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(
        tmp_path / "My Secrets", {"SECRET_KEY": f"{NEW}\r\n", "SECRET_KEY_FALLBACKS": f"{NEW},{OLD}\r\n"}
    )
    monkeypatch.setenv("KEYBATON_DIR", str(folder))
    assert keybaton.load() == (NEW, [NEW, OLD])
