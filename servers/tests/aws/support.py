"""Refusals, and clients of somebody else."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError


@contextmanager
def refused(*codes: str, saying: str = "") -> Iterator[None]:
    with pytest.raises(ClientError) as told:
        yield
    error = told.value.response["Error"]
    assert error["Code"] in codes
    assert saying in error["Message"]


def somebody(*statements: dict[str, Any]) -> boto3.Session:
    """A user of their own, with these rights."""
    iam, name = boto3.client("iam"), f"user-{secrets.token_hex(6)}"
    iam.create_user(UserName=name)
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"])


def allow(action: str, resource: str) -> dict[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def token() -> str:
    return secrets.token_hex(16)


def as_role(role: str, token: str) -> dict[str, str]:
    sts = boto3.client("sts", config=Config(signature_version=UNSIGNED))
    asked = {"RoleArn": role, "RoleSessionName": "a-pod", "WebIdentityToken": token}
    played: dict[str, str] = sts.assume_role_with_web_identity(**asked)["Credentials"]
    return played


def session_of(key: dict[str, str]) -> boto3.Session:
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])


def web_token(**claims: object) -> str:
    told = {"iss": "https://example.org", "sub": "a-pod", "aud": "sts.amazonaws.com", **claims}
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "RS256"}, told)
    ]
    return ".".join([*parts, "bWFkZS11cA"])
