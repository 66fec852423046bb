"""A ring that changes in KEYBATON_DIR is taken over by a process that runs."""

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core import signing
from django.test import override_settings

import keybaton
from keybaton import _load
from keybaton.django import _reload

A, B = "key-a-made-up-" * 4, "key-b-made-up-" * 4


class Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holds(self, key: str, *accepted: str, ring: str = "SECRET_KEY") -> None:
        (self.folder / ring).write_text(key)
        (self.folder / f"{ring}_FALLBACKS").write_text(",".join(accepted))

    def changes_to(self, key: str, *accepted: str, ring: str = "SECRET_KEY") -> bool:
        self.holds(key, *accepted, ring=ring)
        _reload._state.next_look = 0
        return _reload.follow()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path))
    for name in ("_given", "_accepted", "_ever", "_rings"):
        monkeypatch.setattr(_load, name, {})
    monkeypatch.setattr(_reload, "_state", _reload._State())
    folder = Folder(tmp_path)
    folder.holds(A, A)
    key, fallbacks = keybaton.load()
    with override_settings(SECRET_KEY=key, SECRET_KEY_FALLBACKS=fallbacks):
        yield folder


def test_each_step_is_taken_over(folder: Folder) -> None:
    for key, accepted in ((A, [B, A]), (B, [B, A]), (B, [B])):
        assert folder.changes_to(key, *accepted)
        assert (key, accepted) == (settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS)
        # Of a subclass C code would read what it was made with.
        assert {type(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)} == {str}
        assert not folder.changes_to(key, *accepted)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_process_that_was_forked_while_its_parent_looked_follows_too(folder: Folder) -> None:
    """As one that works off a job, whose parent goes on with a thread that beats."""
    with _reload._state.lock:
        child = os.fork()
        if child == 0:
            os._exit(not folder.changes_to(B, B, A))
        assert os.waitpid(child, 0)[1] == 0
        assert not folder.changes_to(B, B, A)


def test_a_file_that_is_written_twice_in_one_moment_is_read_twice(folder: Folder) -> None:
    file = folder.folder / "SECRET_KEY"
    folder.changes_to(A, B, A)
    before = file.stat()
    with file.open("r+") as opened:  # as somebody writes who knows nothing of renaming, on a clock that stands still
        opened.write(B)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    _reload._state.next_look = 0
    assert _reload.follow()
    assert settings.SECRET_KEY == B


def test_nothing_is_told_anew_where_nothing_has_changed(folder: Folder) -> None:
    folder.changes_to(A, B, A)
    before = _load.generation()
    assert not folder.changes_to(A, B, A)
    assert _load.generation() == before


def test_a_signer_that_was_made_before_signs_with_the_key_of_now(folder: Folder) -> None:
    made_before, cookies = signing.Signer(), signing.get_cookie_signer()
    old, cookie = made_before.sign("it"), cookies.sign("it")
    folder.changes_to(A, B, A)
    folder.changes_to(B, B, A)
    assert signing.Signer(key=B).unsign(made_before.sign("it")) == "it"
    assert made_before.unsign(old) == "it"
    assert signing.get_cookie_signer().unsign(cookies.sign("it")) == "it"
    # Twice: Django gives it an iterator of fallbacks, which is used up then.
    assert [cookies.unsign(cookie), cookies.unsign(cookie)] == ["it", "it"]
    folder.changes_to(B, B)
    with pytest.raises(signing.BadSignature):
        made_before.unsign(old)


def test_a_signer_that_was_frozen_before_a_fork_does_too(folder: Folder) -> None:
    made_before = signing.Signer()
    gc.freeze()
    try:
        folder.changes_to(B, B, A)
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
    assert made_before.key == B


def test_a_signer_that_was_just_being_made_follows_with_the_next_look(folder: Folder) -> None:
    class Slow(signing.Signer):  # type: ignore[misc]
        """Has read the settings, and changes hands before it has the key."""

        def __init__(self) -> None:
            key = settings.SECRET_KEY
            folder.changes_to(B, B, A)
            super().__init__(key=key)

    slow = Slow()
    assert slow.key == A
    _reload._state.next_look = 0
    _reload.follow()
    assert slow.key == B


def test_every_setting_that_is_the_key_changes_with_it(folder: Folder) -> None:
    with override_settings(LINK_KEY=A, LINK_KEYS=(A,), OTHER_KEY=A * 2, SECRET_KEY_FALLBACKS=[A, "from elsewhere"]):
        folder.changes_to(A, B, A)
        assert (settings.LINK_KEY, settings.LINK_KEYS) == (A, [B, A])
        folder.changes_to(B, B, A)
        assert (settings.LINK_KEY, settings.LINK_KEYS, settings.OTHER_KEY) == (B, [B, A], A * 2)
        assert settings.SECRET_KEY_FALLBACKS == [B, A, "from elsewhere"]
        folder.changes_to(B, B)
        assert settings.SECRET_KEY_FALLBACKS == [B, "from elsewhere"]


def test_a_generator_of_fallbacks_becomes_a_list(folder: Folder) -> None:
    with override_settings(SECRET_KEY_FALLBACKS=(key for key in [A])):
        folder.changes_to(A, B, A)
        assert settings.SECRET_KEY_FALLBACKS == [B, A]


def test_a_second_ring_is_taken_over_too(folder: Folder) -> None:
    folder.holds("first token key (made up)", "first token key (made up)", ring="TOKEN_KEY")
    key, keys = keybaton.load("TOKEN_KEY")
    with override_settings(TOKEN_KEY=key, TOKEN_KEYS=keys):
        signer = signing.Signer(key=settings.TOKEN_KEY, fallback_keys=settings.TOKEN_KEYS)
        second = "second token key (made up)"
        assert folder.changes_to(second, second, key, ring="TOKEN_KEY")
        assert (second, [second, key]) == (settings.TOKEN_KEY, settings.TOKEN_KEYS)
        assert (settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS) == (A, [A])
        assert (signer.key, signer.fallback_keys) == (second, [second, key])
        assert _load.given("TOKEN_KEY") == (second, (second, key))


def test_a_second_ring_that_is_gone_keeps_the_first_from_nothing(folder: Folder) -> None:
    folder.holds("a token key (made up)", "", ring="TOKEN_KEY")
    keybaton.load("TOKEN_KEY")
    (folder.folder / "TOKEN_KEY").unlink()
    assert folder.changes_to(B, B, A)


def test_a_signer_with_a_key_of_its_own_keeps_it(folder: Folder) -> None:
    own = signing.Signer(key="its own, made up")
    folder.changes_to(B, B, A)
    assert own.key == "its own, made up"


def test_a_signer_whose_key_is_bytes_is_given_no_other(folder: Folder) -> None:
    own = signing.Signer(key=A.encode())
    folder.changes_to(B, B, A)
    assert own.key == A.encode()


def test_a_signer_that_does_not_let_itself_be_changed_stops_nobody(folder: Folder) -> None:
    class Fixed(signing.Signer):  # type: ignore[misc]
        """Its key is what it was made with."""

        @property
        def key(self) -> str:
            return A

        @key.setter
        def key(self, key: str) -> None:
            if key != A:
                raise AttributeError("made up")

    fixed, other = Fixed(), signing.Signer()
    assert folder.changes_to(B, B, A)
    assert (fixed.key, other.key) == (A, B)


def test_what_cannot_be_read_changes_nothing(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    (folder.folder / "SECRET_KEY").unlink()
    _reload._state.next_look = 0
    assert not _reload.follow()
    assert settings.SECRET_KEY == A
    assert "is not taken over" in caplog.text
    assert A not in caplog.text
    assert folder.changes_to(A, B, A)


def test_no_thread_refuses_what_is_valid_or_sees_an_old_key_come_back(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keybaton.django._copies.look_for", lambda _: None)  # it would take most of the time
    steps = [(A, [A]), (A, [B, A]), (B, [B, A]), (B, [B]), (B, [A, B]), (A, [A, B])]
    wrong: list[str] = []
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                signing.loads(signing.dumps("it"))
            except signing.BadSignature:
                wrong.append("refused what was signed a moment ago")

    threads = [threading.Thread(target=serve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        for key, accepted in steps:
            folder.changes_to(key, *accepted)
            if key != settings.SECRET_KEY or accepted != settings.SECRET_KEY_FALLBACKS:
                wrong.append("an old key came back")
    over.set()
    for thread in threads:
        thread.join()
    assert not wrong
