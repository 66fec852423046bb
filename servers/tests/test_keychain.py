"""The session without a screen: what runs in it leaves nothing with whoever runs the tests.

python -m pytest servers/tests          with the Python of the servers' environment
"""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVERS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(SERVERS), str(SERVERS.parent / "tools")]

import keychain  # noqa: E402
from stage import Stage  # noqa: E402


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("keychain")) as stage:
        keychain.start(stage)
        yield stage


def told(stage: Stage, *words: str) -> str:
    environment = {**os.environ, **stage.environment}
    return subprocess.run(words, capture_output=True, text=True, check=True, env=environment).stdout.strip()


def test_the_list_of_users_has_a_home_of_their_own_for_the_tests(stage: Stage) -> None:
    homes = "import os, pwd; print(pwd.getpwuid(os.geteuid()).pw_dir, pwd.getpwuid(1).pw_dir)"
    assert told(stage, sys.executable, "-c", homes).split() == [str(stage.folder / "home"), pwd.getpwuid(1).pw_dir]


def test_the_keeper_of_secrets_keeps_them(stage: Stage) -> None:
    environment = {**os.environ, **stage.environment}
    stored = ["secret-tool", "store", "--label=x", "service", "shop", "username", "x"]
    subprocess.run(stored, input=b"made-up", check=True, env=environment)
    assert told(stage, "secret-tool", "lookup", "service", "shop", "username", "x") == "made-up"


def test_a_server_that_has_ended_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        stage.start("steady", ["sleep", "60"], lambda _: True)
        stage.start("gone", ["sh", "-c", "echo no more; exit 3"], lambda process: process.wait() == 3)
        assert stage.ended() == ["gone ended by itself, with 3:\nno more\n"]
