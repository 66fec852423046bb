"""What AWS does by itself, arranged in our stand-in."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

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


def test_what_was_done_can_be_answered_with_an_error(name: str) -> None:
    once = boto3.client("ssm", config=Config(retries={"total_max_attempts": 1}))
    fields = {"Name": f"/{name}", "Value": "two", "Type": "String", "Overwrite": True}
    later = {"action": "PutParameter", "fields": fields}
    trick = {
        "on": name,
        "action": "PutParameter",
        "code": "InternalServerError",
        "done": True,
        "skip": 1,
        "after": later,
    }
    arrange({"trick": trick})
    once.put_parameter(Name=f"/{name}", Value="zero", Type="String")
    with refused("InternalServerError"):
        once.put_parameter(Name=f"/{name}", Value="one", Type="String", Overwrite=True)
    values = [version["Value"] for version in once.get_parameter_history(Name=f"/{name}")["Parameters"]]
    assert values == ["zero", "one", "two"]


def test_the_servers_clock_can_be_another(ssm: BaseClient, name: str) -> None:
    arrange({"trick": {"on": name, "action": "PutParameter", "skip": 1, "clock": 3600}})
    before, ahead = [ssm.put_parameter(Name=f"/{name}{number}", Value="one", Type="String") for number in range(2)]
    assert 3595 < date(ahead) - date(before) < 3605
    told = ssm.get_parameter(Name=f"/{name}1")["Parameter"]["LastModifiedDate"].timestamp()
    assert abs(told - date(ahead)) < 5


def test_a_page_with_nothing_on_it_is_not_the_last(ssm: BaseClient, name: str) -> None:
    ssm.put_parameter(Name=f"/{name}", Value="one", Type="String")
    asked = {"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": [f"/{name}"]}]}
    first = ssm.describe_parameters(**asked)
    assert first["Parameters"] == []
    [told] = ssm.describe_parameters(**asked, NextToken=first["NextToken"])["Parameters"]
    assert told["Name"] == f"/{name}"


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


def date(answer: dict[str, Any]) -> float:
    return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp()


def status(sm: BaseClient, name: str) -> str:
    [replica] = sm.describe_secret(SecretId=name)["ReplicationStatus"]
    return str(replica["Status"])


def wait_until_in_sync(sm: BaseClient, name: str) -> None:
    end = time.monotonic() + 10
    while status(sm, name) != "InSync":
        assert time.monotonic() < end
        time.sleep(0.05)
