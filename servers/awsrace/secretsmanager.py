"""Secrets Manager: what each call does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from awsrace.caller import ACCOUNT, Caller
from awsrace.description import described, replication, uses_own_key
from awsrace.error import AwsError, invalid
from awsrace.secret import Replica, Secret, value_of

Asked = dict[str, Any]


class SecretsManager:
    def __init__(self) -> None:
        # By region and name; replicas stand only in their primary.
        self._secrets: dict[tuple[str, str], Secret] = {}

    def answer(self, action: str, asked: Asked, caller: Caller, region: str, now: float) -> Asked:
        if action == "CreateSecret":
            return self._create(asked, caller, region, now)
        if action == "ListSecrets":
            caller.must("secretsmanager:ListSecrets", "*")
            there = [secret for (place, _), secret in sorted(self._secrets.items()) if place == region]
            return {"SecretList": [described(secret, region, now) for secret in there if secret.deleted is None]}
        if action not in ACTIONS:
            raise AwsError("UnknownOperationException", f"no {action} in this stand-in")
        label = asked.get("VersionStage")
        secret = self._found(asked["SecretId"], caller, f"secretsmanager:{action}", Scene(caller, region, now), label)
        if secret.deleted is not None and action not in WHEN_DELETED:
            sentence = "You can't perform this operation on the secret because it was marked for deletion."
            raise AwsError("InvalidRequestException", sentence)
        if secret.region != region and action not in ON_REPLICAS:
            sentence = "Operation not permitted on a replica secret. Call must be made in primary secret's region."
            raise AwsError("InvalidParameterException", sentence)
        if secret.owner and action in OWNERS:
            raise AwsError("InvalidRequestException", f"The secret is managed by {secret.owner}: use it to update it.")
        names = {"ARN": secret.arn(region), "Name": secret.name}
        return names | (ACTIONS[action](self, secret, asked, Scene(caller, region, now)) or {})

    def give_to(self, region: str, name: str, service: str) -> None:
        self._secrets[region, name].owner = service

    def _found(self, named: str, caller: Caller, action: str, scene: Scene, label: str | None = None) -> Secret:
        region, now = scene.region, scene.now
        short = re.sub(r"^arn:aws:secretsmanager:[^:]+:\d+:secret:", "", named)
        secret = next((secret for secret in self._secrets.values() if is_named(secret, short, region)), None)
        unknown = f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{short}-??????"
        resource = secret.arn(region) if secret else unknown
        caller.must(action, resource, None if secret else named, secretsmanager_VersionStage=label)
        gone = secret is not None and secret.deleted is not None and secret.deleted < now
        if gone and secret is not None:
            del self._secrets[secret.region, secret.name]
        if secret is None or gone:
            raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return secret

    def _create(self, asked: Asked, caller: Caller, region: str, now: float) -> Asked:
        name, tags, replicas = asked["Name"], asked.get("Tags") or [], asked.get("AddReplicaRegions") or []
        new = Secret(name, region, now)
        needed = ["CreateSecret", *["TagResource"] * bool(tags), *["ReplicateSecretToRegions"] * bool(replicas)]
        for action in needed:
            caller.must(f"secretsmanager:{action}", new.arn(region), name)
        if not re.fullmatch(r"[A-Za-z0-9/_+=.@!-]{1,512}", name):
            allowed = "Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
            raise invalid(f"Invalid name. {allowed}")
        value, token = value_of(asked), token_of(asked)
        if (known := self._secrets.get((region, name))) is not None:
            return made_before(known, token, value)
        new.description, new.key = asked.get("Description"), asked.get("KmsKeyId")
        must_use_key(new, Scene(caller, region, now), "kms:GenerateDataKey")
        new.tags = {tag["Key"]: tag["Value"] for tag in tags}
        self._secrets[region, name] = new
        version = {"VersionId": new.add(token, value, None, now).token} if value else {}
        replicated = self._replicate(new, asked, Scene(caller, region, now)) if replicas else {}
        return {"ARN": new.arn(region), "Name": name} | version | replicated

    def _replicate(self, secret: Secret, asked: Asked, scene: Scene) -> Asked:
        for wanted in asked["AddReplicaRegions"]:
            region, taken = wanted["Region"], (wanted["Region"], secret.name) in self._secrets
            replica = Replica(region, wanted.get("KmsKeyId"), 0)
            if taken and not asked.get("ForceOverwriteReplicaSecret"):
                replica.failure = f"Replication failed: Secret name simple conflict in region {region}"
            elif taken:
                del self._secrets[region, secret.name]
            secret.replicas[region] = replica
            secret.touch(scene.now)
            replica.stale = []
        return {"ReplicationStatus": replication(secret, scene.now)}

    def _unreplicate(self, secret: Secret, asked: Asked, scene: Scene) -> Asked:
        for region in asked["RemoveReplicaRegions"]:
            secret.replicas.pop(region, None)
        return {"ReplicationStatus": replication(secret, scene.now)}

    def _get(self, secret: Secret, asked: Asked, scene: Scene) -> Asked:
        must_use_key(secret, scene, "kms:Decrypt")
        replica = secret.replicas.get(scene.region)
        lags = replica is not None and replica.status(scene.now) != "InSync"
        versions = replica.stale if replica is not None and lags else None
        version = secret.version(asked.get("VersionId"), asked.get("VersionStage"), versions)
        told = {"VersionId": version.token, "CreatedDate": version.created}
        return told | version.value | ({"VersionStages": version.labels} if version.labels else {})

    def _describe(self, secret: Secret, _asked: Asked, scene: Scene) -> Asked:
        return described(secret, scene.region, scene.now)

    def _put(self, secret: Secret, asked: Asked, scene: Scene) -> Asked:
        value, token = value_of(asked), token_of(asked)
        if not value:
            sentence = "You must provide either SecretString or SecretBinary."
            raise AwsError("InvalidParameterException", sentence)
        must_use_key(secret, scene, "kms:GenerateDataKey")
        version = secret.add(token, value, asked.get("VersionStages"), scene.now)
        return {"VersionId": version.token, "VersionStages": version.labels}

    def _update(self, secret: Secret, asked: Asked, scene: Scene) -> Asked:
        value = value_of(asked)
        secret.description = asked.get("Description", secret.description)
        secret.key = asked.get("KmsKeyId", secret.key)
        must_use_key(secret, scene, "kms:GenerateDataKey")
        return {"VersionId": secret.add(token_of(asked), value, None, scene.now).token} if value else {}

    def _move(self, secret: Secret, asked: Asked, scene: Scene) -> None:
        remove_from, move_to = asked.get("RemoveFromVersionId"), asked.get("MoveToVersionId")
        secret.move(asked["VersionStage"], remove_from, move_to, scene.now)

    def _versions(self, secret: Secret, asked: Asked, _scene: Scene) -> Asked:
        wanted = [version for version in secret.versions if version.labels or asked.get("IncludeDeprecated")]
        start, size = int(asked.get("NextToken") or 0), asked.get("MaxResults") or 100
        page = wanted[start : start + size]
        more = {"NextToken": str(start + size)} if wanted[start + size :] else {}
        return more | {
            "Versions": [
                {"VersionId": version.token, "CreatedDate": version.created}
                | ({"VersionStages": version.labels} if version.labels else {})
                for version in page
            ]
        }

    def _delete(self, secret: Secret, asked: Asked, scene: Scene) -> Asked:
        if secret.replicas:
            regions = ", ".join(secret.replicas)
            sentence = (
                f"You can't delete secret {secret.arn(secret.region)} that still has replica regions [{regions}]."
            )
            raise AwsError("InvalidParameterException", sentence)
        days = asked.get("RecoveryWindowInDays", 30)
        if not 7 <= days <= 30:
            sentence = "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."
            raise AwsError("InvalidParameterException", sentence)
        if asked.get("ForceDeleteWithoutRecovery"):
            del self._secrets[secret.region, secret.name]
            return {"DeletionDate": scene.now}
        secret.deleted = scene.now + days * 86400
        return {"DeletionDate": secret.deleted}

    def _restore(self, secret: Secret, _asked: Asked, _scene: Scene) -> None:
        secret.deleted = None

    def _tag(self, secret: Secret, asked: Asked, _scene: Scene) -> None:
        secret.tags |= {tag["Key"]: tag["Value"] for tag in asked["Tags"]}

    def _untag(self, secret: Secret, asked: Asked, _scene: Scene) -> None:
        for name in asked["TagKeys"]:
            secret.tags.pop(name, None)

    def _rotate(self, secret: Secret, asked: Asked, _scene: Scene) -> None:
        secret.lambda_arn = asked.get("RotationLambdaARN", secret.lambda_arn)
        if secret.lambda_arn is None:
            sentence = "No Lambda rotation function ARN is associated with this secret."
            raise AwsError("InvalidRequestException", sentence)
        secret.rotates, secret.rotation_rules = True, asked.get("RotationRules", secret.rotation_rules)

    def _stop_rotating(self, secret: Secret, _asked: Asked, _scene: Scene) -> None:
        secret.rotates = False


class Scene:
    """Who asks, where and when."""

    def __init__(self, caller: Caller, region: str, now: float) -> None:
        self.caller, self.region, self.now = caller, region, now


def is_named(secret: Secret, short: str, region: str) -> bool:
    is_there = secret.region == region or region in secret.replicas
    return is_there and short in (secret.name, f"{secret.name}-{secret.suffix}")


def token_of(asked: Asked) -> str:
    token = asked.get("ClientRequestToken") or ""
    if not 32 <= len(token) <= 64:
        raise AwsError("InvalidParameterException", "ClientRequestToken must be 32-64 characters long.")
    return str(token)


def made_before(known: Secret, token: str, value: dict[str, str]) -> Asked:
    if known.deleted is not None:
        already = "a secret with this name is already scheduled for deletion."
        raise AwsError("InvalidRequestException", f"You can't create this secret because {already}")
    if not any(version.token == token and version.value == value for version in known.versions):
        sentence = f"The operation failed because the secret {known.name} already exists."
        raise AwsError("ResourceExistsException", sentence)
    return {"ARN": known.arn(known.region), "Name": known.name, "VersionId": token}


def must_use_key(secret: Secret, scene: Scene, action: str) -> None:
    """A key of the customer's own wants a right of its own; AWS's sentence says no more than this."""
    if secret.key is None or not uses_own_key(secret):
        return
    whole = secret.key if secret.key.startswith("arn:") else f"arn:aws:kms:{scene.region}:{ACCOUNT}:key/{secret.key}"
    try:
        scene.caller.must(action, whole, kms_ViaService=f"secretsmanager.{scene.region}.amazonaws.com")
    except AwsError:
        raise AwsError("AccessDeniedException", "Access to KMS is not allowed") from None


ACTIONS: dict[str, Callable[[SecretsManager, Secret, Asked, Scene], Asked | None]] = {
    "CancelRotateSecret": SecretsManager._stop_rotating,
    "DeleteSecret": SecretsManager._delete,
    "DescribeSecret": SecretsManager._describe,
    "GetSecretValue": SecretsManager._get,
    "ListSecretVersionIds": SecretsManager._versions,
    "PutSecretValue": SecretsManager._put,
    "RemoveRegionsFromReplication": SecretsManager._unreplicate,
    "ReplicateSecretToRegions": SecretsManager._replicate,
    "RestoreSecret": SecretsManager._restore,
    "RotateSecret": SecretsManager._rotate,
    "TagResource": SecretsManager._tag,
    "UntagResource": SecretsManager._untag,
    "UpdateSecret": SecretsManager._update,
    "UpdateSecretVersionStage": SecretsManager._move,
}
WHEN_DELETED = {"DescribeSecret", "DeleteSecret", "RestoreSecret", "ListSecretVersionIds"}
ON_REPLICAS = {"DescribeSecret", "GetSecretValue", "ListSecretVersionIds"}
OWNERS = {"DeleteSecret", "PutSecretValue", "RotateSecret", "UpdateSecret", "UpdateSecretVersionStage"}
