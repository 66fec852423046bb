"""The vectors are still what python-dotenv says, and hold what they promise."""
# ruff: noqa: S101

from __future__ import annotations

import json
from importlib.metadata import version

import make_dotenv
import pytest


@pytest.mark.skipif(version("python-dotenv") != make_dotenv.MADE_FOR, reason="the vectors are of another release")
def test_the_vectors_are_what_python_dotenv_makes(capsys: pytest.CaptureFixture[str]) -> None:
    assert make_dotenv.main(["--check"]) == 0, capsys.readouterr().out


def test_the_vectors_are_many_and_small() -> None:
    text = make_dotenv.TARGET.read_text(encoding="utf-8")
    assert len(json.loads(text)["cases"]) > 2_500
    assert len(text) < 1_000_000
