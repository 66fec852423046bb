"""Heroku's own program as the referee of the stand-in: it sets, shows and unsets there what it would on Heroku.

python -m pytest servers/tests          with the Python of the servers' environment
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

SERVERS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(SERVERS), str(SERVERS.parent / "tools")]

import heroku_cli  # noqa: E402
import heroku_platform  # noqa: E402
from hands.heroku import HerokuHand  # noqa: E402
from node import path_to  # noqa: E402
from stage import Stage  # noqa: E402


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("stage")) as stage:
        heroku_platform.start(stage)
        yield stage


@pytest.fixture
def app(request: pytest.FixtureRequest) -> str:
    return re.sub(r"[^0-9a-z]+", "-", request.node.name)


class Heroku:
    def __init__(self, stage: Stage, app: str) -> None:
        path = path_to(heroku_cli.folder())
        self._there = {**stage.environment, **heroku_cli.at_home(stage), "PATH": path}
        self._app = app

    def __call__(self, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
        command = ["heroku", *words, "--app", self._app]
        there = {**self._there, **extra}
        return subprocess.run(command, env=there, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)

    def config(self) -> dict[str, str]:
        config: dict[str, str] = json.loads(self("config", "--json").stdout)
        return config


def test_what_is_set_is_shown_and_each_change_is_a_release(stage: Stage, app: str) -> None:
    heroku = Heroku(stage, app)
    assert heroku.config() == {}
    said = heroku("config:set", "A=b", "B=two words and a =")
    assert "done, v3" in said.stderr + said.stdout
    assert heroku.config() == {"A": "b", "B": "two words and a ="}
    assert heroku("config:get", "B").stdout == "two words and a =\n"
    assert "done, v4" in heroku("config:unset", "A").stderr
    assert heroku.config() == {"B": "two words and a ="}
    shown = heroku("releases").stdout
    assert [line in shown for line in ("Set A, B config vars", "Remove A config vars", "Current: v4")] == [True] * 3


def test_a_change_that_changes_nothing_is_no_release(stage: Stage, app: str) -> None:
    heroku = Heroku(stage, app)
    for _ in range(2):
        assert "done, v3" in heroku("config:set", "A=b").stderr


def test_a_failing_release_command_is_shown(stage: Stage, app: str) -> None:
    heroku, place = Heroku(stage, app), f"heroku://{app}"
    HerokuHand(stage).also(place, {"do": "command", "with": {"ends": "failed"}})
    heroku("config:set", "A=b")
    assert "failed" in heroku("releases").stdout
    assert heroku.config() == {"A": "b"}


def test_each_release_has_the_config_vars_of_its_time(stage: Stage, app: str) -> None:
    heroku = Heroku(stage, app)
    for value in "ab":
        heroku("config:set", f"A={value}")
    for version, value in (("v3", "a"), ("v4", "b")):
        assert f"A={value}" in heroku("releases:info", version, "--shell").stdout
    assert asked(stage, app, {}, "releases/9/config-vars").status_code == 404
    assert asked(stage, app, {}, "releases/3/config-vars").json() == {"A": "a"}


def test_what_the_hand_writes_heroku_reads(stage: Stage, app: str) -> None:
    hand, place = HerokuHand(stage), f"heroku://{app}"
    hand.surround(place)
    assert hand.plant(place, "SECRET_KEY", b"made-up")
    others = json.loads(hand.surroundings(place))
    assert Heroku(stage, app).config() == {**others, "SECRET_KEY": "made-up"}
    hand.take_out(place)
    assert "SECRET_KEY" not in Heroku(stage, app).config()


def test_what_heroku_says_no_to_it_says_as_heroku_does(stage: Stage, app: str) -> None:
    heroku = Heroku(stage, app)
    stranger = heroku("config", HEROKU_API_KEY=heroku_platform.STRANGER)
    assert ("Error ID: forbidden" in stranger.stderr, stranger.returncode) == (True, 2)
    nobody = heroku("config", HEROKU_API_KEY="made-up")
    assert "HEROKU_API_KEY is invalid" in " ".join(nobody.stderr.split())
    assert "Couldn't find that app." in Heroku(stage, "missing")("config").stderr
    assert "Error ID: invalid_params" in heroku("config:set", f"A={'x' * 33_000}").stderr


def test_a_range_of_releases_comes_in_its_order_and_as_a_part(stage: Stage, app: str) -> None:
    hand, place = HerokuHand(stage), f"heroku://{app}"
    for number in range(3):
        hand.also(place, {"do": "set", "with": {"A": str(number)}})
    for range_, status, versions in [
        ("version ..; order=desc,max=1", 206, [5]),
        ("version ..; order=desc", 200, [5, 4, 3, 2, 1]),
        ("version ]3..; order=asc,max=100", 200, [4, 5]),
        ("version 3..; max=2", 206, [3, 4]),
        ("", 200, [1, 2, 3, 4, 5]),
    ]:
        answer = asked(stage, app, {"Range": range_})
        assert (answer.status_code, [release["version"] for release in answer.json()]) == (status, versions), range_
    assert asked(stage, app, {"Range": "made up"}).status_code == 422
    assert asked(stage, app, {"Accept": "application/json"}).status_code == 406


def test_of_twenty_who_write_each_makes_a_release(stage: Stage, app: str) -> None:
    hand, place = HerokuHand(stage), f"heroku://{app}"

    def write(number: int) -> None:
        hand.also(place, {"do": "set", "with": {"A": str(number)}})

    writers = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [release["version"] for release in asked(stage, app, {}).json()] == list(range(1, 23))


def test_each_part_of_the_referee_is_pinned_by_its_digest_and_none_names_a_registry() -> None:
    lock = json.loads((heroku_cli.PINS / "package-lock.json").read_text())
    wanted = json.loads((heroku_cli.PINS / "package.json").read_text())["dependencies"]
    assert lock["packages"].pop("")["dependencies"] == wanted
    parts = {name: part for name, part in lock["packages"].items() if not part.get("inBundle")}
    assert [name for name, part in parts.items() if not part["integrity"].startswith("sha512-")] == []
    assert [name for name, part in lock["packages"].items() if "resolved" in part or part.get("link")] == []


def asked(stage: Stage, app: str, headers: dict[str, str], what: str = "releases") -> requests.Response:
    usual = {
        "Accept": "application/vnd.heroku+json; version=3",
        "Authorization": f"Bearer {heroku_platform.COLLABORATOR}",
    }
    with requests.Session() as session:
        session.trust_env, session.verify = False, stage.environment["SSL_CERT_FILE"]
        url = f"{stage.environment['HEROKU_HOST']}/apps/{app}/{what}"
        return session.get(url, headers={**usual, **headers}, timeout=10)
