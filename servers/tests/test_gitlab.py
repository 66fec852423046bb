"""python-gitlab as the referee of the stand-in: what it is answered is what GitLab documents.

python -m pytest servers/tests          with the Python of the servers' environment
"""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

SERVERS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(SERVERS), str(SERVERS.parent / "tools")]

from gitlab.exceptions import GitlabAuthenticationError, GitlabError, GitlabGetError  # noqa: E402

import gitlab_ci  # noqa: E402
from hands.gitlab import client  # noqa: E402
from stage import Stage  # noqa: E402

There = dict[str, str]
KEY = "made-up-key"


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    with Stage(tmp_path_factory.mktemp("stage")) as stage:
        gitlab_ci.start(stage)
        yield stage.environment


@pytest.fixture
def path(request: pytest.FixtureRequest) -> str:
    return "acme/" + re.sub(r"[^0-9A-Za-z]+", "-", request.node.name)


@pytest.fixture(params=["projects", "groups"])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def variables(there: There, kind: str, path: str, token: str = gitlab_ci.OWNER) -> Any:  # noqa: ANN401
    """python-gitlab has a class for each of the two kinds."""
    return getattr(client(there, token), kind).get(path, lazy=True).variables


def refusal(call: Callable[[], object]) -> tuple[int | None, Any]:
    with pytest.raises(GitlabError) as caught:
        call()
    return caught.value.response_code, caught.value.error_message


def test_a_variable_comes_back_with_all_that_was_said_of_it(there: There, kind: str, path: str) -> None:
    said = {
        "key": "A_1",
        "value": "žluťoučký\n🔑",
        "variable_type": "file",
        "protected": True,
        "masked": False,
        "raw": True,
        "environment_scope": "review/*",
        "description": "ours",
    }
    all_ = variables(there, kind, path)
    all_.create(said)
    found = all_.get("A_1").attributes
    assert {name: found[name] for name in said} == said
    assert found["hidden"] is False


def test_what_is_not_said_is_as_gitlab_has_it(there: There, kind: str, path: str) -> None:
    all_ = variables(there, kind, path)
    all_.create({"key": "A", "value": ""})
    found = all_.get("A").attributes
    usual = {"variable_type": "env_var", "protected": False, "masked": False, "raw": False, "hidden": False}
    assert {name: found[name] for name in usual} == usual
    assert (found["value"], found["environment_scope"], found["description"]) == ("", "*", None)


def test_an_update_changes_what_it_names_alone(there: There, kind: str, path: str) -> None:
    all_ = variables(there, kind, path)
    all_.create({"key": "A", "value": KEY, "masked": True, "protected": True, "description": "ours"})
    all_.update("A", {"value": "made-up-other"})
    found = all_.get("A").attributes
    wanted = ["made-up-other", True, True, "ours"]
    assert [found[name] for name in ("value", "masked", "protected", "description")] == wanted


def test_a_name_is_taken_once_in_each_scope_and_the_filter_tells_them_apart(there: There, kind: str, path: str) -> None:
    all_ = variables(there, kind, path)
    for scope in ("*", "production"):
        all_.create({"key": "A", "value": scope, "environment_scope": scope})
    taken = {"key": ["(A) has already been taken"]}
    assert refusal(lambda: all_.create({"key": "A", "value": "x"})) == (400, taken)
    status, message = refusal(lambda: all_.get("A"))
    assert (status, "filter[environment_scope]" in message) == (409, True)
    production = {"environment_scope": "production"}
    assert all_.get("A", filter=production).value == "production"
    all_.update("A", {"value": "changed"}, filter=production)
    all_.delete("A", filter={"environment_scope": "*"})
    assert [(one.value, one.environment_scope) for one in all_.list(get_all=True)] == [("changed", "production")]


def test_an_old_group_gives_the_first_of_a_name_whatever_the_scope(there: There) -> None:
    all_ = variables(there, "groups", f"old/{secrets.token_hex(4)}")
    for scope in ("*", "production"):
        all_.create({"key": "A", "value": scope, "environment_scope": scope})
    assert all_.get("A", filter={"environment_scope": "production"}).value == "*"


def test_what_is_not_there_says_so(there: There, kind: str, path: str) -> None:
    all_ = variables(there, kind, path)
    for call in (lambda: all_.get("A"), lambda: all_.update("A", {"value": "x"}), lambda: all_.delete("A")):
        status, message = refusal(call)
        assert (status, message.endswith("Variable Not Found")) == (404, True)
    with pytest.raises(GitlabGetError, match=r"404 .* Not Found"):
        getattr(client(there, gitlab_ci.OWNER), kind).get("acme/missing")


def test_a_masked_value_is_long_enough_and_has_no_white_space(there: There, kind: str, path: str) -> None:
    all_ = variables(there, kind, path)
    for raw, value, is_valid in [
        (True, "made-up$", True),
        (True, "made-up", False),
        (True, "made up key", False),
        (True, "made-up-key\n", False),
        (False, "Made_up+=/@:.~-1", True),
        (False, "made-up,key", False),
        (False, "made-up$key", False),
    ]:
        said = {"key": "A", "value": value, "masked": True, "raw": raw}
        if is_valid:
            all_.create(said)
            all_.delete("A")
        else:
            assert refusal(partial(all_.create, said)) == (400, {"value": ["is invalid"]})
    all_.create({"key": "A", "value": KEY, "masked": True})
    assert refusal(lambda: all_.update("A", {"value": "short"})) == (400, {"value": ["is invalid"]})


def test_a_hidden_value_is_not_shown_and_stays_hidden(there: There, kind: str, path: str) -> None:
    all_ = variables(there, kind, path)
    all_.create({"key": "A", "value": KEY, "masked_and_hidden": True})
    all_.update("A", {"value": "made-up-other"})
    found = all_.get("A").attributes
    assert (found["value"], found["hidden"], found["masked"]) == (None, True, True)


def test_what_cannot_be_a_variable_is_refused(there: There, kind: str, path: str) -> None:
    all_ = variables(there, kind, path)
    all_.create({"key": "A", "value": "x" * 10_000})
    for said in [
        {"key": "A-B", "value": "x"},
        {"key": "B", "value": "x" * 10_001},
        {"key": "B", "value": "x", "environment_scope": "a,b"},
        {"key": "B", "value": "x", "variable_type": "made-up"},
        {"key": "B", "value": "made\0up"},
    ]:
        assert refusal(partial(all_.create, said))[0] == 400


def test_many_are_listed_page_by_page_in_the_order_in_which_they_were_made(there: There, kind: str, path: str) -> None:
    all_ = variables(there, kind, path)
    names = [f"A_{number}" for number in range(101)]
    for name in names:
        all_.create({"key": name, "value": "x"})
    assert [one.key for one in all_.list(iterator=True, per_page=100)] == names
    assert len(all_.list(page=2, per_page=100, get_all=False)) == 1
    assert len(all_.list(per_page=500, get_all=False)) == 100


def test_a_project_is_found_by_its_number(there: There, kind: str, path: str) -> None:
    variables(there, kind, path).create({"key": "A", "value": KEY})
    id_ = getattr(client(there, gitlab_ci.OWNER), kind).get(path).id
    assert variables(there, kind, id_).get("A").value == KEY


def test_a_group_without_a_licence_has_variables_for_all_environments(there: There) -> None:
    all_ = variables(there, "groups", "free/acme")
    made = all_.create({"key": "A", "value": "x", "environment_scope": "production"})
    assert made.environment_scope == "*"


def test_a_role_and_a_scope_say_who_may(there: There, path: str) -> None:
    cases = [
        ("projects", gitlab_ci.MAINTAINER, None, None),
        ("groups", gitlab_ci.MAINTAINER, 403, 403),
        ("projects", gitlab_ci.DEVELOPER, 403, 403),
        ("projects", gitlab_ci.READER, None, 403),
    ]
    for kind, token, reads, writes in cases:
        variables(there, kind, path).create({"key": "A", "value": KEY})
        all_ = variables(there, kind, path, token)
        for call, status in [
            (partial(all_.list, get_all=True), reads),
            (partial(all_.delete, "A"), writes),
        ]:
            if status is None:
                call()
            else:
                assert refusal(call)[0] == status
        variables(there, kind, path).create({"key": "A_2", "value": KEY})
        for one in variables(there, kind, path).list(get_all=True):
            variables(there, kind, path).delete(one.key)


def test_who_is_nobody_is_told_so_in_either_header(there: There, path: str) -> None:
    for token in ("made-up", gitlab_ci.REVOKED):
        with pytest.raises(GitlabAuthenticationError):
            variables(there, "projects", path, token).list(get_all=True)
    url = f"{there['GITLAB_HOST']}/api/v4/projects/{path.replace('/', '%2F')}/variables"
    with requests.Session() as session:
        session.trust_env, session.verify = False, there["SSL_CERT_FILE"]
        bearer = {"Authorization": f"Bearer {gitlab_ci.OWNER}"}
        assert [session.get(url, headers=headers).status_code for headers in ({}, bearer)] == [401, 200]


def test_of_twenty_who_make_the_same_variable_one_does(there: There, kind: str, path: str) -> None:
    statuses = []

    def make(number: int) -> None:
        try:
            variables(there, kind, path).create({"key": "A", "value": str(number)})
            statuses.append(201)
        except GitlabError as error:
            statuses.append(error.response_code or 0)

    writers = [threading.Thread(target=make, args=(number,)) for number in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(statuses) == [201, *[400] * 19]


@pytest.mark.parametrize("variable", ["GITLAB_HOST", "GITLAB_URL", "CI_SERVER_URL"])
@pytest.mark.parametrize("is_bare", [False, True], ids=["address", "bare host"])
def test_the_script_of_the_page_finds_the_server_that_keybaton_finds(
    there: There, variable: str, is_bare: bool
) -> None:
    held = variables(there, "projects", "acme/shop")
    for variable_there in held.list(get_all=True):
        variable_there.delete()
    held.create({"key": "SECRET_KEY", "value": KEY, "masked": True})
    host = there["GITLAB_HOST"].removeprefix("https://") if is_bare else there["GITLAB_HOST"]
    own = {variable: host, "GITLAB_TOKEN": there["GITLAB_TOKEN"], "REQUESTS_CA_BUNDLE": there["SSL_CERT_FILE"]}
    command = [sys.executable, "-c", script_of_the_page()]
    done = subprocess.run(command, env=own, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (f"SECRET_KEY {len(KEY)} * masked\n", "")


def script_of_the_page() -> str:
    """What the page types into Python, between its prompts."""
    page = (SERVERS.parent / "docs" / "stores" / "gitlab.md").read_text()
    typed = page.partition("$ python3 - <<'END'\n")[2].partition("> END\n")[0]
    return "\n".join(re.sub("^> ?", "", line) for line in typed.splitlines())
