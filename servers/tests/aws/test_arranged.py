"""What AWS does by itself, arranged in our stand-in."""

from __future__ import annotations

import time

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import HTTPClientError
from support import allow, as_role, refused, session_of, somebody, token, web_token

from hands.aws import arrange


def test_a_replica_lags_behind_and_is_told_to(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one", AddReplicaRegions=[{"Region": "eu-west-1"}])
    there = boto3.client("secretsmanager", region_name="eu-west-1")
    wait_until_in_sync(sm, name)
    sm.put_secret_value(SecretId=name, SecretString="two")
    assert status(sm, name) == "InProgress"
    assert there.get_secret_value(SecretId=name)["SecretString"] == "one"
    wait_until_in_sync(sm, name)
    assert there.get_secret_value(SecretId=name)["SecretString"] == "two"


def test_a_name_that_is_taken_in_the_other_region_fails_to_replicate(sm: BaseClient, name: str) -> None:
    boto3.client("secretsmanager", region_name="eu-west-1").create_secret(Name=name, SecretString="other")
    sm.create_secret(Name=name, SecretString="one", AddReplicaRegions=[{"Region": "eu-west-1"}])
    assert status(sm, name) == "Failed"


def test_more_than_a_hundred_versions_in_a_day_are_refused_and_the_unlabelled_go_later(
    sm: BaseClient, name: str
) -> None:
    first = sm.create_secret(Name=name, SecretString="0")["VersionId"]
    for number in range(1, 100):
        sm.put_secret_value(SecretId=name, SecretString=str(number))
    with refused("LimitExceededException"):
        sm.put_secret_value(SecretId=name, SecretString="100")
    assert sm.get_secret_value(SecretId=name, VersionId=first)["SecretString"] == "0"
    arrange({"later": 86500})
    sm.put_secret_value(SecretId=name, SecretString="100")
    with refused("ResourceNotFoundException"):
        sm.get_secret_value(SecretId=name, VersionId=first)


def test_a_deleted_secret_is_gone_when_its_days_are_over(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    sm.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    arrange({"later": 8 * 86400})
    with refused("ResourceNotFoundException"):
        sm.describe_secret(SecretId=name)


def test_a_secret_of_another_service_is_written_by_nobody_else(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    arrange({"owner": {"region": "us-east-1", "secret": name, "service": "rds"}})
    assert sm.describe_secret(SecretId=name)["OwningService"] == "rds"
    with refused("InvalidRequestException", saying="rds"):
        sm.put_secret_value(SecretId=name, SecretString="two")


def test_rotation_is_told(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    function = "arn:aws:lambda:us-east-1:123456789012:function:made-up"
    sm.rotate_secret(SecretId=name, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30})
    assert sm.describe_secret(SecretId=name)["RotationEnabled"] is True
    sm.cancel_rotate_secret(SecretId=name)
    assert sm.describe_secret(SecretId=name)["RotationEnabled"] is False


def test_calls_are_throttled_as_often_as_arranged(name: str) -> None:
    once = boto3.client("ssm", config=Config(retries={"total_max_attempts": 1}))
    arrange({"trick": {"on": name, "action": "PutParameter", "code": "ThrottlingException", "times": 2}})
    for _ in range(2):
        with refused("ThrottlingException", saying="Rate exceeded"):
            once.put_parameter(Name=name, Value="one", Type="String")
    once.put_parameter(Name=f"/{name}", Value="one", Type="String")


def test_a_session_runs_out(name: str) -> None:
    made = boto3.client("iam").create_role(RoleName=name.replace("/", "-"), AssumeRolePolicyDocument="{}")
    reader = session_of(as_role(made["Role"]["Arn"], web_token())).client("secretsmanager")
    with refused("AccessDeniedException"):
        reader.get_secret_value(SecretId=name)
    arrange({"later": 3700})
    with refused("ExpiredTokenException"):
        reader.get_secret_value(SecretId=name)


def test_a_key_of_the_customers_own_wants_a_right_of_its_own(sm: BaseClient, ssm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one", KmsKeyId="made-up-key")
    ssm.put_parameter(Name=f"/{name}", Value="one", Type="SecureString", KeyId="made-up-key")
    reader = somebody(allow("secretsmanager:*", "*"), allow("ssm:*", "*"))
    with refused("AccessDeniedException", saying="Access to KMS is not allowed"):
        reader.client("secretsmanager").get_secret_value(SecretId=name)
    with refused("AccessDeniedException", saying="kms:Decrypt"):
        reader.client("ssm").get_parameter(Name=f"/{name}", WithDecryption=True)
    reader.client("ssm").get_parameter(Name=f"/{name}")


def test_an_answer_can_be_lost(name: str) -> None:
    once = boto3.client("ssm", config=Config(retries={"total_max_attempts": 1}))
    arrange({"trick": {"on": name, "action": "PutParameter", "silent": True}})
    with pytest.raises(HTTPClientError):
        once.put_parameter(Name=f"/{name}", Value="one", Type="String")
    assert once.get_parameter(Name=f"/{name}")["Parameter"]["Value"] == "one"


def test_another_program_can_be_faster(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    fields = {"SecretId": name, "SecretString": "two", "ClientRequestToken": token()}
    arrange(
        {"trick": {"on": name, "action": "GetSecretValue", "before": {"action": "PutSecretValue", "fields": fields}}}
    )
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "two"


def test_calls_are_told_once(sm: BaseClient, name: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    sm.get_secret_value(SecretId=name)
    assert arrange({"calls": name}) == ["CreateSecret", "GetSecretValue"]
    assert arrange({"calls": name}) == []


def status(sm: BaseClient, name: str) -> str:
    [replica] = sm.describe_secret(SecretId=name)["ReplicationStatus"]
    return str(replica["Status"])


def wait_until_in_sync(sm: BaseClient, name: str) -> None:
    end = time.monotonic() + 10
    while status(sm, name) != "InSync":
        assert time.monotonic() < end
        time.sleep(0.05)
