"""Refusals, and clients of somebody else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
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
