"""actionlint, shellcheck, zizmor and GitHub's schema read the workflows; bash runs them as GitHub's runner does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ground import Ground
from runner import Runner

from platforms import pipelines
from platforms.pipelines import FAR, NEAR, complaints, job_environment, project


def trials(ground: Ground) -> Iterator[str]:
    for name, store in FAR.items():
        for variant in ("rotate", "deploy"):
            yield from is_read(made(ground, f"{name}-{variant}", store, variant), "keybaton-rotate.yml")
        yield from is_read(made(ground, f"{name}-ghastly", store, "deploy", MIRROR), "secrets.ROTATOR_GH_TOKEN")
    for name, store in NEAR.items():
        yield from is_read(made(ground, name, store, "rotate"), "keybaton.yml")
        yield from has_no_rotation(ground, name, store)
    yield from tests_run(ground)
    yield from a_key_is_told(ground)
    yield from rotates(ground)


MIRROR = """\
mirrors = ["gha://acme/shop?environment=production"]

[environments.production.rings.JWT_SIGNING_KEY]
store = "heroku://shop"
"""


def made(ground: Ground, name: str, store: str, variant: str, more: str = "") -> Path:
    folder = project(ground, name, store, more)
    ground.run(f"keybaton recipe github-actions --variant {variant} --write", folder)
    return folder


def is_read(folder: Path, mark: str) -> Iterator[str]:
    workflows = sorted((folder / ".github" / "workflows").glob("*.yml"))
    told = [workflow.name + workflow.read_text() for workflow in workflows]
    if not any(mark in text for text in told):
        yield f"{folder.name}: no workflow has {mark}"
    shellcheck = Path(sys.executable).with_name("shellcheck")
    yield from complaints("actionlint", "-no-color", "-shellcheck", shellcheck, *workflows)
    yield from complaints("zizmor", "--offline", "--no-progress", "--quiet", "--persona", "auditor", *workflows)
    yield from complaints("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)


def has_no_rotation(ground: Ground, name: str, store: str) -> Iterator[str]:
    folder = ground.folder / name
    if (folder / ".github/workflows/keybaton-rotate.yml").exists():
        yield f"{store}: a workflow that gets nowhere"
    said = ground.run("keybaton recipe github-actions --variant deploy; echo $?", folder)
    if f"{store} is on one machine" not in said or not said.endswith("3\n"):
        yield f"{store}: a deployment is not refused:\n{said}"


def tests_run(ground: Ground) -> Iterator[str]:
    """A fork's pull request: no secret is there, and the tests pass."""
    runner = machine(ground, made(ground, "tests", FAR["aws"], "check"), "tests")
    code = runner.job(workflow(runner.checkout, "keybaton.yml")["jobs"]["test"])
    if code or "Ran 2 tests" not in runner.printed:
        yield f"the tests do not run:\n{runner.shown}"
    key = runner.environment.get("SECRET_KEY", "")
    if not key or runner.masks != [key] or key in runner.shown:
        yield "the key of the tests is not the one that is masked"


def a_key_is_told(ground: Ground) -> Iterator[str]:
    """A pull request with a key is refused beside its line, one without passes."""
    folder = made(ground, "told", FAR["aws"], "check")
    job = workflow(folder, "keybaton.yml")["jobs"]["check"]
    (folder / ".env").unlink()  # git leaves it out, so no checkout has it
    runner = machine(ground, folder, "told")
    if runner.job(job):
        yield f"a project without a finding does not pass:\n{runner.shown}"
    (folder / "shop/production.py").write_text('SECRET_KEY = "made-up-key-of-a-settings-file"\n')
    runner = machine(ground, folder, "told-again")
    if (
        runner.job(job) != 1
        or "::error file=shop/production.py,line=1,col=14,title=key-in-settings::" not in runner.shown
    ):
        yield f"the key is not told:\n{runner.shown}"


def rotates(ground: Ground) -> Iterator[str]:
    """Beside a stand-in of AWS, which is signed in to with the variables that configure-aws-credentials sets."""
    yield from pipelines.beside("github-actions", "aws", made(ground, "rotated", FAR["aws"], "deploy"))


def beside(ground: Ground, server: str, folder: Path) -> Iterator[str]:
    key = pipelines.key_of(folder)
    pipelines.keybaton(folder, "copy", "dotenv:.env", FAR[server], "--create")
    runner = machine(ground, folder, "rotated", aws=True)
    code = runner.job(workflow(folder, "keybaton-rotate.yml")["jobs"]["rotate"])
    if code or "too young to rotate" not in runner.shown:
        yield f"a young key is not left alone:\n{runner.shown}"
    rotate = workflow(folder, "keybaton-rotate.yml")["jobs"]["rotate"]
    rotate["steps"][-1]["run"] = rotate["steps"][-1]["run"].replace("90d", "0s")
    code = runner.job(rotate)
    if code or "staged" not in runner.shown:
        yield f"an old key is not succeeded:\n{runner.shown}"
    yield from deploys(ground, folder, key)


def deploys(ground: Ground, folder: Path, key: str) -> Iterator[str]:
    """A deployment that prints everything that it has: the log shows none of the keys."""
    script = folder / "deploy" / "release.sh"
    script.parent.mkdir()
    script.write_text('env\necho "the key is $SECRET_KEY, among $SECRET_KEY_FALLBACKS"\n')
    runner = machine(ground, folder, "deployed", aws=True)
    code = runner.job(workflow(folder, "keybaton-deploy.yml")["jobs"]["deploy"])
    if code or "the key is ***, among ***,***" not in runner.shown:
        yield f"the deployment:\n{runner.shown}"
    if key not in runner.printed or key in runner.shown or len(runner.masks) != 2:
        yield "the deployment's log shows a key"
    if any(name.startswith("SECRET_KEY") for name in runner.environment):
        yield "later steps have the key too"


def workflow(folder: Path, name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((folder / ".github" / "workflows" / name).read_text())
    return read


def machine(ground: Ground, checkout: Path, name: str, *, aws: bool = False) -> Runner:
    temporary = ground.folder / f"temporary-{name}"
    temporary.mkdir()
    context = {"github.token": "made-up-token", "vars.ROTATOR_AWS_ROLE": "arn:aws:iam::123456789012:role/keybaton"}
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(checkout), "RUNNER_TEMP": str(temporary)}
    from_the_cloud = pipelines.aws_variables() if aws else {}
    return Runner(checkout, temporary, context, job_environment(ground, name, {**actions, **from_the_cloud}))
