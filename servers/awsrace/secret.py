"""One secret: its versions, and the labels that say which is which."""

from __future__ import annotations

import copy
import secrets
from dataclasses import dataclass, field
from typing import Any

from awsrace.caller import ACCOUNT
from awsrace.error import AwsError, invalid

CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"


@dataclass
class Version:
    token: str
    # SecretString or SecretBinary.
    value: dict[str, str]
    created: float
    labels: list[str] = field(default_factory=list)


@dataclass
class Replica:
    region: str
    key: str | None
    synced: float
    # What it holds until then.
    stale: list[Version] = field(default_factory=list)
    failure: str | None = None

    def status(self, now: float) -> str:
        return "Failed" if self.failure else "InProgress" if now < self.synced else "InSync"


class Secret:
    def __init__(self, name: str, region: str, now: float) -> None:
        self.name, self.region = name, region
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        self.suffix = "".join(secrets.choice(letters) for _ in range(6))
        self.versions: list[Version] = []
        self.created = self.changed = now
        self.tags: dict[str, str] = {}
        self.replicas: dict[str, Replica] = {}
        self.description: str | None = None
        self.key: str | None = None
        self.owner: str | None = None
        self.lambda_arn: str | None = None
        self.rotates: bool | None = None
        self.rotation_rules: dict[str, Any] | None = None
        self.deleted: float | None = None

    def arn(self, region: str) -> str:
        return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{self.name}-{self.suffix}"

    def add(self, token: str, value: dict[str, str], labels: list[str] | None, now: float) -> Version:
        """A new version, or the old one where this was asked for before."""
        known = next((version for version in self.versions if version.token == token), None)
        if known is not None:
            if known.value != value:
                raise AwsError("ResourceExistsException", "A resource with the ID you requested already exists.")
            return known
        self._forget(now)
        new = Version(token, value, now)
        wanted = labels if self.versions and labels else [CURRENT, *(labels or [])]
        self.touch(now)
        self.versions.append(new)
        for label in dict.fromkeys(wanted):
            self._give(label, new)
        return new

    def move(self, label: str, remove_from: str | None, move_to: str | None, now: float) -> None:
        holder = self.holder(label)
        if holder is not None and remove_from is None:
            raise AwsError(
                "InvalidParameterException",
                f"The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached to "
                f"version {holder.token}, so you must explicitly reference that version in RemoveFromVersionId.",
            )
        if remove_from is not None and (holder is None or holder.token != remove_from):
            raise AwsError(
                "InvalidParameterException",
                f"When you move staging label {label}, if you specify RemoveFromVersionId, it must be set to the "
                f"version that currently has the staging label {label}.",
            )
        if move_to is None and label == CURRENT:
            raise AwsError("InvalidParameterException", f"You can't remove the staging label {CURRENT}.")
        target = self.version(move_to, None) if move_to is not None else None
        self.touch(now)
        if holder is not None and target is None:
            holder.labels.remove(label)
        if target is not None:
            self._give(label, target)

    def _give(self, label: str, to: Version) -> None:
        holder = self.holder(label)
        if holder is to:
            return
        if len(to.labels) >= MOST_LABELS:
            raise AwsError("LimitExceededException", "The request failed because it would exceed one of the quotas.")
        if holder is not None:
            holder.labels.remove(label)
        to.labels.append(label)
        if label == CURRENT and holder is not None:
            self._give(PREVIOUS, holder)

    def holder(self, label: str) -> Version | None:
        return next((version for version in self.versions if label in version.labels), None)

    def version(self, token: str | None, label: str | None, versions: list[Version] | None = None) -> Version:
        """The one with this id, this label or both."""
        label = CURRENT if token is None and label is None else label
        there = self.versions if versions is None else versions
        fitting = [version for version in there if token in (None, version.token)]
        found = next((version for version in fitting if label is None or label in version.labels), None)
        if found is None and fitting and token and label:
            sentence = "You provided a VersionStage that is not associated to the provided VersionId."
            raise AwsError("InvalidRequestException", sentence)
        if found is None:
            what = f"VersionId: {token}" if token else f"staging label: {label}"
            raise AwsError(
                "ResourceNotFoundException", f"Secrets Manager can't find the specified secret value for {what}"
            )
        return found

    def touch(self, now: float) -> None:
        """Before each change of what replicas hold."""
        self.changed = now
        for replica in self.replicas.values():
            if replica.status(now) == "InSync":
                replica.stale = copy.deepcopy(self.versions)
            replica.synced = now + REPLICATION

    def _forget(self, now: float) -> None:
        """A hundred are kept, and those of a day: what nobody labels goes, the oldest first."""
        for version in list(self.versions):
            if len(self.versions) >= MOST and not version.labels and version.created < now - DAY:
                self.versions.remove(version)
        if len(self.versions) >= MOST:
            sentence = f"The request failed because it would exceed the quota of {MOST} versions of a secret."
            raise AwsError("LimitExceededException", sentence)


def value_of(asked: dict[str, Any]) -> dict[str, str]:
    value = {name: asked[name] for name in ("SecretString", "SecretBinary") if asked.get(name) is not None}
    if len(value) > 1:
        sentence = "You can't specify both a binary secret value and a string secret value in the same secret."
        raise AwsError("InvalidParameterException", sentence)
    for name, text in value.items():
        member = name[0].lower() + name[1:]
        size = len(text.encode()) if name == "SecretString" else len(text) * 3 // 4
        if not 1 <= size <= LARGEST:
            bound = f"less than or equal to {LARGEST}" if size else "greater than or equal to 1"
            problem = f"Value at '{member}' failed to satisfy constraint: Member must have length {bound}"
            raise invalid(f"1 validation error detected: {problem}")
    return value


LARGEST = 65536
MOST, DAY = 100, 86400
MOST_LABELS = 20
# How long a replica lags behind, in seconds.
REPLICATION = 0.6
