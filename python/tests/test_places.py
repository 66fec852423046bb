"""The folder KEYBATON_DIR and the environment."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import keybaton
from standin import NEW, OLD, OTHER, Program, answer, folder_of, load_fails, record, row, settings_in, texts


def test_the_environment_gives_key_and_fallbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", NEW)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f"{NEW},{OLD}")
    assert keybaton.load() == (NEW, [NEW, OLD])


def test_a_bare_key_has_no_fallbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", NEW)
    assert keybaton.load() == (NEW, [])


def test_another_ring_is_read_under_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", OTHER)
    monkeypatch.setenv("JWT_SIGNING_KEY", NEW)
    monkeypatch.setenv("JWT_SIGNING_KEY_FALLBACKS", OLD)
    assert keybaton.load("JWT_SIGNING_KEY") == (NEW, [OLD])


def test_the_folder_comes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", OTHER)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", OTHER)
    monkeypatch.setenv("KEYBATON_DIR", str(folder_of(tmp_path / "ring", texts(NEW))))
    assert keybaton.load() == (NEW, [])


def test_the_environment_comes_before_the_program(
    project: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.does(answer(texts(OTHER, OTHER)))
    monkeypatch.setenv("SECRET_KEY", NEW)
    assert settings_in(project)["SECRET_KEY"] == NEW
    assert program.calls == []


@pytest.mark.parametrize("empty", ["", " ", "\n"])
def test_a_variable_set_to_nothing_is_not_set(
    empty: str, project: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.does(answer(texts(NEW, NEW)))
    monkeypatch.setenv("SECRET_KEY", empty)
    monkeypatch.setenv("KEYBATON_DIR", "")
    assert settings_in(project)["SECRET_KEY"] == NEW


@pytest.mark.parametrize(
    ("held", "key"),
    [
        (f"{NEW}\n", NEW),
        (f"{NEW}\r\n", NEW),
        (f"{NEW}\n\n", f"{NEW}\n"),
        (f" {NEW} ", f" {NEW} "),
        (f"{NEW}\r", f"{NEW}\r"),
        ("schlüssel" * 8, "schlüssel" * 8),
    ],
)
def test_of_a_files_text_only_one_trailing_newline_is_no_part_of_the_key(
    held: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYBATON_DIR", str(folder_of(tmp_path, texts(held, f"{held}\n"))))
    assert keybaton.load()[0] == key


def test_a_folder_as_kubernetes_mounts_it_is_read_through_its_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of(tmp_path / "..2026", texts(NEW, f"{NEW},{OLD}\n"))
    (tmp_path / "..data").symlink_to("..2026")
    for name in texts(NEW, ""):
        (tmp_path / name).symlink_to(f"..data/{name}")
    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path))
    assert keybaton.load() == (NEW, [NEW, OLD])


def test_the_record_of_the_same_place_is_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keybaton.ring() is None
    monkeypatch.setenv("KEYBATON_DIR", str(folder_of(tmp_path, texts(NEW, NEW, record(row("signing", NEW)) + "\n"))))
    monkeypatch.setenv("SECRET_KEY_RING", record(row("signing", OTHER)))
    keybaton.load()
    ring = keybaton.ring()
    assert ring is not None
    assert (ring.role_of(NEW), ring.role_of(OTHER)) == ("signing", None)


def test_the_record_at_hand_is_that_of_the_last_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", NEW)
    monkeypatch.setenv("SECRET_KEY_RING", record(row("signing", NEW), revision=3))
    keybaton.load()
    monkeypatch.setenv("SECRET_KEY_RING", record(row("signing", NEW), revision=4))
    keybaton.load()
    ring = keybaton.ring()
    assert ring is not None
    assert ring.revision == 4
    assert keybaton.ring("JWT_SIGNING_KEY") is None


def test_a_folder_that_is_not_there_is_never_replaced_by_an_older_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", OLD)
    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path / "gone"))
    assert load_fails() == (
        f"KEYBATON_DIR is {tmp_path}/gone, which is not a folder\nhint: mount the folder there, or unset KEYBATON_DIR"
    )


def test_a_folder_without_the_key_says_which_file_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", OLD)
    monkeypatch.setenv("KEYBATON_DIR", str(folder_of(tmp_path, {"SECRET_KEY_FALLBACKS": OLD})))
    assert load_fails() == (
        f"KEYBATON_DIR is {tmp_path}, which has no file SECRET_KEY\n"
        "hint: write the key into that file, or unset KEYBATON_DIR to look elsewhere"
    )


def test_an_empty_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYBATON_DIR", str(folder_of(tmp_path, texts(" \n", OLD))))
    assert load_fails() == (
        f"SECRET_KEY in {tmp_path} is empty\nhint: write the key there: `keybaton generate` makes one"
    )


def test_a_folder_or_a_pipe_in_the_place_of_a_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path))
    (tmp_path / "SECRET_KEY").mkdir()
    assert load_fails() == f"{tmp_path}/SECRET_KEY is not a file"
    (tmp_path / "SECRET_KEY").rmdir()
    os.mkfifo(tmp_path / "SECRET_KEY")
    assert load_fails() == f"{tmp_path}/SECRET_KEY is not a file"


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path))
    (tmp_path / "SECRET_KEY").write_bytes(b"made-up\xff\xfe")
    assert load_fails() == (f"{tmp_path}/SECRET_KEY is not UTF-8 text\nhint: keys are text: write it again as UTF-8")


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FALLBACKS"])
def test_bytes_in_the_environment_that_are_no_text_are_an_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", NEW)
    monkeypatch.setitem(os.environb, name.encode(), b"made-up\xff\xfe")
    assert load_fails() == (
        f"{name} in the environment is not UTF-8 text\nhint: keys are text: write it again as UTF-8"
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FALLBACKS"])
@pytest.mark.parametrize("folder", ["/builds/acme/shop.tmp/", "C:\\GitLab-Runner\\builds\\acme\\shop.tmp\\"])
def test_the_path_of_a_file_in_the_place_of_a_key_is_an_error(
    name: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", NEW)
    monkeypatch.setenv(name, folder + name)
    assert load_fails() == (
        f"{name} in the environment is the path of a file, which is no secret\nhint: in GitLab make the variable's type"
        " Variable; elsewhere name the file's folder with KEYBATON_DIR"
    )


def test_a_key_that_looks_like_a_path_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("/a+key/of+base64/" + "x" * 50, "SECRET_KEY", "/builds/acme/shop.tmp/ANOTHER_SECRET_KEY"):
        monkeypatch.setenv("SECRET_KEY", key)
        assert keybaton.load()[0] == key


def test_a_file_of_somebody_else_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path, texts(NEW))
    (tmp_path / "SECRET_KEY").chmod(0)
    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path))
    with not_as_root(tmp_path):
        message = load_fails()
    assert message == (
        f"{tmp_path}/SECRET_KEY cannot be read (Permission denied)\nhint: let the user that runs this program read it"
    )


@contextmanager
def not_as_root(folder: Path) -> Iterator[None]:
    """Root may read everything, so it steps down; `folder` stays within reach."""
    if os.geteuid() != 0:
        yield
        return
    for above in (folder, *folder.parents[:-2]):
        above.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    "name", ["", "SECRET KEY", "1KEY", "../SECRET_KEY", "SECRET_KEY\n", "A" * 65, b"SECRET_KEY", None]
)
def test_a_name_that_names_no_variable_is_an_error_and_is_not_repeated(name: str) -> None:
    with pytest.raises(Exception, match="not a variable name") as capture:
        keybaton.load(name)
    assert str(capture.value) == (
        "the name given to keybaton.load() is not a variable name\n"
        'hint: use letters, digits and underscores, as in keybaton.load("SECRET_KEY")'
    )


def test_the_name_of_another_text_is_an_error() -> None:
    with pytest.raises(Exception, match="cannot name a ring") as capture:
        keybaton.load("SECRET_KEY_FALLBACKS")
    assert str(capture.value) == (
        "SECRET_KEY_FALLBACKS cannot name a ring: _FALLBACKS and _RING name a ring's other texts\n"
        'hint: give the signing key\'s own name, as in keybaton.load("SECRET_KEY")'
    )


@pytest.mark.parametrize("place", ["the environment", "the folder", "nowhere"])
def test_a_throw_away_key_is_drawn_on_request_wherever_another_is(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYBATON_THROWAWAY", "1")
    if place == "the environment":
        monkeypatch.setenv("SECRET_KEY", NEW)
    if place == "the folder":
        monkeypatch.setenv("KEYBATON_DIR", str(folder_of(tmp_path, texts(NEW, NEW, record(row("signing", NEW))))))
    (one, fallbacks), (two, _) = keybaton.load(), keybaton.load()
    assert fallbacks == []
    assert one != two
    assert len(one) == 64
    assert one.isalnum()
    assert keybaton.ring() is None
