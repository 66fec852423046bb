"""GitLab's own schema and shellcheck read the jobs; bash and dash run their scripts as GitLab's runner does."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ground import Ground

from platforms import identities, pipelines
from platforms.pipelines import FAR, NEAR, complaints, job_environment, project

FILE = ".gitlab/keybaton.gitlab-ci.yml"
# GitLab's runner takes bash where an image has it, else sh.
SHELLS = {"bash": "set -eo pipefail\n", "dash": "set -e\n"}


def trials(ground: Ground) -> Iterator[str]:
    for name, store in {**FAR, **NEAR}.items():
        folder = made(ground, name, store)
        yield from is_read(folder)
        if ("keybaton-rotate" in jobs(folder)) != (name in FAR):
            yield f"{store}: a rotation where there is none, or none where there is one"
    for shell in SHELLS:
        yield from tests_run(ground, shell)
        yield from a_key_is_told(ground, shell)
    yield from identities_are_written(ground)
    yield from rotates(ground)


def made(ground: Ground, name: str, store: str) -> Path:
    folder = project(ground, name, store)
    ground.run("keybaton recipe gitlab-ci --write", folder)
    return folder


def jobs(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((folder / FILE).read_text())
    return read


def is_read(folder: Path) -> Iterator[str]:
    yield from complaints("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", folder / FILE)
    for job in jobs(folder).values():
        script = "\n".join(job.get("script", []))
        for dialect in ("bash", "sh"):
            # `cd` that fails ends the job: the runner sets -e.
            yield from complaints("shellcheck", "--shell", dialect, "--exclude", "SC2164", "-", given=script)


def run(shell: str, folder: Path, name: str, environment: dict[str, str]) -> tuple[int, str]:
    """The exit code of a job, and its log: each line of its script as it stands there, then what it prints."""
    lines = [f"echo {shlex.quote('$ ' + line)}\n{line}\n" for line in jobs(folder)[name]["script"]]
    there = {**environment, "CI_PROJECT_DIR": str(folder), "CI_JOB_ID": "7", "GITLAB_CI": "true"}
    command = [shell, "-c", SHELLS[shell] + "".join(lines)]
    nobody = subprocess.DEVNULL
    done = subprocess.run(command, cwd=folder, env=there, stdin=nobody, stdout=-1, stderr=-2, text=True, timeout=300)
    return done.returncode, done.stdout


def tests_run(ground: Ground, shell: str) -> Iterator[str]:
    folder = made(ground, f"tests-{shell}", FAR["aws"])
    code, log = run(shell, folder, "keybaton-test", job_environment(ground, f"tests-{shell}"))
    if code or "Ran 2 tests" not in log:
        yield f"the tests do not run in {shell}:\n{log}"


def a_key_is_told(ground: Ground, shell: str) -> Iterator[str]:
    folder = made(ground, f"told-{shell}", FAR["aws"])
    environment = job_environment(ground, f"told-{shell}")
    (folder / ".env").unlink()  # git leaves it out, so no checkout has it
    code, log = run(shell, folder, "keybaton-check", environment)
    if code or report(folder):
        yield f"a project without a finding does not pass in {shell}:\n{log}"
    (folder / "shop/production.py").write_text('SECRET_KEY = "made-up-key-of-a-settings-file"\n')
    code, log = run(shell, folder, "keybaton-check", environment)
    if code != 1:
        yield f"a key passes in {shell}:\n{log}"
    yield from wrong_fields(report(folder))


def report(folder: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((folder / "gl-code-quality-report.json").read_text())
    return read


def wrong_fields(violations: list[dict[str, Any]]) -> Iterator[str]:
    """What GitLab documents of a violation."""
    for violation in violations:
        texts = [violation[field] for field in ("description", "check_name", "fingerprint", "severity")]
        location = violation["location"]
        is_placed = location["path"] == "shop/production.py" and location["lines"] == {"begin": 1}
        severities = ("info", "minor", "major", "critical", "blocker")
        if not (all(texts) and texts[3] in severities and is_placed) or "made-up" in str(violation):
            yield f"no violation as GitLab documents it: {violation}"
    if len({violation["fingerprint"] for violation in violations}) != len(violations) or not violations:
        yield "fingerprints are not unique"


def identities_are_written(ground: Ground) -> Iterator[str]:
    """Up to the rotation itself, which has nowhere to go here."""
    folder = made(ground, "written", FAR["google"])
    script = jobs(folder)["keybaton-rotate"]["script"]
    said = {
        "ROTATOR_GOOGLE_TOKEN": "made-up",
        "ROTATOR_GOOGLE_PROVIDER": "projects/1/p",
        "ROTATOR_GOOGLE_ACCOUNT": "a@b",
    }
    lines = [*script[1:-1], 'cat "$GOOGLE_APPLICATION_CREDENTIALS"; stat -c %a "$ROTATOR_FOLDER/google" >&2']
    done = subprocess.run(["dash", "-ec", "\n".join(lines)], env=said, capture_output=True, text=True)
    told = json.loads(done.stdout)
    if told["type"] != "external_account" or "/a@b:" not in told["service_account_impersonation_url"]:
        yield f"no credentials as Google's libraries read them: {done.stdout}"
    if done.stderr != "600\n" or Path(told["credential_source"]["file"]).exists():
        yield f"the token is open to others, or stays: {done.stderr}"


def rotates(ground: Ground) -> Iterator[str]:
    """Beside a stand-in of AWS and a real OpenBao, which the job signs in to with tokens of its forge."""
    for server in ("aws", "vault"):
        yield from pipelines.beside("gitlab-ci", server, made(ground, f"rotated-{server}", FAR[server]))


def beside(ground: Ground, server: str, folder: Path) -> Iterator[str]:
    pipelines.keybaton(folder, "copy", "dotenv:.env", FAR[server], "--create")
    more = identities.aws() if server == "aws" else identities.vault()
    environment = job_environment(ground, server, more)
    code, log = run("bash", folder, "keybaton-rotate", environment)
    if code or "too young to rotate" not in log:
        yield f"a young key is not left alone:\n{log}"
    (folder / FILE).write_text((folder / FILE).read_text().replace("90d", "0s"))
    code, log = run("dash", folder, "keybaton-rotate", environment)
    if code or "staged" not in log:
        yield f"an old key is not succeeded:\n{log}"
    code, other = run("dash", folder, "keybaton-rotate", {**environment, "ROTATOR_VAULT_TOKEN": "made-up"})
    if server == "vault" and (not code or "$ keybaton rotate" in other):
        yield f"a job that is nobody goes on:\n{other}"
    if any(token in log for name, token in more.items() if name.endswith("_TOKEN")):
        yield "the log shows the job's token"
