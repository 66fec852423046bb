"""Signatures, sessions and roles."""

from __future__ import annotations

import json
import secrets
import time

import boto3
import pytest
from botocore import UNSIGNED
from botocore.client import BaseClient
from botocore.config import Config
from support import allow, as_role, refused, session_of, somebody, web_token


def test_a_user_is_told_who_they_are() -> None:
    who = somebody(allow("sts:GetCallerIdentity", "*")).client("sts").get_caller_identity()
    assert who["Account"] == "123456789012"
    assert ":user/user-" in who["Arn"]


def test_an_unknown_key_is_invalid(name: str) -> None:
    stranger = boto3.Session("AKIAUNKNOWNUNKNOWN00", "made-up").client("secretsmanager")
    with refused("UnrecognizedClientException", "InvalidClientTokenId"):
        stranger.get_secret_value(SecretId=name)


def test_a_wrong_signature_is_refused(name: str) -> None:
    key = somebody(allow("*", "*")).get_credentials()
    forger = boto3.Session(key.access_key, "another secret").client("secretsmanager")
    with refused("InvalidSignatureException", "SignatureDoesNotMatch"):
        forger.get_secret_value(SecretId=name)


def test_a_session_token_that_does_not_fit_is_refused(name: str) -> None:
    key = somebody(allow("*", "*")).get_credentials()
    forger = boto3.Session(key.access_key, key.secret_key, "another token").client("secretsmanager")
    with refused("UnrecognizedClientException", "InvalidClientTokenId"):
        forger.get_secret_value(SecretId=name)


def test_a_call_without_a_signature_is_refused(name: str) -> None:
    anonymous = boto3.client("secretsmanager", config=Config(signature_version=UNSIGNED))
    with refused("MissingAuthenticationTokenException", "MissingAuthenticationToken", "AccessDeniedException"):
        anonymous.get_secret_value(SecretId=name)


def test_a_web_identity_plays_a_role(sm: BaseClient, name: str, role: str) -> None:
    sm.create_secret(Name=name, SecretString="one")
    session = session_of(as_role(role, web_token(exp=time.time() + 60)))
    assert f":assumed-role/{role.rpartition('/')[2]}/a-pod" in session.client("sts").get_caller_identity()["Arn"]
    assert session.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"] == "one"
    with refused("AccessDeniedException"):
        session.client("secretsmanager").put_secret_value(SecretId=name, SecretString="two")


def test_what_is_no_token_plays_no_role(role: str) -> None:
    with refused("InvalidIdentityToken"):
        as_role(role, "made-up-text")
    with refused("ExpiredTokenException", "ExpiredToken"):
        as_role(role, web_token(exp=time.time() - 60))


@pytest.fixture
def role() -> str:
    iam, name = boto3.client("iam"), f"role-{secrets.token_hex(6)}"
    principal = {"Federated": "arn:aws:iam::123456789012:oidc-provider/example.org"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRoleWithWebIdentity"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow("secretsmanager:GetSecretValue", "*")]})
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    return arn
