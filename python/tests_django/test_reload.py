"""A ring that changes in KEYBATON_DIR is taken over by a process that runs."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from django.conf import settings
from django.core import signing
from django.test import override_settings

import keybaton
from keybaton import _load
from keybaton.django import _reload, _signers

A, B = "key-a-made-up-" * 4, "key-b-made-up-" * 4


class Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holds(self, key: str, *accepted: str) -> None:
        (self.folder / "SECRET_KEY").write_text(key)
        (self.folder / "SECRET_KEY_FALLBACKS").write_text(",".join(accepted))

    def changes_to(self, key: str, *accepted: str) -> bool:
        self.holds(key, *accepted)
        _reload._state.next_look = 0
        return _reload.follow()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path))
    monkeypatch.setattr(_load, "_given", {})
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
        assert not folder.changes_to(key, *accepted)


def test_a_signer_that_was_made_before_signs_with_the_key_of_now(folder: Folder) -> None:
    made_before, cookies = signing.Signer(), signing.get_cookie_signer()
    old = made_before.sign("it")
    folder.changes_to(A, B, A)
    folder.changes_to(B, B, A)
    assert signing.Signer(key=B).unsign(made_before.sign("it")) == "it"
    assert made_before.unsign(old) == "it"
    assert signing.get_cookie_signer().unsign(cookies.sign("it")) == "it"
    folder.changes_to(B, B)
    with pytest.raises(signing.BadSignature):
        made_before.unsign(old)


def test_a_signer_with_a_key_of_its_own_keeps_it(folder: Folder) -> None:
    own = signing.Signer(key="its own, made up")
    folder.changes_to(B, B, A)
    assert own.key == "its own, made up"


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


def test_a_package_that_took_the_key_when_it_was_imported_is_named(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("rest_framework_simplejwt.settings")
    module.api_settings = SimpleNamespace(SIGNING_KEY=settings.SECRET_KEY)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert _signers.holds(A, [A, B]) == []
    folder.changes_to(B, B, A)
    assert _signers.holds(settings.SECRET_KEY, [A, B]) == ["simplejwt"]


def test_what_cannot_be_read_changes_nothing(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    (folder.folder / "SECRET_KEY").unlink()
    _reload._state.next_look = 0
    assert not _reload.follow()
    assert settings.SECRET_KEY == A
    assert "is not taken over" in caplog.text
    assert A not in caplog.text
    assert folder.changes_to(A, B, A)


def test_no_thread_refuses_what_is_valid_or_sees_an_old_key_come_back(folder: Folder) -> None:
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
