"""What is told of a secret, without its value."""

from __future__ import annotations

from typing import Any

from awsrace.secret import Secret


def described(secret: Secret, region: str, now: float) -> dict[str, Any]:
    told = {
        "ARN": secret.arn(region),
        "Name": secret.name,
        "Description": secret.description,
        # Left out for the key that AWS manages.
        "KmsKeyId": secret.key if uses_own_key(secret) else None,
        "RotationEnabled": secret.rotates,
        "RotationLambdaARN": secret.lambda_arn,
        "RotationRules": secret.rotation_rules,
        "CreatedDate": secret.created,
        "LastChangedDate": secret.changed,
        "DeletedDate": secret.deleted,
        "OwningService": secret.owner,
        "PrimaryRegion": secret.region if secret.replicas else None,
        "ReplicationStatus": replication(secret, now) if secret.replicas else None,
        "Tags": [{"Key": name, "Value": value} for name, value in secret.tags.items()],
        "VersionIdsToStages": {version.token: version.labels for version in secret.versions if version.labels},
    }
    return {name: value for name, value in told.items() if value is not None}


def replication(secret: Secret, now: float) -> list[dict[str, Any]]:
    return [
        {"Region": replica.region, "Status": replica.status(now)}
        | ({"KmsKeyId": replica.key} if replica.key else {})
        | ({"StatusMessage": replica.failure} if replica.failure else {})
        for replica in secret.replicas.values()
    ]


def uses_own_key(secret: Secret) -> bool:
    return secret.key is not None and not secret.key.endswith("aws/secretsmanager")
