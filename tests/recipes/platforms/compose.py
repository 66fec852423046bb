"""docker-compose, which puts the user's file and ours together and shows what the services get."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ground import CHECKOUT, PROGRAM, SHOP, Ground

from platforms import compose_files
from platforms.swarm_manager import DOCKER, Manager

# Processes that take a new ring over in place.
REPORTS = {"shop/settings.py": SHOP["shop/settings.py"] + 'INSTALLED_APPS = ["keybaton.django"]\n'}


def trials(ground: Ground) -> Iterator[str]:
    for number, (name, files) in enumerate(compose_files.FITTING.items()):
        yield from (f"{name}: {told}" for told in fitting(ground, f"fitting-{number}/shop", files))
    for name, (files, sentence) in compose_files.REFUSED.items():
        yield from (f"{name}: {told}" for told in refused(ground, name, files, sentence))
    yield from swarm(ground)
    yield from rotation(ground)
    yield from reset(ground)


def fitting(ground: Ground, place: str, files: dict[str, str]) -> Iterator[str]:
    project = ground.project(place, {**compose_files.AROUND, **files})
    user_file = next(file for file in files if "compose" in file)
    before = {file: (project / file).read_bytes() for file in files}
    printed = ground.run(f"keybaton recipe compose --write --set folder={project}/keys", project)
    if any((project / file).read_bytes() != content for file, content in before.items()):
        yield "a file of the user's has changed"
    if "LEAK" in printed:
        yield "the recipe shows a key"
    # As it is without us, the key is found: else what follows would find nothing either.
    if "LEAK" not in json.dumps(config(ground, project, [user_file])):
        yield "there was no key to take out"
    both = config(ground, project, [user_file, "compose.keybaton.yaml"])
    yield from services(both, project / "keys")


def services(read: dict[str, Any], keys: Path) -> Iterator[str]:
    if not read:
        return (yield "docker-compose refuses it")
    for name in ("web", "worker"):
        service = read["services"].get(name)
        if service is None:
            continue
        if "LEAK" in json.dumps(service):
            yield f"{name} has a key: {service}"
        if service["environment"].get("KEYBATON_DIR") != str(keys):
            yield f"{name} is not told where the keys are"
        mounts = [one for one in service["volumes"] if one["target"] == str(keys)]
        if [(one["type"], one["source"], one.get("read_only")) for one in mounts] != [("bind", str(keys), True)]:
            yield f"{name} does not get the folder: {mounts}"
        stays = [secret["source"] for secret in service.get("secrets", [])]
        if stays != [secret for secret in ["stripe_secret_key"] if secret in read.get("secrets", {})]:
            yield f"{name} has these secrets: {stays}"
    other = read["services"].get("db", {"environment": "LEAKdatabase"})
    if "KEYBATON_DIR" in other["environment"] or "LEAKdatabase" not in json.dumps(other):
        yield f"db is another service, and has changed: {other}"


def refused(ground: Ground, name: str, files: dict[str, str], sentence: str) -> Iterator[str]:
    project = ground.project(f"refused-{name}/shop", files)
    before = sorted(path for path in project.rglob("*") if ".git" not in path.parts)
    printed = ground.run("keybaton recipe compose --write; echo $?", project)
    if not printed.startswith(f"error: {sentence}\nhint: ") or not printed.endswith("\n3\n") or "LEAK" in printed:
        yield f"it says\n{printed}"
    if sorted(path for path in project.rglob("*") if ".git" not in path.parts) != before:
        yield "it has written something"


def swarm(ground: Ground) -> Iterator[str]:
    files = compose_files.FITTING["the guide's, which gives the key twice"]
    project = ground.project("swarm/shop", {**compose_files.AROUND, **files})
    printed = ground.run("keybaton recipe compose --variant swarm --write", project)
    if "Take the secrets that held a key so far out of compose.yaml" not in printed:
        yield f"swarm: {printed}"
    both = ["compose.yaml", "stack.keybaton.yaml"]
    web = config(ground, project, both, "RING_VERSION=20261126t120000z ")["services"]["web"]
    names = ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING"]
    if [one["target"] for one in web["secrets"] if one["source"] != "secret_key"] != names or "LEAK" in json.dumps(
        web["environment"]
    ):
        yield f"swarm: web gets {web}"
    if config(ground, project, both):
        yield "swarm: it is deployed without a version"
    yield from ground.run("shellcheck deploy/swarm/exchange.sh", project).splitlines()
    yield from exchanged(ground)


def exchanged(ground: Ground) -> Iterator[str]:
    """Docker's own command deploys the stack and exchanges its secrets, before a manager that runs nothing."""
    project = ground.project(
        "stack/shop", {"compose.yaml": "version: '3.8'\nservices: {web: {image: shop, command: gunicorn}}\n"}
    )
    ground.run(f"keybaton recipe compose --variant swarm --write --set folder={project}/keys", project)
    manager = Manager(project / "docker.sock")
    there = f"export DOCKER_HOST=unix://{project}/docker.sock PATH={DOCKER.folder()}:$PATH; "
    deploy = "RING_VERSION=$(cat keys/.version) docker stack deploy -c compose.yaml -c stack.keybaton.yaml shop"
    ring = "keybaton copy dotenv:.env dir:keys -e production"
    first = ground.run(f"{there} {ring} && sh deploy/swarm/exchange.sh && {deploy}", project)
    if manager.mounted("shop_web") != held(project / "keys"):
        yield f"the stack does not get the ring: {first}"
    before = set(manager.secrets)
    # Within one second the version would be the same one.
    step = ground.run(f"{there} sleep 1; keybaton rotate -e production --new --no-input; echo ended with $?", project)
    if "ended with 0" not in step or manager.mounted("shop_web") != held(project / "keys"):
        yield f"a step does not reach the stack: {step}"
    if len(manager.secrets) != 3 or before & set(manager.secrets):
        yield f"the older secrets are still there: {sorted(manager.secrets)}"
    if any(key in first + step for key in held(project / "keys")["SECRET_KEY_FALLBACKS"].split(",")):
        yield "a key is shown"
    manager.shutdown()


def held(keys: Path) -> dict[str, str]:
    return {name: (keys / name).read_text() for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING")}


def rotation(ground: Ground) -> Iterator[str]:
    """The one-shot service, started with the environment that it gets, on the folder that it gets."""
    project = ground.project("rotation/shop", {**compose_files.AROUND, **compose_files.FITTING["a map"], **REPORTS})
    keys = project / "keys"
    # Where `manage.py keybaton` finds the program beside the package.
    ground.run(f"mkdir -p ../../.local/bin && ln -s {PROGRAM} ../../.local/bin/keybaton", project)
    ground.run(f"mkdir -m 700 keys; keybaton recipe compose --write --set folder={keys}", project)
    service = config(ground, project, ["compose.yaml", "compose.keybaton.yaml"], profile=True)["services"]["keybaton"]
    if "LEAK" in json.dumps(service) or service.get("ports") or service.get("labels") or service.get("container_name"):
        yield f"keybaton is started as {service}"
    if service["entrypoint"] + service["command"][:1] != ["python", "manage.py", "keybaton", "rotate"]:
        yield f"keybaton runs {service['entrypoint']} {service['command']}"
    yield from steps(ground, project, service)


def steps(ground: Ground, project: Path, service: dict[str, Any]) -> Iterator[str]:
    """The commands that the recipe prints, each as Compose would start it: a new site, then one that has a key."""
    printed = ground.run(f"keybaton recipe compose --set folder={project}/keys | sed '1,/^next$/d'", project)
    run = {
        line.split("keybaton ")[-1]: started(service, line) for line in re.findall("^ {6}(docker .*)", printed, re.M)
    }
    [first] = [line for words, line in run.items() if words.startswith("init ")]
    [moved] = [line for words, line in run.items() if words.startswith("copy ")]
    rest = [line for words, line in run.items() if words.startswith(("status ", "docker compose -f "))]
    yield from own_key(ground, project, first)
    told = ground.run(f"rm keys/* && {moved} && {' && '.join(rest)} && stat -c %a keys/*", project)
    if "too young to rotate" not in told or len(rest) != 2 or told.split()[-3:] != ["600"] * 3:
        yield f"a rotation: {told}"


def own_key(ground: Ground, project: Path, line: str) -> Iterator[str]:
    printed = ground.run(f"{line} && cat keys/SECRET_KEY", project)
    if "make a key: SECRET_KEY" not in printed or printed.split()[-1] in (project / ".env").read_text():
        yield f"production gets no key of its own: {printed}"


def started(service: dict[str, Any], line: str) -> str:
    """What a container runs for such a line of `docker compose run`, with the environment that it has."""
    found = re.match(r"docker compose .*run --rm (?:-T )?(?:--entrypoint (\w+) )?keybaton\b ?(.*)", line)
    if not found:
        return ""
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in service["environment"].items() if value)
    program = found[1] or f"PYTHONPATH={CHECKOUT}/python {shlex.join(service['entrypoint'])}"
    return f"env {variables} {program} {found[2] or shlex.join(service['command'])}"


def reset(ground: Ground) -> Iterator[str]:
    """Why the override does not take variables out, but empties them."""
    over = "services: {web: {environment: {SECRET_KEY: !reset null}}}\n"
    for name, is_out in [("the guide's, which gives the key twice", False), ("a map", True)]:
        place = f"reset-{is_out}/shop"
        project = ground.project(place, {**compose_files.AROUND, **compose_files.FITTING[name], "over.yaml": over})
        environment = config(ground, project, ["compose.yaml", "over.yaml"])["services"]["web"]["environment"]
        if ("SECRET_KEY" not in environment) != is_out:
            yield f"!reset in {name} leaves {environment}"


def config(
    ground: Ground, project: Path, files: list[str], variables: str = "SECRET_KEY=LEAKvariable ", profile: bool = False
) -> dict[str, Any]:
    named = " ".join(f"--file {file}" for file in files) + (" --profile keybaton" if profile else "")
    printed = ground.run(f"{variables}docker-compose {named} config --format json 2> config.log", project)
    read: dict[str, Any] = json.loads(printed) if printed.startswith("{") else {}
    return read
