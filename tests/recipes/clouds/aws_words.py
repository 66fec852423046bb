"""The policies as cfn-lint reads them, which knows every action of AWS; and the pages that show them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cfnlint.api import lint_all
from ground import Ground

from clouds.aws_rights import KEY, SAID, STORES
from clouds.project import Site, blocks
from stage import Stage

Json = dict[str, Any]


def words(ground: Ground, _: Stage) -> Iterator[str]:
    resources = {}
    for number, (store, said, variant) in enumerate(WAYS):
        recipe = f"aws --variant {variant} {SAID} {said}"
        site = Site.of(ground, f"words{number}/shop", recipe, {}, store)
        for file in (site.folder / "deploy" / "aws").glob("*.json"):
            policy = json.loads(file.read_text())
            if "Statement" in policy:
                resources[f"{variant}{number}{file.stem.replace('-', '')}"] = (
                    trust if "trust" in file.name else rights
                )(policy)
    yield from lint(resources)
    for page, store in PAGES.items():
        yield from shown(ground, store, page)


def lint(resources: Json) -> Iterator[str]:
    """What is an error or a warning to it; what it informs of is about templates, and this is none of ours."""
    told = lint_all(json.dumps({"Resources": resources}))
    yield from (f"{match.path[1]}: {match.rule.id} {match.message}" for match in told if match.rule.id[0] in "EW")


def rights(policy: Json) -> Json:
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}}


def trust(policy: Json) -> Json:
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": policy}}


def shown(ground: Ground, store: str, page: str) -> Iterator[str]:
    """The first two policies of a page are the ones that the recipe makes."""
    site = Site.of(ground, f"pages/{page}/shop", f"aws {SAID}", {}, store)
    for name, text in zip(("reader.json", "rotator.json"), blocks(page, "json", "Roles"), strict=False):
        if json.loads(text) != site.json(name):
            yield f"docs/{page} does not show the {name} that the recipe makes:\n{site.made(name)}"


WAYS = [
    *((store, said, "task") for store, said in STORES),
    ("awsps:///shop/django?region=cn-north-1", f"--set kms={KEY}", "valuefrom"),
    ("awssm://arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/django-AbCdEf", "", "valuefrom"),
    ("awssm://shop/django", "", "lambda"),
]
PAGES = {
    "stores/awssm.md": "awssm://shop/django?region=eu-west-1",
    "stores/awsps.md": "awsps:///shop/django?region=eu-west-1",
}
