"""Secrets Manager: versions of a secret, their labels, and the swap that keybaton's writes rest on."""

from __future__ import annotations

import threading
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError
from support import refused, token


def test_the_first_version_is_current(sm: BaseClient, name: str) -> None:
    made = sm.create_secret(Name=name, SecretString="one")
    assert stages(sm, name) == {made["VersionId"]: ["AWSCURRENT"]}
    read = sm.get_secret_value(SecretId=made["ARN"])
    assert (read["SecretString"], read["VersionId"], read["VersionStages"]) == (
        "one",
        made["VersionId"],
        ["AWSCURRENT"],
    )


def test_a_put_without_labels_moves_current_and_previous(sm: BaseClient, name: str) -> None:
    first = sm.create_secret(Name=name, SecretString="one")["VersionId"]
    second = sm.put_secret_value(SecretId=name, SecretString="two")
    assert second["VersionStages"] == ["AWSCURRENT"]
    assert stages(sm, name) == {first: ["AWSPREVIOUS"], second["VersionId"]: ["AWSCURRENT"]}


def test_a_put_under_a_label_of_its_own_leaves_current(sm: BaseClient, name: str) -> None:
    first, second = two(sm, name, "KEYBATON-made-up")
    assert stages(sm, name) == {first: ["AWSCURRENT"], second: ["KEYBATON-made-up"]}
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "one"
    assert sm.get_secret_value(SecretId=name, VersionStage="KEYBATON-made-up")["SecretString"] == "two"


def test_the_first_put_is_current_under_whatever_label(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name)
    put = sm.put_secret_value(SecretId=name, SecretString="one", VersionStages=["KEYBATON-made-up"])
    assert set(put["VersionStages"]) == {"KEYBATON-made-up", "AWSCURRENT"}


def test_a_secret_can_be_without_a_value(sm: BaseClient, name: str) -> None:
    assert "VersionId" not in sm.create_secret(Name=name)
    with refused("ResourceNotFoundException", saying="AWSCURRENT"):
        sm.get_secret_value(SecretId=name)


def test_current_moves_from_the_version_that_has_it(sm: BaseClient, name: str) -> None:
    first, second = two(sm, name, "KEYBATON-made-up")
    move(sm, name, first, second)
    assert {version: sorted(labels) for version, labels in stages(sm, name).items()} == {
        first: ["AWSPREVIOUS"],
        second: ["AWSCURRENT", "KEYBATON-made-up"],
    }


def test_what_is_read_without_a_label_is_current_after_a_move_too(sm: BaseClient, name: str) -> None:
    first, second = two(sm, name, "KEYBATON-made-up")
    move(sm, name, first, second)
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "two"


def test_current_does_not_move_from_a_version_that_has_lost_it(sm: BaseClient, name: str) -> None:
    first, second = two(sm, name, "KEYBATON-made-up")
    sm.put_secret_value(SecretId=name, SecretString="somebody else's")
    before = stages(sm, name)
    with refused("InvalidParameterException"):
        move(sm, name, first, second)
    assert stages(sm, name) == before
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "somebody else's"


def test_current_does_not_move_without_the_version_it_moves_from(sm: BaseClient, name: str) -> None:
    first, second = two(sm, name, "KEYBATON-made-up")
    with refused("InvalidParameterException", saying=first):
        sm.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=second)
    assert stages(sm, name)[first] == ["AWSCURRENT"]


def test_of_twenty_moves_at_once_one_is_done(sm: BaseClient, name: str) -> None:
    first = sm.create_secret(Name=name, SecretString="one")["VersionId"]
    labels = [f"KEYBATON-{number}" for number in range(20)]
    new = [put(sm, name, label, label) for label in labels]
    done = at_once([lambda to=to: move(sm, name, first, to) for to in new])
    assert done.count(True) == 1
    winner = new[done.index(True)]
    current = [version for version, labels in stages(sm, name).items() if "AWSCURRENT" in labels]
    assert current == [winner]


def test_previous_goes_on_with_current_and_leaves_its_old_place(sm: BaseClient, name: str) -> None:
    first, second = two(sm, name, "KEYBATON-made-up")
    move(sm, name, first, second)
    third = put(sm, name, "three", "KEYBATON-other")
    move(sm, name, second, third)
    assert {version: set(labels) for version, labels in stages(sm, name).items()} == {
        second: {"AWSPREVIOUS", "KEYBATON-made-up"},
        third: {"AWSCURRENT", "KEYBATON-other"},
    }


def test_a_version_without_labels_can_still_be_read_by_its_id(sm: BaseClient, name: str) -> None:
    first, second = two(sm, name, "KEYBATON-made-up")
    sm.update_secret_version_stage(SecretId=name, VersionStage="KEYBATON-made-up", RemoveFromVersionId=second)
    assert stages(sm, name) == {first: ["AWSCURRENT"]}
    assert sm.get_secret_value(SecretId=name, VersionId=second)["SecretString"] == "two"


def test_deprecated_versions_are_listed_only_when_asked_for(sm: BaseClient, name: str) -> None:
    first, second = two(sm, name, "KEYBATON-made-up")
    sm.update_secret_version_stage(SecretId=name, VersionStage="KEYBATON-made-up", RemoveFromVersionId=second)
    assert [one["VersionId"] for one in sm.list_secret_version_ids(SecretId=name)["Versions"]] == [first]
    all_of_them = sm.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]
    assert {one["VersionId"] for one in all_of_them} == {first, second}


def test_a_label_is_on_one_version_only(sm: BaseClient, name: str) -> None:
    _, second = two(sm, name, "KEYBATON-made-up")
    third = put(sm, name, "three", "KEYBATON-made-up")
    assert stages(sm, name)[third] == ["KEYBATON-made-up"]
    assert second not in stages(sm, name)


def test_an_id_and_a_label_must_fit(sm: BaseClient, name: str) -> None:
    first, _ = two(sm, name, "KEYBATON-made-up")
    with refused("InvalidRequestException", "ResourceNotFoundException"):
        sm.get_secret_value(SecretId=name, VersionId=first, VersionStage="KEYBATON-made-up")


def test_the_same_token_and_value_do_nothing_twice(sm: BaseClient, name: str) -> None:
    asked = {"Name": name, "SecretString": "one", "ClientRequestToken": token()}
    assert (
        sm.create_secret(**asked)["VersionId"] == sm.create_secret(**asked)["VersionId"] == asked["ClientRequestToken"]
    )
    again = {"SecretId": name, "SecretString": "two", "ClientRequestToken": token()}
    sm.put_secret_value(**again)
    sm.put_secret_value(**again)
    assert len(stages(sm, name)) == 2


def test_the_same_token_with_another_value_is_refused(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    once = token()
    sm.put_secret_value(SecretId=name, SecretString="two", ClientRequestToken=once)
    with refused("ResourceExistsException"):
        sm.put_secret_value(SecretId=name, SecretString="three", ClientRequestToken=once)
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "two"


def two(sm: BaseClient, name: str, label: str) -> tuple[str, str]:
    """A secret with a current version, and another one under a label."""
    return sm.create_secret(Name=name, SecretString="one")["VersionId"], put(sm, name, "two", label)


def put(sm: BaseClient, name: str, value: str, label: str) -> str:
    version: str = sm.put_secret_value(SecretId=name, SecretString=value, VersionStages=[label])["VersionId"]
    return version


def move(sm: BaseClient, name: str, source: str, target: str) -> None:
    ids = {"RemoveFromVersionId": source, "MoveToVersionId": target}
    sm.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", **ids)


def stages(sm: BaseClient, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = sm.describe_secret(SecretId=name)["VersionIdsToStages"]
    return found


def at_once(jobs: list[Any]) -> list[bool]:
    done, barrier = [False] * len(jobs), threading.Barrier(len(jobs))

    def run(number: int) -> None:
        barrier.wait()
        try:
            jobs[number]()
            done[number] = True
        except ClientError:
            pass

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done
