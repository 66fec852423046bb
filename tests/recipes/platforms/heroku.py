"""Heroku's own program and a stand-in for its platform, honcho for the Procfile, and Django for the release command."""

from __future__ import annotations

import json
import shlex
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from cache import CHECKOUT
from ground import Ground

import heroku_cli
import heroku_platform
from platforms.pipelines import complaints
from stage import Stage


def trials(ground: Ground) -> Iterator[str]:
    yield from files(ground)
    yield from refusals(ground)
    with tempfile.TemporaryDirectory(prefix="keybaton-heroku-") as folder, Stage(Path(folder)) as stage:
        heroku_platform.start(stage)
        variables = {**stage.environment, **heroku_cli.at_home(stage)}
        for story, app in [(life, "shop"), (taken_in, "taken")]:
            project = ground.project(f"{app}/shop")
            ground.run(f"keybaton recipe heroku --write --set app={app}", project)
            yield from story(Desk(ground, project, variables))


@dataclass(frozen=True)
class Desk:
    """Where somebody types who knows of no stand-in."""

    ground: Ground
    project: Path
    variables: dict[str, str]

    def run(self, line: str) -> str:
        words = [
            f"{name}={shlex.quote(text)}" for name, text in self.variables.items() if not name.startswith("KEYBATON")
        ]
        return self.ground.run(f'export PATH="{heroku_cli.folder()}:$PATH" {" ".join(words)}\n{line}', self.project)

    def config(self) -> dict[str, str]:
        read: dict[str, str] = json.loads(self.run("heroku config --app shop --json 2> /dev/null"))
        return read


def files(ground: Ground) -> Iterator[str]:
    project = ground.project("files/shop")
    ground.run("keybaton recipe heroku --write", project)
    if "Valid procfile detected (web, release)" not in (printed := ground.run("honcho check", project)):
        yield f"the Procfile: {printed}"
    workflow = project / ".github/workflows/keybaton-heroku.yml"
    yield from is_read(workflow)
    [job] = yaml.safe_load(workflow.read_text())["jobs"].values()
    if job["environment"] != "production" or job["steps"][-1]["env"] != {
        "HEROKU_API_KEY": "${{ secrets.HEROKU_API_KEY }}"
    }:
        yield f"the workflow: {job}"
    yield from nested(ground)
    own = {"Procfile": "web: gunicorn shop.wsgi\r\nrelease: python manage.py migrate\r\n", "app.json": APP}
    project = ground.project("own/shop", own)
    printed = ground.run("keybaton recipe heroku --write --variant scheduler", project)
    for told in ("    python manage.py check --deploy --fail-level ERROR &&", "app.json has a value for SECRET_KEY"):
        if told not in printed or "LEAK" in printed:
            yield f"beside files that are there: {printed}"
    if (project / "Procfile").read_bytes() != own["Procfile"].encode() or (project / "app.json").read_text() != APP:
        yield "a file of the user's has changed"


def is_read(workflow: Path) -> Iterator[str]:
    yield from complaints("actionlint", "-no-color", workflow)
    yield from complaints("zizmor", "--offline", "--no-progress", "--quiet", "--persona", "auditor", workflow)


def nested(ground: Ground) -> Iterator[str]:
    """A repository with the project in a folder: GitHub and Heroku look at its top."""
    top = ground.folder / "nested"
    project = ground.project("nested/backend")
    (project / ".git").rename(top / ".git")
    (project / "requirements.txt").rename(top / "requirements.txt")
    ground.run("keybaton recipe heroku --write", project)
    yield from is_read(workflow := top / ".github/workflows/keybaton-heroku.yml")
    [job] = yaml.safe_load(workflow.read_text())["jobs"].values()
    if job["defaults"]["run"]["working-directory"] != "backend":
        yield f"the workflow of a nested project: {job}"
    if "Valid procfile detected (web, release)" not in (printed := ground.run("honcho check", top)):
        yield f"the Procfile of a nested project: {printed}"


def refusals(ground: Ground) -> Iterator[str]:
    project = ground.project("refused/shop", {"app.json": '{"env": LEAK'})
    printed = ground.run("keybaton recipe heroku --write", project)
    if not printed.startswith("error: app.json cannot be read as JSON, in line 1\nhint: ") or "LEAK" in printed:
        yield f"a broken app.json: {printed}"
    printed = ground.run("keybaton recipe heroku -e dev", project)
    if not printed.startswith("error: dev has its keys in dotenv:, and dynos get config vars\nhint: "):
        yield f"an environment elsewhere: {printed}"


def life(desk: Desk) -> Iterator[str]:
    """A ring moves in, is rotated, is rolled back, and is brought up again."""
    desk.run("keybaton init -e production --no-input")
    first = desk.config()
    if first.get("SECRET_KEY", "") in (desk.project / ".env").read_text():
        yield "production has the key of development, or none"
    if sorted(first) != ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING"]:
        yield f"there are {sorted(first)}"
    yield from release_command(desk, first)
    staged = desk.run(
        "keybaton rotate -e production --if-older-than 0s --no-input; keybaton copy heroku://shop dotenv:mirror.env"
    )
    if "staged" not in staged or desk.config()["SECRET_KEY"] != first["SECRET_KEY"]:
        yield f"a step: {staged}"
    back = f"curl --silent --fail --cacert {desk.variables['SSL_CERT_FILE']} --data"
    back += f""" '{{"follow": ["Rollback to v3"]}}' {desk.variables["HEROKU_HOST"]}/tricks/shop"""
    desk.run(f"{back} && heroku config:set DEBUG=0 --app shop")
    if desk.config() != first:
        yield "heroku rollback brings no config vars back, but the page says so"
    up = "keybaton diff dotenv:mirror.env heroku://shop; keybaton copy dotenv:mirror.env heroku://shop"
    told = desk.run(f"{up}; keybaton status -e production")
    if (
        "B is behind" not in told
        or "from revision 1: ring" not in told
        or "rotate --continue -e production" not in told
    ):
        yield f"after a rollback: {told}"
    if first["SECRET_KEY"] in staged + told:
        yield "a key is shown"


def taken_in(desk: Desk) -> Iterator[str]:
    """A key that is there goes on signing."""
    key = "made-up-and-long-enough-to-be-a-key-of-production-k3j5h2k4"
    desk.run(f"heroku config:set SECRET_KEY={key} --app taken")
    told = desk.run("keybaton init -e production --write --no-input; keybaton export -e production --format json")
    if json.loads(told.splitlines()[-1])["SECRET_KEY"] != key or not told.splitlines()[-1].count("_RING"):
        yield f"a key that is there: {told}"


def release_command(desk: Desk, config: dict[str, str]) -> Iterator[str]:
    """With the config vars that a dyno would get, and without a key."""
    [line] = [line for line in (desk.project / "Procfile").read_text().splitlines() if line.startswith("release: ")]
    line = line.removeprefix("release: ")
    paths = f"export PYTHONPATH={CHECKOUT / 'python'}; mv .env away; mv keybaton.toml also; "
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in config.items())
    with_key = desk.ground.run(
        f"{paths} export {variables}; {line}; echo ended with $?; mv away .env; mv also keybaton.toml", desk.project
    )
    without = desk.ground.run(f"{paths} {line}; echo ended with $?; mv away .env; mv also keybaton.toml", desk.project)
    if "ended with 0" not in with_key:
        yield f"the release command, with a key: {with_key}"
    if "ended with 1" not in without or "ImproperlyConfigured" not in without:
        yield f"the release command, without a key: {without}"


APP = '{"env": {"SECRET_KEY": {"value": "LEAK"}}}\n'
