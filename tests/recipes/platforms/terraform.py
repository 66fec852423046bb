"""The page's blocks, read by a reader of HCL; and empty containers, filled by keybaton."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import hcl2
from clouds.gcp_rights import ALL, Cloud
from clouds.project import Site
from google.cloud.secretmanager_v1 import types
from ground import CHECKOUT, Ground

import aws
from stage import Stage


def trials(ground: Ground) -> Iterator[str]:
    page = (CHECKOUT / "docs" / "platforms" / "terraform.md").read_text()
    blocks = re.findall(r"^```hcl\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    yield from (told for (kind, _), body in resources(blocks) for told in held(kind, body))
    yield from named(ground, blocks)
    for fill in (aws_container, google_container):
        with tempfile.TemporaryDirectory(prefix="keybaton-terraform-") as folder, Stage(Path(folder)) as stage:
            yield from fill(ground, stage)


def resources(blocks: list[str]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for block in blocks:
        for resource in hcl2.loads(block).get("resource", []):
            for kind, names in resource.items():
                for name, body in names.items():
                    yield (kind.strip('"'), name.strip('"')), body


def held(kind: str, body: dict[str, Any]) -> Iterator[str]:
    if kind in HOLDING:
        yield f"{kind} holds a value"
    yield from (f"{kind} has {name}" for name in body if re.fullmatch(VALUES, name))


def named(ground: Ground, blocks: list[str]) -> Iterator[str]:
    """What Terraform names is what the recipes write."""
    for recipe, block in zip(RECIPES, blocks, strict=True):
        site = Site.of(ground, f"{recipe.split()[0]}/shop", recipe, {})
        files = re.findall(r'\$\{path\.module\}/([^"]+)"', block)
        yield from (f"no recipe writes {file}" for file in files if not (site.folder / file).exists())
        [store] = re.findall(r'"(?:awssm|gcsm|akv)://([^"?]+)', (site.folder / "keybaton.toml").read_text())
        secret = store if site.target == "aws" else store.rpartition("/")[2]
        if not files or f'{secret}"' not in block:
            yield f"{recipe}: the block names neither files nor {secret}"
        made = "\n".join(file.read_text() for file in (site.folder / "deploy" / site.target).iterdir())
        names = re.findall(r'(?:name|account_id) += "(shop-[a-z]+)"', block)
        yield from (f"{recipe}: no file names {name}" for name in names if name not in made)


def aws_container(ground: Ground, stage: Stage) -> Iterator[str]:
    aws.start_awsrace(stage)
    # boto3's usual session keeps the key that it found first, which is another server's.
    boto3.setup_default_session()
    boto3.client("secretsmanager").create_secret(Name="shop/django")
    site = Site.of(ground, "empty/aws/shop", f"{RECIPES[0]} --set region=us-east-1", dict(stage.environment))
    yield from filled(site)


def google_container(ground: Ground, stage: Stage) -> Iterator[str]:
    cloud = Cloud.on(stage)
    empty = types.Secret(replication=types.Replication(automatic=types.Replication.Automatic()))
    cloud.service.cloud.create("projects/123456789012", "shop-django", empty)
    yield from filled(Site.of(ground, "empty/gcp/shop", RECIPES[1], cloud.somebody(ALL)))


def filled(site: Site) -> Iterator[str]:
    if not site.does("init -e production --write --no-input") or not site.does("status"):
        yield f"{site.target}: an empty container is not filled"


RECIPES = [
    "aws --set account=123456789012 --set subnets=subnet-0a1b2c3d",
    "gcp --set project=my-project",
    "azure --set subscription=00000000-0000-4000-8000-000000000000",
]
HOLDING = [
    "aws_secretsmanager_secret_version",
    "aws_ssm_parameter",
    "azurerm_key_vault_secret",
    "google_secret_manager_secret_version",
    "random_password",
]
VALUES = r"(secret_string|secret_binary|secret_data|value)(_wo)?(_version)?"
