"""IAM and STS: users and roles, their policies, and the keys they sign with."""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import unquote

from awsrace.caller import ACCOUNT, Caller, statements_of
from awsrace.error import AwsError
from awsrace.signature import Request, claimed, verify

Fields = dict[str, str]


@dataclass
class Key:
    secret: str
    caller: Caller
    token: str | None = None
    expires: float = float("inf")


class Identity:
    def __init__(self, key_id: str, secret: str) -> None:
        self._people: dict[str, Caller] = {}
        everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
        self.administrator = self._make("user/administrator", "AIDA")
        self.administrator.policies["everything"] = everything
        self._keys = {key_id: Key(secret, self.administrator)}

    def caller_of(self, request: Request, now: float) -> tuple[Caller, str]:
        """Whose signature it is, and the region it was made for."""
        signed = claimed(request)
        key = self._keys.get(signed.key_id)
        if key is None or key.token != request.headers.get("x-amz-security-token"):
            sentence = "The security token included in the request is invalid."
            raise AwsError("UnrecognizedClientException", sentence)
        # A signer's clock is the real one, whatever was arranged.
        verify(request, signed, key.secret, time.time())
        if now > key.expires:
            raise AwsError("ExpiredTokenException", "The security token included in the request is expired")
        return key.caller, signed.region

    def answer(self, action: str, fields: Fields, caller: Caller, now: float) -> dict[str, Any]:
        known = STS.get(action) or IAM.get(action)
        if known is None:
            raise AwsError("InvalidAction", f"Could not find operation {action} for this stand-in")
        if action in IAM:
            caller.must(f"iam:{action}", f"arn:aws:iam::{ACCOUNT}:{fields.get('UserName') or fields.get('RoleName')}")
        return known(self, fields, caller, now)

    def web_identity(self, fields: Fields, now: float) -> dict[str, Any]:
        """The only call that needs no signature: a token of another party stands in for it."""
        claims = claims_of(fields["WebIdentityToken"])
        if claims.get("exp", float("inf")) < time.time():
            raise AwsError("ExpiredTokenException", "Token expired: current date/time must be before the expiration")
        played = self._play(fields, now, "sts:AssumeRoleWithWebIdentity")
        return played | {"SubjectFromWebIdentityToken": claims["sub"], "Provider": claims.get("iss", "made-up")}

    def _play(self, fields: Fields, now: float, action: str) -> dict[str, Any]:
        role = self._people.get(fields["RoleArn"].rpartition(":")[2])
        if role is None:
            raise AwsError("AccessDenied", f"Not authorized to perform {action}", 403)
        name, session = fields["RoleArn"].rpartition("/")[2], fields["RoleSessionName"]
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}"
        key_id, key = made("ASIA"), Key(secrets.token_hex(20), Caller(arn, f"{role.unique}:{session}", role.policies))
        key.token, key.expires = secrets.token_hex(40), now + float(fields.get("DurationSeconds", 3600))
        self._keys[key_id] = key
        told = {"AccessKeyId": key_id, "SecretAccessKey": key.secret, "SessionToken": key.token}
        until = {"Expiration": moment(key.expires)}
        return {"Credentials": told | until, "AssumedRoleUser": {"Arn": arn, "AssumedRoleId": key.caller.unique}}

    def _assume_role(self, fields: Fields, caller: Caller, now: float) -> dict[str, Any]:
        caller.must("sts:AssumeRole", fields["RoleArn"])
        return self._play(fields, now, "sts:AssumeRole")

    def _who_am_i(self, _fields: Fields, caller: Caller, _now: float) -> dict[str, Any]:
        return {"Arn": caller.arn, "UserId": caller.unique, "Account": ACCOUNT}

    def _create_user(self, fields: Fields, _caller: Caller, now: float) -> dict[str, Any]:
        name = fields["UserName"]
        made = self._make(f"user/{name}", "AIDA")
        dates = {"CreateDate": moment(now)}
        return {"User": {"Path": "/", "UserName": name, "UserId": made.unique, "Arn": made.arn} | dates}

    def _create_role(self, fields: Fields, _caller: Caller, now: float) -> dict[str, Any]:
        name = fields["RoleName"]
        made = self._make(f"role/{name}", "AROA")
        dates = {"CreateDate": moment(now)}
        return {"Role": {"Path": "/", "RoleName": name, "RoleId": made.unique, "Arn": made.arn} | dates}

    def _make(self, place: str, kind: str) -> Caller:
        if place in self._people:
            raise AwsError("EntityAlreadyExists", f"{place} already exists.", 409)
        self._people[place] = Caller(f"arn:aws:iam::{ACCOUNT}:{place}", made(kind))
        return self._people[place]

    def _put_policy(self, fields: Fields, _caller: Caller, _now: float) -> dict[str, Any]:
        document = json.loads(unquote(fields["PolicyDocument"]))
        self._named(fields).policies[fields["PolicyName"]] = statements_of(document)
        return {}

    def _create_key(self, fields: Fields, _caller: Caller, now: float) -> dict[str, Any]:
        key_id, key = made("AKIA"), Key(secrets.token_hex(20), self._named(fields))
        self._keys[key_id] = key
        told = {"UserName": fields["UserName"], "AccessKeyId": key_id, "SecretAccessKey": key.secret}
        return {"AccessKey": told | {"Status": "Active", "CreateDate": moment(now)}}

    def _named(self, fields: Fields) -> Caller:
        place = f"user/{fields['UserName']}" if "UserName" in fields else f"role/{fields['RoleName']}"
        if place not in self._people:
            raise AwsError("NoSuchEntity", f"The {place.replace('/', ' with name ')} cannot be found.", 404)
        return self._people[place]


def claims_of(token: str) -> dict[str, Any]:
    try:
        _, claims, _ = token.strip().split(".")
        found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        found["sub"]
    except (ValueError, KeyError, TypeError):
        raise AwsError("InvalidIdentityToken", "The ID Token provided is not a valid JWT.") from None
    return found


def made(kind: str) -> str:
    return kind + secrets.token_hex(8).upper()


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


STS = {"GetCallerIdentity": Identity._who_am_i, "AssumeRole": Identity._assume_role}
IAM = {
    "CreateUser": Identity._create_user,
    "CreateRole": Identity._create_role,
    "PutUserPolicy": Identity._put_policy,
    "PutRolePolicy": Identity._put_policy,
    "CreateAccessKey": Identity._create_key,
}
