"""Secrets Manager: what a secret is and has beside its versions."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from support import allow, refused, somebody


def test_a_secret_that_is_not_there_is_not_found(sm: BaseClient, name: str) -> None:
    for ask in (sm.get_secret_value, sm.describe_secret, sm.list_secret_version_ids, sm.delete_secret):
        with refused("ResourceNotFoundException"):
            ask(SecretId=name)
    with refused("ResourceNotFoundException"):
        sm.put_secret_value(SecretId=name, SecretString="x")


def test_a_name_can_be_taken_once(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    with refused("ResourceExistsException"):
        sm.create_secret(Name=name, SecretString="one")


def test_the_arn_ends_in_six_characters_of_its_own(sm: BaseClient, name: str) -> None:
    arn = sm.create_secret(Name=name, SecretString="one")["ARN"]
    assert arn.startswith(f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-")
    assert len(arn.rpartition("-")[2]) == 6
    assert sm.get_secret_value(SecretId=arn)["Name"] == name


@pytest.mark.parametrize("wrong", ["a b", "a:b", "a#"])
def test_a_name_has_letters_of_a_short_list(sm: BaseClient, name: str, wrong: str) -> None:
    with refused("ValidationException", "InvalidParameterException"):
        sm.create_secret(Name=name + wrong, SecretString="one")


def test_64_kib_is_the_limit(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="x" * 65536)
    with refused("ValidationException", "InvalidParameterException"):
        sm.put_secret_value(SecretId=name, SecretString="x" * 65537)


def test_a_text_and_bytes_together_are_refused(sm: BaseClient, name: str) -> None:
    with refused("InvalidParameterException"):
        sm.create_secret(Name=name, SecretString="one", SecretBinary=b"one")


def test_a_new_value_leaves_everything_else(sm: BaseClient, name: str) -> None:
    tags = [{"Key": "team", "Value": "shop"}]
    sm.create_secret(Name=name, SecretString="one", Description="of the shop", KmsKeyId="alias/made-up", Tags=tags)
    before = settings(sm, name)
    sm.put_secret_value(SecretId=name, SecretString="two")
    assert settings(sm, name) == before == {"Description": "of the shop", "Tags": tags, "KmsKeyId": "alias/made-up"}


def test_strange_texts_come_back_as_they_were(sm: BaseClient, name: str) -> None:
    text = '\n{ "n": 7.0,\t"k":"žluťoučký 🔑 \\u0000" }\r\n '
    sm.create_secret(Name=name, SecretString=text)
    assert sm.get_secret_value(SecretId=name)["SecretString"] == text


def test_deleted_means_no_more_calls_until_it_is_restored(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    sm.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    assert sm.describe_secret(SecretId=name)["DeletedDate"]
    for ask, more in ((sm.get_secret_value, {}), (sm.put_secret_value, {"SecretString": "two"})):
        with refused("InvalidRequestException"):
            ask(SecretId=name, **more)
    with refused("InvalidRequestException"):
        sm.create_secret(Name=name, SecretString="two")
    sm.restore_secret(SecretId=name)
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "one"


def test_deleted_by_force_means_gone(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    with refused("ResourceNotFoundException"):
        sm.describe_secret(SecretId=name)


def test_rotation_wants_a_lambda(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    with refused("InvalidRequestException"):
        sm.rotate_secret(SecretId=name)
    assert "RotationEnabled" not in sm.describe_secret(SecretId=name)


def test_a_replica_says_where_it_is(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one", AddReplicaRegions=[{"Region": "eu-west-1"}])
    described = sm.describe_secret(SecretId=name)
    [status] = described["ReplicationStatus"]
    assert status["Region"] == "eu-west-1"
    assert status["Status"] in ("InProgress", "InSync")
    assert described["PrimaryRegion"] == "us-east-1"


def test_a_replica_cannot_be_written(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one", AddReplicaRegions=[{"Region": "eu-west-1"}])
    with refused("InvalidParameterException", saying="replica"):
        boto3.client("secretsmanager", region_name="eu-west-1").put_secret_value(SecretId=name, SecretString="two")


def test_regions_are_apart(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    with refused("ResourceNotFoundException"):
        boto3.client("secretsmanager", region_name="eu-west-1").get_secret_value(SecretId=name)


def test_who_has_no_right_to_a_secret_is_denied_with_the_action_and_the_resource(sm: BaseClient, name: str) -> None:
    arn = sm.create_secret(Name=name, SecretString="one")["ARN"]
    outsider = somebody(allow("secretsmanager:DescribeSecret", "*")).client("secretsmanager")
    outsider.describe_secret(SecretId=name)
    with refused(
        "AccessDeniedException", saying="is not authorized to perform: secretsmanager:GetSecretValue on resource"
    ):
        outsider.get_secret_value(SecretId=name)
    with refused("AccessDeniedException", saying="secretsmanager:PutSecretValue"):
        outsider.put_secret_value(SecretId=arn, SecretString="two")


def test_a_right_is_for_the_secret_that_it_names(sm: BaseClient, name: str) -> None:
    arn = sm.create_secret(Name=name, SecretString="one")["ARN"]
    sm.create_secret(Name=f"{name}-other", SecretString="other")
    reader = somebody(allow("secretsmanager:Get*", f"{arn.rpartition('-')[0]}-??????")).client("secretsmanager")
    assert reader.get_secret_value(SecretId=name)["SecretString"] == "one"
    with refused("AccessDeniedException"):
        reader.get_secret_value(SecretId=f"{name}-other")


def settings(sm: BaseClient, name: str) -> dict[str, Any]:
    described = sm.describe_secret(SecretId=name)
    return {kept: described.get(kept) for kept in ("Description", "Tags", "KmsKeyId")}
