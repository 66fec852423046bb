"""boto3 as the tests' hand in Secrets Manager."""

from __future__ import annotations

import json
import re
from typing import Any

from hands.aws import Place, also, client, outsider
from hands.hand import RING, Hand
from stage import Stage


class SecretsManagerHand(Hand):
    def __init__(self, stage: Stage) -> None:
        """The settings are in this process's environment."""

    def surround(self, place: str) -> None:
        at = Place(place)
        if at.is_separate:
            for name in at.names().values():
                self._make(at, name, None)
        else:
            self._make(at, at.name, OTHERS)

    def surroundings(self, place: str) -> str:
        at = Place(place)
        if at.is_separate:
            told = [settings(self._describe(at, name)) for name in at.names().values()]
            return json.dumps(told) if any(told) else ""
        described = self._describe(at, at.name)
        if described is None:
            return ""
        return without(self._value(at, at.name) or "", RING) + json.dumps(settings(described))

    def plant(self, place: str, name: str, content: bytes) -> bool:
        at = Place(place)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return False
        if at.is_separate:
            self._put(at, at.names()[name], text)
        else:
            self._put(at, at.name, planted(self._value(at, at.name) or "{}", name, text))
        return True

    def take_out(self, place: str) -> None:
        at = Place(place)
        if at.is_separate:
            for name in at.names().values():
                if self._describe(at, name) is not None:
                    client("secretsmanager", at).delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        else:
            self._put(at, at.name, without(self._value(at, at.name) or "{}", RING))

    def texts(self, place: str) -> dict[str, str]:
        at = Place(place)
        if at.is_separate:
            found = {name: self._value(at, secret) for name, secret in at.names().items()}
            return {name: value for name, value in found.items() if value is not None}
        members = json.loads(self._value(at, at.name) or "{}")
        return {name: value for name, value in members.items() if name in RING}

    def lock_up(self, place: str) -> dict[str, str]:  # noqa: ARG002 - nobody has a right to anything unless told
        return outsider()

    def also(self, place: str, asked: dict[str, Any]) -> object:
        return also("secretsmanager", Place(place), asked)

    def _make(self, at: Place, name: str, value: str | None) -> None:
        client("secretsmanager", at).create_secret(
            Name=name,
            Description="of the shop",
            KmsKeyId="alias/made-up",
            Tags=[{"Key": "team", "Value": "shop"}],
            **({} if value is None else {"SecretString": value}),
        )

    def _put(self, at: Place, name: str, value: str) -> None:
        if self._describe(at, name) is None:
            client("secretsmanager", at).create_secret(Name=name, SecretString=value)
        else:
            client("secretsmanager", at).put_secret_value(SecretId=name, SecretString=value)

    def _value(self, at: Place, name: str) -> str | None:
        secrets = client("secretsmanager", at)
        try:
            value: str = secrets.get_secret_value(SecretId=name)["SecretString"]
        except secrets.exceptions.ResourceNotFoundException:
            return None
        return value

    def _describe(self, at: Place, name: str) -> dict[str, Any] | None:
        secrets = client("secretsmanager", at)
        try:
            described: dict[str, Any] = secrets.describe_secret(SecretId=name)
        except secrets.exceptions.ResourceNotFoundException:
            return None
        return described


def settings(described: dict[str, Any] | None) -> dict[str, Any]:
    """What a secret has beside its value."""
    return {name: described[name] for name in SETTINGS if name in described} if described else {}


def planted(value: str, name: str, text: str) -> str:
    """The JSON object with this member behind the others, and every other byte as it is."""
    value = without(value, (name,))
    others = value[: value.rindex("}")].rstrip()
    comma = "" if others.endswith("{") else ","
    return f"{others}{comma}{json.dumps(name)}: {json.dumps(text)}{value[len(others) :]}"


def without(value: str, names: tuple[str, ...]) -> str:
    """The JSON object with these members cut out, and every other byte as it is."""
    for name in names:
        member = rf'"{name}"\s*:\s*"(?:\\.|[^"\\])*"'
        value = re.sub(rf",\s*{member}|{member}\s*,?", "", value)
    return value


SETTINGS = (
    "Description",
    "KmsKeyId",
    "OwningService",
    "ReplicationStatus",
    "RotationEnabled",
    "RotationLambdaARN",
    "RotationRules",
    "Tags",
)
OTHERS = '\n{ "SECRET_KEYS" :"not-ours",\t"n": 7.0 ,\n  "list":[ "x"]  }\n'
