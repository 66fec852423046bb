"""What the two hands in AWS share."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
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


def client(service: str, at: Place) -> Any:
    return client_in(service, at.region)


@cache
def client_in(service: str, region: str) -> Any:
    return boto3.client(service, region_name=region)


def outsider(nothing: str) -> dict[str, str]:
    """The environment of a user who has a right, and not the one that counts."""
    statement = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*", "Sid": nothing.split(":")[0]}
    return access_key(f"outsider-{secrets.token_hex(4)}", statement)
