"""The commands that the recipe tells, typed as they stand: AWS's own program sends them to moto."""

from __future__ import annotations

import io
import itertools
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import boto3
from ground import Ground

import aws
from clouds.project import Site
from stage import Stage


def commands(ground: Ground, stage: Stage) -> Iterator[str]:
    start_moto(stage)
    boto3.client("ecs").create_cluster(clusterName="shop")
    for variant in ("task", "valuefrom", "lambda"):
        recipe = f"aws --variant {variant} {SAID}"
        site = Site.of(ground, f"{variant}/shop", recipe, dict(stage.environment), **BEFORE.get(variant, {}))
        if variant == "lambda":
            make_function()
        for step in site.steps(recipe):
            if step.startswith("aws ecs update-service"):
                make_service()
            if step.startswith(("aws ", "sh ")):
                yield from (f"{variant}: $ {step}\n{told}" for told in run(site, step))
            if step.startswith("sh "):
                again = roles_again if "roles" in step else run
                yield from (f"{variant}: $ {step}, again\n{told}" for told in again(site, step))
        yield from (f"{variant}: {told}" for told in [*in_turn(site, variant), *after(site, variant)])
        clear()


def run(site: Site, line: str) -> Iterator[str]:
    printed = site.ground.run(f'{line} > printed; echo "code $?"; rm -f printed', site.folder, **site.there)
    if printed != "code 0\n":
        yield printed


def roles_again(site: Site, line: str) -> Iterator[str]:
    """What is made is brought up, whatever became of it; a role that somebody else made stays as it is."""
    iam = boto3.client("iam")
    iam.delete_role_policy(RoleName="shop-rotate", PolicyName="rotator")
    yield from run(site, line)
    iam.get_role_policy(RoleName="shop-rotate", PolicyName="rotator")
    iam.untag_role(RoleName="shop-schedule", TagKeys=["made-by"])
    if not any("shop-schedule is there already" in told for told in run(site, line)):
        yield "it changes a role of somebody else"


def in_turn(site: Site, variant: str) -> Iterator[str]:
    """The containers of a rotation wait for one another: where the last one ends, ECS stops the rest."""
    if variant == "lambda":
        return
    containers = site.json("rotate.json")["containerDefinitions"]
    for former, latter in itertools.pairwise(containers):
        if latter.get("dependsOn") != [{"containerName": former["name"], "condition": "COMPLETE"}]:
            yield f"{latter['name']} does not wait for {former['name']}"
    if [each["essential"] for each in containers] != [False] * (len(containers) - 1) + [True]:
        yield "the task does not end with its last container"


def after(site: Site, variant: str) -> Iterator[str]:
    """What the configuration runs after each write does what it is for."""
    told = [*site.steps(f"aws --variant {variant} {SAID}"), *(site.folder / "keybaton.toml").read_text().splitlines()]
    [line] = [line for line in told if line.startswith("after-write")]
    words = line.partition("[[")[2].partition("]]")[0].replace('"', "").replace(",", "")
    yield from run(site, words.replace("python3", sys.executable))
    if variant == "lambda":
        if "read its ring" not in boto3.client("lambda").get_function_configuration(FunctionName="shop")["Description"]:
            yield "the function is not renewed"
        return
    [schedule] = boto3.client("scheduler").list_schedules()["Schedules"]
    if schedule["Target"]["Arn"] != "arn:aws:ecs:us-east-1:123456789012:cluster/shop":
        yield f"the schedule is for {schedule['Target']['Arn']}"


def make_service() -> None:
    boto3.client("ecs").create_service(cluster="shop", serviceName="shop", taskDefinition="shop", desiredCount=1)


def make_function() -> None:
    role = boto3.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    with zipfile.ZipFile(code := io.BytesIO(), "w") as archive:
        archive.writestr("shop.py", "")
    asked = {"FunctionName": "shop", "Role": role, "Runtime": "python3.13", "Handler": "shop.handler"}
    boto3.client("lambda").create_function(Code={"ZipFile": code.getvalue()}, **asked)


def clear() -> None:
    """So that the next variant finds nothing of these names."""
    iam = boto3.client("iam")
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])
        iam.delete_role(RoleName=name)
    for schedule in boto3.client("scheduler").list_schedules()["Schedules"]:
        boto3.client("scheduler").delete_schedule(Name=schedule["Name"])
    for group in boto3.client("logs").describe_log_groups()["logGroups"]:
        boto3.client("logs").delete_log_group(logGroupName=group["logGroupName"])
    for service in boto3.client("ecs").list_services(cluster="shop")["serviceArns"]:
        boto3.client("ecs").delete_service(cluster="shop", service=service, force=True)


def start_moto(stage: Stage) -> None:
    """It believes whoever asks, and knows the policies that AWS itself keeps."""
    port = aws.prepare(stage)
    chain, key = aws.certificate(stage)
    program = Path(sys.executable).parent / "moto_server"
    command: list[str | Path] = [program, "-H", "127.0.0.1", "-p", str(port), "-c", chain, "-k", key]
    stage.start("moto", command, port, MOTO_IAM_LOAD_MANAGED_POLICIES="true")
    aws.serve(stage, {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"})
    # boto3's usual session keeps the key that it found first, which is another server's.
    boto3.setup_default_session()


# Projects that have an environment already; with two rings, which one task rotates after the other.
BEFORE = {
    "task": {
        "store": "awssm://shop/django?region=us-east-1",
        "further": "awsps:///shop/jwt?region=us-east-1",
    }
}
SAID = "--set account=123456789012 --set region=us-east-1 --set subnets=subnet-0a1b2c3d"
