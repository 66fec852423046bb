"""`gh` as the referee of the stand-in: it seals and lists there what it would on GitHub.

python -m pytest servers/tests          with the Python of the servers' environment
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVERS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(SERVERS), str(SERVERS.parent / "tools")]

import github_actions  # noqa: E402
from hands.gha import GitHubHand, within  # noqa: E402
from stage import Stage  # noqa: E402


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("stage")) as stage:
        github_actions.start(stage)
        yield stage


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return re.sub(r"[^0-9a-z]+", "-", request.node.name)


class Gh:
    """`gh` for one place."""

    def __init__(self, stage: Stage, place: str) -> None:
        self._stage, self._hand, self.place = stage, GitHubHand(stage), place
        path = within(place).split("/")
        self._where = ["--org", path[1]] if path[0] == "orgs" else ["--repo", "/".join(path[1:3])]
        if "environments" in path:
            self._where += ["--env", place.partition("environment=")[2]]

    def __call__(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        there = {**self._stage.environment, "HOME": str(self._stage.folder), "GH_PROMPT_DISABLED": "1"}
        command = [there["KEYBATON_TEST_GH"], *words, *self._where]
        return subprocess.run(command, env=there, capture_output=True, text=True, timeout=60, input=given)

    def must(self, *words: str, given: str = "") -> str:
        done = self(*words, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def kept(self, kind: str) -> dict[str, str]:
        kept = self._hand.also(self.place, {"do": "kept"})
        assert isinstance(kept, dict)
        return {name: one["value"] for name, one in kept[kind].items()}


PLACES = ("gha://acme/{}", "gha://acme/{}?environment=production", "gha://{}")


@pytest.mark.parametrize("template", PLACES)
def test_the_stand_in_opens_what_gh_seals_and_lists_no_value(stage: Stage, name: str, template: str) -> None:
    gh = Gh(stage, template.format(name))
    for text in ("made-up", "two words and a =, žluťoučký"):
        gh.must("secret", "set", "SECRET_KEY", given=text)
        assert gh.kept("secrets") == {"SECRET_KEY": text}
    listed = gh.must("secret", "list")
    assert listed.startswith("SECRET_KEY\t")
    assert "made-up" not in listed
    gh.must("secret", "delete", "SECRET_KEY")
    assert gh.kept("secrets") == {}


# For an environment `gh` looks the repository up by GraphQL first, which is not served here.
@pytest.mark.parametrize("template", [PLACES[0], PLACES[2]])
def test_a_variable_is_made_then_changed_and_shown(stage: Stage, name: str, template: str) -> None:
    gh = Gh(stage, template.format(name))
    for text in ("a", "b"):
        # The second time it is there, which `gh` learns from a 409.
        gh.must("variable", "set", "SECRET_KEY_RING", "--body", text)
        assert gh.must("variable", "get", "SECRET_KEY_RING") == f"{text}\n"
    gh.must("variable", "delete", "SECRET_KEY_RING")
    assert gh.kept("variables") == {}


def test_gh_sees_what_the_hand_writes(stage: Stage, name: str) -> None:
    gh = Gh(stage, f"gha://acme/{name}")
    hand = GitHubHand(stage)
    hand.surround(gh.place)
    assert hand.plant(gh.place, "SECRET_KEY", b"made-up")
    assert hand.plant(gh.place, "SECRET_KEY_RING", b"cmVj")
    names = [line.split("\t")[0] for line in gh.must("secret", "list").splitlines()]
    assert names == ["DATABASE_URL", "SECRET_KEY", "SECRET_KEYS"]
    variables = json.loads(gh.must("variable", "list", "--json", "name,value"))
    assert {"name": "SECRET_KEY_RING", "value": "cmVj"} in variables
    hand.take_out(gh.place)
    assert "SECRET_KEY\t" not in gh.must("secret", "list")


def test_what_github_refuses_gh_is_refused(stage: Stage, name: str) -> None:
    for place, words, told in (
        (f"gha://acme/{name}", ("secret", "set", "GITHUB_KEY"), "HTTP 422"),
        (f"gha://acme/{name}-missing", ("secret", "set", "SECRET_KEY"), "HTTP 404"),
        (f"gha://acme/{name}?environment=missing", ("secret", "list"), "HTTP 404"),
    ):
        done = Gh(stage, place)(*words, given="made-up")
        assert (done.returncode != 0, told in done.stderr) == (True, True), done.stderr


def test_an_environment_is_made(stage: Stage, name: str) -> None:
    gh = Gh(stage, f"gha://acme/{name}?environment=missing")
    there = {**stage.environment, "HOME": str(stage.folder)}
    path = f"repos/acme/{name}/environments/missing"
    subprocess.run([there["KEYBATON_TEST_GH"], "api", "--method", "PUT", path], env=there, check=True, timeout=60)
    assert gh.must("secret", "list") == ""


def test_a_call_that_githubs_description_does_not_know_fails(stage: Stage, name: str) -> None:
    hand = GitHubHand(stage)
    with pytest.raises(ValueError, match=r"418 .*must have required property"):
        hand._ask("POST", f"{within(f'gha://acme/{name}')}/variables", {"name": "A"})
