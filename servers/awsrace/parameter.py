"""One parameter: its versions, and what may be a value or a name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from awsrace.caller import ACCOUNT
from awsrace.error import AwsError, invalid


@dataclass
class Version:
    number: int
    value: str
    kind: str
    tier: str
    modified: float
    by: str
    # Description, AllowedPattern, KeyId, DataType, Policies: what one call says, another one has to say again.
    others: dict[str, Any]
    labels: list[str] = field(default_factory=list)


@dataclass
class Parameter:
    name: str
    region: str
    versions: list[Version] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def last(self) -> Version:
        return self.versions[-1]

    def arn(self) -> str:
        return arn_of(self.name, self.region)

    def add(self, asked: dict[str, Any], now: float, by: str) -> Version:
        kind, before = asked.get("Type"), self.versions[-1:]
        if not kind and not before:
            raise invalid("A parameter type is required when you create a parameter.")
        if before and kind not in (None, self.last.kind):
            sentence = "Parameter Store doesn't support changing a parameter type in a hierarchy."
            raise AwsError("HierarchyTypeMismatchException", sentence)
        kind, tier = kind or self.last.kind, tier_of(asked, before)
        must_be_well(asked["Value"], asked, tier)
        if len(self.versions) == MOST:
            self._forget_oldest()
        others = {name: asked[name] for name in OTHERS if asked.get(name) not in (None, "")}
        if before and "Policies" not in asked and "Policies" in self.last.others:
            others["Policies"] = self.last.others["Policies"]
        if kind == "SecureString":
            others.setdefault("KeyId", "alias/aws/ssm")
        number = self.last.number + 1 if before else 1
        self.versions.append(Version(number, asked["Value"], kind, tier, now, by, others))
        return self.last

    def _forget_oldest(self) -> None:
        oldest = self.versions[0]
        if oldest.labels:
            raise AwsError(
                "ParameterMaxVersionLimitExceeded",
                f"You attempted to create a new version of {self.name} by calling the PutParameter API with the "
                f"overwrite flag. Version {oldest.number}, the oldest version, can't be deleted because it has a label "
                "associated with it. Move the label to another version of the parameter, and try again.",
            )
        del self.versions[0]

    def selected(self, selector: str) -> Version | None:
        """By a number or a label; the last one where nothing is said."""
        if not selector:
            return self.last
        fits = [version for version in self.versions if selector in (str(version.number), *version.labels)]
        return fits[0] if fits else None

    def label(self, number: int, labels: list[str]) -> list[str]:
        """Moves labels to a version, and gives those that cannot be labels."""
        wrong = [label for label in labels if not re.fullmatch(LABEL, label, re.IGNORECASE)]
        target = self.selected(str(number))
        if target is None:
            raise AwsError("ParameterVersionNotFound", not_found(self.name, str(number)))
        for label in set(labels) - set(wrong):
            for version in self.versions:
                version.labels = [other for other in version.labels if other != label]
            target.labels.append(label)
        return wrong


def tier_of(asked: dict[str, Any], before: list[Version]) -> str:
    is_large = len(asked["Value"].encode()) > LARGEST["Standard"] or bool(asked.get("Policies"))
    was_advanced = bool(before) and before[0].tier == "Advanced"
    tier = asked.get("Tier") or "Standard"
    if tier == "Intelligent-Tiering":
        return "Advanced" if is_large or was_advanced else "Standard"
    if tier == "Standard" and was_advanced:
        raise invalid(
            "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
            "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced "
            "parameter and recreate it as a standard parameter."
        )
    return str(tier)


def must_be_well(value: str, asked: dict[str, Any], tier: str) -> None:
    if not value:
        problem = "Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1."
        raise invalid(f"1 validation error detected: {problem}")
    if len(value.encode()) > LARGEST[tier]:
        upgrade = " To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
        more = upgrade if tier == "Standard" else ""
        raise invalid(f"{tier} tier parameters support a maximum parameter value of {LARGEST[tier]} characters.{more}")
    if re.search(r"\{\{.*\}\}", value, re.DOTALL):
        raise invalid("Parameter value: can't nest another parameter in it; don't use {{ }} in a value.")
    pattern = asked.get("AllowedPattern")
    if pattern and not re.search(pattern, value):
        sentence = f"Parameter value, cannot be validated against allowedPattern: {pattern}"
        raise AwsError("ParameterPatternMismatchException", sentence)


def must_be_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_./-]{1,1011}", name) or ("/" in name and not name.startswith("/")):
        raise invalid(f'Parameter name: can only include a-zA-Z0-9_.-/ and must be fully qualified: "{name}"')
    if re.match(r"/?(aws|ssm)", name, re.IGNORECASE):
        raise invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).')
    if name.endswith("/") or "//" in name:
        raise invalid("Parameter name must not end with a slash character, nor have an empty part.")
    if name.count("/") > DEEPEST:
        sentence = f"A hierarchy can have a maximum of {DEEPEST} levels."
        raise AwsError("HierarchyLevelLimitExceededException", sentence)


def arn_of(name: str, region: str) -> str:
    return f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/{name.removeprefix('/')}"


def not_found(name: str, selector: str) -> str:
    return f"Systems Manager could not find version {selector} of {name}. Verify the version and try again."


OTHERS = ("Description", "AllowedPattern", "KeyId", "DataType", "Policies")
LARGEST = {"Standard": 4096, "Advanced": 8192}
LABEL = r"(?!\d|aws|ssm)[a-z0-9_.-]{1,100}"
MOST, DEEPEST = 100, 15
