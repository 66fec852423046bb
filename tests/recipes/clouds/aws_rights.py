"""Rights: each is enough, and none is more than enough. The stand-in enforces actions, resources and conditions."""

from __future__ import annotations

import copy
import json
import secrets
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError
from ground import Ground

import aws
from clouds.project import READS, Site, rotates, settle
from stage import Stage

Policy = dict[str, Any]


def rights(ground: Ground, stage: Stage) -> Iterator[str]:
    aws.start_awsrace(stage)
    # boto3's usual session keeps the key that it found first, which is another server's.
    boto3.setup_default_session()
    for number, (store, said) in enumerate(STORES):
        site = Site.of(ground, f"rights{number}/shop", f"aws {SAID} {said}", dict(stage.environment), store)
        first, copy = [step for step in site.steps(f"aws {SAID} {said}") if step.startswith("keybaton")]
        if not site.does((first if number % 2 else copy).removeprefix("keybaton ")):
            yield f"{store}: the administrator makes no key"
        if said:
            under_own_key()
        yield from (f"{store}: {told}" for told in [*reader(site), *rotator(site), *breaker(site), *others(site)])


def reader(site: Site) -> Iterator[str]:
    who = somebody(policy := site.json("reader.json"))
    yield from (f"the reader cannot: {read}" for read in READS if not site.does(read, **who))
    yield from (f"the reader can: {write}" for write in WRITES if site.does(write, **who))
    for told, less in lesser(policy):
        who = somebody(less)
        if any(site.does(read, **who) for read in READS):
            yield f"the reader does without {told}"


def rotator(site: Site) -> Iterator[str]:
    who = somebody(policy := site.json("rotator.json"))
    if not rotates(site, **who):
        yield "the rotator does not rotate"
    for told, less in lesser(policy):
        if rotates(site, **somebody(less)):
            yield f"the rotator does without {told}"
        free()
        settle(site)
    if not rotates(site, **who):
        yield "one with fewer rights left something behind"


def breaker(site: Site) -> Iterator[str]:
    if not site.does("revoke --all --accept-logouts --no-input", **somebody(site.json("breaker.json"))):
        yield "the breaker cuts nothing off"


def others(site: Site) -> Iterator[str]:
    """What nobody needs, nobody may; and nobody may do anything with what belongs to somebody else."""
    boto3.client("secretsmanager").create_secret(Name=f"other/{site.folder.parent.name}", SecretString="made-up")
    for name in ("reader.json", "rotator.json"):
        key = somebody(site.json(name))
        session = boto3.Session(key["AWS_ACCESS_KEY_ID"], key["AWS_SECRET_ACCESS_KEY"])
        for service, call, asked in FORBIDDEN:
            try:
                getattr(session.client(service), call)(
                    **{k: v.format(site.folder.parent.name) for k, v in asked.items()}
                )
                yield f"{name} allows {call}"
            except ClientError as error:
                if error.response["Error"]["Code"] != "AccessDeniedException":
                    yield f"{name}: {call} is {error.response['Error']['Code']}"


def lesser(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """The policy with one right less, each in turn: an action, or a resource."""
    for at, statement in enumerate(policy["Statement"]):
        for part in ("Action", "Resource"):
            for one in listed(statement[part]):
                less = copy.deepcopy(policy)
                less["Statement"][at][part] = [other for other in listed(statement[part]) if other != one]
                yield f"{one} in statement {at + 1}", less


def under_own_key() -> None:
    """Whatever is there is encrypted anew, under a key of the customer's."""
    manager, parameters = boto3.client("secretsmanager"), boto3.client("ssm")
    for secret in manager.list_secrets()["SecretList"]:
        manager.update_secret(SecretId=secret["ARN"], KmsKeyId=KEY)
    for known in parameters.describe_parameters()["Parameters"]:
        if known["Type"] == "SecureString":
            value = parameters.get_parameter(Name=known["Name"], WithDecryption=True)["Parameter"]["Value"]
            parameters.put_parameter(Name=known["Name"], Value=value, Type="SecureString", KeyId=KEY, Overwrite=True)


def free() -> None:
    """Takes the claims away that a writer without the right to do so has left: others wait a minute for them."""
    parameters = boto3.client("ssm")
    for known in parameters.describe_parameters()["Parameters"]:
        if "/.keybaton/" in known["Name"]:
            parameters.delete_parameter(Name=known["Name"])


def somebody(policy: Policy) -> dict[str, str]:
    """The key of a new user whose only rights these are."""
    iam, name = boto3.client("iam"), f"user-{secrets.token_hex(6)}"
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def listed(one_or_more: object) -> list[Any]:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]


KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
SAID = "--set account=123456789012 --set subnets=subnet-0a1b2c3d"
# Each store, and what else is said of it. Their names differ: all are in one account.
STORES = [
    ("awssm://one/django?region=us-east-1", ""),
    ("awssm://three/django?region=us-east-1&layout=separate", ""),
    ("awsps:///one/django?region=us-east-1", ""),
    ("awssm://own/django?region=us-east-1", f"--set kms={KEY}"),
    ("awsps:///own/django?region=us-east-1", f"--set kms={KEY}"),
]
WRITES = ["stage", "revoke --all --accept-logouts --no-input"]
FORBIDDEN: list[tuple[str, str, dict[str, str]]] = [
    ("secretsmanager", "get_secret_value", {"SecretId": "other/{}", "VersionStage": "AWSCURRENT"}),
    ("secretsmanager", "put_secret_value", {"SecretId": "other/{}", "SecretString": "made-up"}),
    ("secretsmanager", "create_secret", {"Name": "new/{}", "SecretString": "made-up"}),
    ("secretsmanager", "delete_secret", {"SecretId": "one/django"}),
    ("secretsmanager", "list_secrets", {}),
    ("ssm", "get_parameters_by_path", {"Path": "/one/django"}),
    ("ssm", "put_parameter", {"Name": "/one/other", "Value": "made-up", "Type": "String"}),
    ("ssm", "delete_parameter", {"Name": "/one/django/SECRET_KEY"}),
]
