"""Every test starts with nothing loaded, nothing warned about and no ring in the environment."""

import os
from pathlib import Path

import pytest

from keybaton import _load, _program
from standin import Program


@pytest.fixture(autouse=True)
def _nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("KEYBATON_", "SECRET_KEY", "JWT_", "DJANGO_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(_load, "_rings", {})
    monkeypatch.setattr(_load, "_said", set())
    monkeypatch.setattr(_load, "CHECK_SECONDS", 30.0)  # a busy machine is no reason to miss a warning


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The one program that load() finds; it does not exist until it is told what it does."""
    standin = Program(tmp_path / "wheel" / "bin")
    monkeypatch.setattr(_program, "places", lambda: [standin.path.parent])
    return standin


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a project's settings, in a repository of its own."""
    folder = tmp_path / "project" / "shop"
    folder.mkdir(parents=True)
    (folder.parent / ".git").mkdir()
    return folder
