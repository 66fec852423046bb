"""What the two hands in AWS share."""

from __future__ import annotations

import base64
import json
import os
import secrets
import ssl
from functools import cache
from http.client import HTTPSConnection
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.client import BaseClient

from aws import access_key
from hands.hand import RING


class Place:
    """A store's URL, taken apart."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        self.name = parts.netloc + parts.path
        self.region = query.get("region", ["us-east-1"])[0]
        self.is_separate = query.get("layout") == ["separate"]

    def names(self) -> dict[str, str]:
        """Where each of three separate texts stands."""
        return dict(zip(RING, (self.name, f"{self.name}-fallbacks", f"{self.name}-ring"), strict=True))


def client(service: str, at: Place) -> BaseClient:
    return client_in(service, at.region)


@cache
def client_in(service: str, region: str) -> BaseClient:
    return boto3.client(service, region_name=region)


def outsider() -> dict[str, str]:
    """The environment of a user who has a right, and not the one that counts."""
    statement = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
    return access_key(f"outsider-{secrets.token_hex(4)}", statement)


def everybody_but(right: str) -> dict[str, str]:
    """The environment of a user who may do everything but one thing."""
    name, everything = f"lacking-{secrets.token_hex(4)}", {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return access_key(name, everything, {"Effect": "Deny", "Action": right, "Resource": "*"})


def also(service: str, at: Place, asked: dict[str, Any]) -> object:
    """Any operation of the client, or an arrangement with our stand-in; "{place}" stands for the place's name."""
    fields = json.loads(json.dumps(asked["fields"]).replace("{place}", at.name))
    match asked["do"]:
        case "ask":
            told = getattr(client(service, at), asked["operation"])(**fields)
            return json.loads(json.dumps(told, default=str))
        case "arrange":
            return arrange(fields)
        case "play":
            return a_role()
        case "lack":
            return everybody_but(fields["right"])
        case other:
            raise ValueError(f"no hand can do {other}")


def a_role() -> dict[str, Any]:
    """A role that may do everything, a token of somebody who may play it, and a key of somebody who does."""
    iam, name = boto3.client("iam"), f"role-{secrets.token_hex(4)}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    iam.put_role_policy(RoleName=name, PolicyName="made-up", PolicyDocument=json.dumps(everything))
    parts = [{"alg": "RS256"}, {"iss": "https://example.org", "sub": "a-pod", "aud": "sts.amazonaws.com"}]
    told = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    key = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="a-container")["Credentials"]
    names = {"AccessKeyId": "AccessKeyId", "SecretAccessKey": "SecretAccessKey", "SessionToken": "Token"}
    session = {called: key[name] for name, called in names.items()}
    return {"role": role, "token": ".".join([*told, "bWFkZS11cA"]), "session": session}


def arrange(wanted: dict[str, Any]) -> object:
    server = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    context = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
    connection = HTTPSConnection(server.netloc, context=context, timeout=30)
    connection.request("POST", "/arrange", json.dumps(wanted))
    told: object = json.load(connection.getresponse())
    connection.close()
    return told
