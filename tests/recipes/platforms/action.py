"""action.yml of this repository: its steps as GitHub's runner runs them, with what somebody hostile would give it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml
from cache import ToolError
from ground import CHECKOUT, Ground
from runner import Runner

from platforms.pipelines import complaints, job_environment

ACTION = CHECKOUT / "action.yml"

# Whoever gets one of these run makes a file of this name.
HOSTILE = [
    "$(touch owned)",
    "`touch owned`",
    "; touch owned #",
    "x\ntouch owned",
    '"; touch owned; "',
    "${IFS}touch owned",
    "--remote",
]


def trials(ground: Ground) -> Iterator[str]:
    yield from is_read()
    installed = machine(ground)
    yield from told(installed)
    yield from owned(installed)


def is_read() -> Iterator[str]:
    yield from complaints("check-jsonschema", "--builtin-schema", "vendor.github-actions", ACTION)
    yield from complaints("zizmor", "--offline", "--no-progress", "--quiet", "--persona", "auditor", ACTION)
    for step in steps():
        yield from complaints("shellcheck", "--shell", "bash", "-", given=step["run"])


def told(installed: Runner) -> Iterator[str]:
    """In a project below the top of its repository, with a key and without."""
    settings = installed.checkout / "site/shop/settings.py"
    settings.write_text("import os\n\nSECRET_KEY = os.environ['SECRET_KEY']\n")
    yield from wrong(installed, {"working-directory": "site"}, 0, "0", "nothing found")
    settings.write_text('SECRET_KEY = "made-up-key-of-a-settings-file"\n')
    mark = "::error file=site/shop/settings.py,line=1,col=14,title=key-in-settings::"
    yield from wrong(installed, {"working-directory": "site"}, 1, "2", mark)
    yield from wrong(installed, {"paths": "site/manage.py\n\nsite/shop"}, 1, "2", mark)
    yield from wrong(installed, {"paths": "site/manage.py"}, 0, "0", "nothing found")
    yield from wrong(installed, {"command": "generate\n--format\nhex\n--length\n64\n"}, 0, "0", "")
    yield from wrong(installed, {"command": "check\nsite\n--json"}, 1, "0", '{"findings":[{')


def owned(installed: Runner) -> Iterator[str]:
    for text in HOSTILE:
        for name in ("paths", "command"):
            yield from wrong(installed, {name: text}, 2, "0", "error: ")
        refused = with_inputs(installed, {"version": text})
        if refused.step(steps()[0], ".", 0) != 2 or "::error::The input version is no version" not in refused.shown:
            yield f"as a version {text!r} is not refused:\n{refused.shown}"
    if owned_files := list(installed.checkout.rglob("owned")):
        yield f"a script of somebody else has run: {owned_files}"


def wrong(installed: Runner, inputs: dict[str, str], code: int, findings: str, mark: str) -> Iterator[str]:
    runner = with_inputs(installed, inputs)
    ended = runner.step(steps()[1], ".", 1)
    if (
        ended != code
        or mark not in runner.shown
        or runner.outputs["run"] != {"exit-code": str(code), "findings": findings}
    ):
        yield f"{inputs}: ended with {ended}, {runner.outputs['run']}:\n{runner.shown}"


def steps() -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    return read


def machine(ground: Ground) -> Runner:
    """On which the first step has run: a real pip has installed the wheel into a Python of its own."""
    checkout, temporary = ground.folder / "checkout", ground.folder / "temporary"
    for folder in (checkout / "site/shop", temporary):
        folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", checkout], check=True)
    (checkout / "site/manage.py").write_text(
        'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
    )
    runner = with_inputs(Runner(checkout, temporary, {}, job_environment(ground, "action")), {"version": "0.1.0"})
    runner.environment.update({"RUNNER_OS": "Linux", "RUNNER_TEMP": str(temporary), "GITHUB_ACTIONS": "true"})
    code = runner.step(steps()[0], ".", 0)
    if code:
        raise ToolError(f"the action does not install keybaton:\n{runner.shown}")
    return runner


def with_inputs(runner: Runner, inputs: dict[str, str]) -> Runner:
    usual = {name: given.get("default", "") for name, given in yaml.safe_load(ACTION.read_text())["inputs"].items()}
    program = runner.outputs.get("install", {}).get("program", "")
    context = {f"inputs.{name}": text for name, text in {**usual, **inputs}.items()}
    return replace(
        runner,
        context={**context, "steps.install.outputs.program": program},
        printed="",
        shown="",
        outputs=dict(runner.outputs),
    )
