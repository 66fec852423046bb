"""boto3 as the tests' hand in Parameter Store."""

from __future__ import annotations

import json
from typing import Any

from hands.aws import Place, also, client, outsider
from hands.hand import RING, Hand
from stage import Stage


class ParameterStoreHand(Hand):
    def __init__(self, stage: Stage) -> None:
        """The settings are in this process's environment."""

    def surround(self, place: str) -> None:
        at = Place(place)
        for name, kind in (("SECRET_KEYS", "SecureString"), ("deeper/SECRET_KEY", "StringList")):
            client("ssm", at).put_parameter(Name=f"{at.name}/{name}", Value="not-ours,x", Type=kind, **SETTINGS)

    def surroundings(self, place: str) -> str:
        """All of other parameters, and what the ring's own have beside their texts where somebody else made them."""
        at = Place(place)
        below = self._below(at)
        told = {name: self._settings(at, name) for name in below if not name.startswith(".keybaton/")}
        kept = {
            name: settings if name in RING else below[name] | settings
            for name, settings in told.items()
            if name not in RING or settings["Tags"] == SETTINGS["Tags"]
        }
        return json.dumps(kept, sort_keys=True, default=str) if kept else ""

    def plant(self, place: str, name: str, content: bytes) -> bool:
        at = Place(place)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return False
        kind = "String" if name.endswith("_RING") else "SecureString"
        if name in self._below(at):
            again = {"Overwrite": True, "Tier": "Intelligent-Tiering"}
            client("ssm", at).put_parameter(Name=f"{at.name}/{name}", Value=text, Type=kind, **again)
        else:
            key = {"KeyId": "alias/made-up"} if kind == "SecureString" else {}
            settings = {**SETTINGS, **key, "Tier": "Advanced"}
            client("ssm", at).put_parameter(Name=f"{at.name}/{name}", Value=text, Type=kind, **settings)
        return True

    def take_out(self, place: str) -> None:
        at = Place(place)
        client("ssm", at).delete_parameters(Names=[f"{at.name}/{name}" for name in RING])

    def texts(self, place: str) -> dict[str, str]:
        return {name: one["Value"] for name, one in self._below(Place(place)).items() if name in RING}

    def lock_up(self, place: str) -> dict[str, str]:  # noqa: ARG002 - nobody has a right to anything unless told
        return outsider()

    def also(self, place: str, asked: dict[str, Any]) -> object:
        return also("ssm", Place(place), asked)

    def _settings(self, at: Place, name: str) -> dict[str, Any]:
        ssm, whole = client("ssm", at), f"{at.name}/{name}"
        named = {"Key": "Name", "Option": "Equals", "Values": [whole]}
        [told] = ssm.get_paginator("describe_parameters").paginate(ParameterFilters=[named]).search("Parameters[]")
        tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=whole)["TagList"]
        kept = {
            name: told.get(name)
            for name in ("AllowedPattern", "DataType", "Description", "KeyId", "Policies", "Tier", "Type")
        }
        return {**kept, "Tags": tags}

    def _below(self, at: Place) -> dict[str, dict[str, Any]]:
        pages = client("ssm", at).get_paginator("get_parameters_by_path")
        found = pages.paginate(Path=at.name, Recursive=True, WithDecryption=True).search("Parameters[]")
        return {one["Name"].removeprefix(f"{at.name}/"): one for one in found if one}


SETTINGS: dict[str, Any] = {"Description": "of the shop", "Tags": [{"Key": "team", "Value": "shop"}]}
