"""Parameter Store."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.client import BaseClient
from support import allow, refused, somebody


def test_a_parameter_begins_with_version_1_and_counts_on(ssm: BaseClient, path: str) -> None:
    assert put(ssm, path)["Version"] == 1
    assert put(ssm, path, Overwrite=True)["Version"] == 2
    ssm.delete_parameter(Name=path)
    assert put(ssm, path)["Version"] == 1


def test_without_overwrite_what_is_there_stays(ssm: BaseClient, path: str) -> None:
    put(ssm, path)
    with refused("ParameterAlreadyExists"):
        put(ssm, path, Value="two")
    assert get(ssm, path)["Value"] == "one"


def test_a_parameter_that_is_not_there_is_not_found(ssm: BaseClient, path: str) -> None:
    for ask in (ssm.get_parameter, ssm.delete_parameter, ssm.get_parameter_history):
        with refused("ParameterNotFound"):
            ask(Name=path)
    put(ssm, path)
    with refused("ParameterVersionNotFound"):
        ssm.get_parameter(Name=f"{path}:7")


def test_several_are_read_at_once_and_the_missing_are_named(ssm: BaseClient, path: str) -> None:
    put(ssm, f"{path}/a", Type="SecureString")
    put(ssm, f"{path}/b", Value="two")
    found = ssm.get_parameters(Names=[f"{path}/c", f"{path}/b", f"{path}/a"], WithDecryption=True)
    assert {one["Name"]: one["Value"] for one in found["Parameters"]} == {f"{path}/a": "one", f"{path}/b": "two"}
    assert found["InvalidParameters"] == [f"{path}/c"]
    with refused("ValidationException"):
        ssm.get_parameters(Names=[f"{path}/{number}" for number in range(11)])


def test_a_path_holds_what_is_below_it(ssm: BaseClient, path: str) -> None:
    for name in ("a", "b/c", ".keybaton/7"):
        put(ssm, f"{path}/{name}")
    put(ssm, f"{path}-other")
    assert below(ssm, path) == {f"{path}/a"}
    assert below(ssm, path, Recursive=True) == {f"{path}/a", f"{path}/b/c", f"{path}/.keybaton/7"}


def test_a_path_comes_in_pages(ssm: BaseClient, path: str) -> None:
    for number in range(12):
        put(ssm, f"{path}/{number}")
    first = ssm.get_parameters_by_path(Path=path)
    assert len(first["Parameters"]) <= 10
    assert first["NextToken"]
    assert len(below(ssm, path)) == 12


def test_a_secure_string_is_shown_only_decrypted(ssm: BaseClient, path: str) -> None:
    put(ssm, path, Type="SecureString", Value="made-up-secret")
    assert get(ssm, path)["Value"] == "made-up-secret"
    assert "made-up-secret" not in ssm.get_parameter(Name=path)["Parameter"]["Value"]


def test_the_type_cannot_change(ssm: BaseClient, path: str) -> None:
    put(ssm, path)
    with refused("HierarchyTypeMismatchException", "ValidationException"):
        put(ssm, path, Type="SecureString", Overwrite=True)


def test_a_new_one_needs_a_type(ssm: BaseClient, path: str) -> None:
    with refused("ValidationException"):
        ssm.put_parameter(Name=path, Value="one")
    put(ssm, path)
    assert ssm.put_parameter(Name=path, Value="two", Overwrite=True)["Version"] == 2


def test_the_standard_tier_holds_4_kib_and_the_advanced_8(ssm: BaseClient, path: str) -> None:
    put(ssm, path, Value="x" * 4096)
    with refused("ValidationException"):
        put(ssm, path, Value="x" * 4097, Overwrite=True)
    assert put(ssm, path, Value="x" * 8192, Tier="Advanced", Overwrite=True)["Tier"] == "Advanced"
    with refused("ValidationException"):
        put(ssm, path, Value="x" * 8193, Tier="Advanced", Overwrite=True)


def test_the_advanced_tier_cannot_be_left(ssm: BaseClient, path: str) -> None:
    put(ssm, path, Tier="Advanced")
    with refused("ValidationException", saying="advanced-parameter tier"):
        put(ssm, path, Tier="Standard", Overwrite=True)


def test_intelligent_tiering_takes_what_is_needed(ssm: BaseClient, path: str) -> None:
    assert put(ssm, path, Tier="Intelligent-Tiering")["Tier"] == "Standard"
    assert put(ssm, path, Tier="Intelligent-Tiering", Value="x" * 5000, Overwrite=True)["Tier"] == "Advanced"


@pytest.mark.parametrize("value", ["", "{{other}}", "a {{ssm:other}} b"])
def test_some_values_cannot_be(ssm: BaseClient, path: str, value: str) -> None:
    with refused("ValidationException"):
        put(ssm, path, Value=value)


@pytest.mark.parametrize("wrong", ["/aws/a", "/ssmx", "a/b", "/a b", "/a?b", "/a" * 17])
def test_some_names_cannot_be(ssm: BaseClient, wrong: str) -> None:
    with refused("ValidationException", "HierarchyLevelLimitExceededException", "AccessDeniedException"):
        put(ssm, wrong)


def test_strange_values_come_back_as_they_were(ssm: BaseClient, path: str) -> None:
    text = "\n $(a) `b` 'c' \"d\" \\u0000 žluťoučký 🔑\r\n "
    put(ssm, path, Value=text, Type="SecureString")
    assert get(ssm, path)["Value"] == text


def test_tags_come_with_the_first_version_only(ssm: BaseClient, path: str) -> None:
    tags = [{"Key": "team", "Value": "shop"}]
    put(ssm, path, Tags=tags)
    with refused("ValidationException"):
        put(ssm, path, Tags=tags, Overwrite=True)
    put(ssm, path, Value="two", Overwrite=True)
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=path)["TagList"] == tags


def test_the_key_of_a_secure_string_is_told_by_its_description(ssm: BaseClient, path: str) -> None:
    put(ssm, path, Type="SecureString", KeyId="alias/aws/ssm", Description="of the shop")
    [told] = described(ssm, path)
    assert (told["KeyId"], told["Description"], told["Tier"]) == ("alias/aws/ssm", "of the shop", "Standard")


def test_labels_move(ssm: BaseClient, path: str) -> None:
    put(ssm, path)
    put(ssm, path, Value="two", Overwrite=True)
    ssm.label_parameter_version(Name=path, ParameterVersion=1, Labels=["live"])
    assert get(ssm, f"{path}:live")["Value"] == "one"
    ssm.label_parameter_version(Name=path, ParameterVersion=2, Labels=["live"])
    assert get(ssm, f"{path}:live")["Value"] == "two"
    assert ssm.label_parameter_version(Name=path, Labels=["aws-x", "7"])["InvalidLabels"] == ["aws-x", "7"]


def test_a_hundred_versions_are_kept_and_a_labelled_one_stops_the_next(ssm: BaseClient, path: str) -> None:
    put(ssm, path)
    for _ in range(100):
        put(ssm, path, Overwrite=True)
    with refused("ParameterVersionNotFound"):
        ssm.get_parameter(Name=f"{path}:1")
    ssm.label_parameter_version(Name=path, ParameterVersion=2, Labels=["live"])
    with refused("ParameterMaxVersionLimitExceeded"):
        put(ssm, path, Overwrite=True)
    assert get(ssm, path)["Version"] == 101


def test_who_has_no_right_to_a_parameter_is_denied_with_the_action_and_the_resource(ssm: BaseClient, path: str) -> None:
    put(ssm, path)
    own = f"arn:aws:ssm:us-east-1:123456789012:parameter{path}/*"
    reader = somebody(allow("ssm:GetParameters", own)).client("ssm")
    put(ssm, f"{path}/a")
    assert len(reader.get_parameters(Names=[f"{path}/a"])["Parameters"]) == 1
    with refused("AccessDeniedException", saying="is not authorized to perform: ssm:GetParameters on resource"):
        reader.get_parameters(Names=[path])
    with refused("AccessDeniedException", saying="ssm:PutParameter"):
        put(reader, f"{path}/a", Overwrite=True)


@pytest.fixture
def path(name: str) -> str:
    return f"/{name}"


def put(ssm: BaseClient, path: str, **more: object) -> dict[str, Any]:
    put: dict[str, Any] = ssm.put_parameter(**{"Name": path, "Value": "one", "Type": "String", **more})
    return put


def get(ssm: BaseClient, path: str) -> dict[str, Any]:
    parameter: dict[str, Any] = ssm.get_parameter(Name=path, WithDecryption=True)["Parameter"]
    return parameter


def described(ssm: BaseClient, path: str) -> list[dict[str, Any]]:
    named = {"Key": "Name", "Option": "Equals", "Values": [path]}
    pages = ssm.get_paginator("describe_parameters").paginate(ParameterFilters=[named])
    return [one for page in pages for one in page["Parameters"]]


def below(ssm: BaseClient, path: str, **more: object) -> set[str]:
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, **more)
    return {one["Name"] for page in pages for one in page["Parameters"]}
