"""ansible-playbook runs the playbook on a machine with systemd, its only host, and shows no key as loudly as it can."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cache import CHECKOUT
from ground import PROGRAM, SHOP, Ground

from machine import Machine
from stage import Stage

FOLDER = "/srv/shop"
# The project of somebody who is not root.
HOME = "/srv/deploy"
# Ansible on the machine, as it is here.
PLAYBOOK = "python3 -m ansible playbook"
FILES = {
    "deploy/ansible/inventory.ini": "[shop]\nhere ansible_connection=local ansible_become=false\n",
    "shop.service": """\
[Service]
Type=notify
User=nobody
WorkingDirectory=/srv/shop
ExecStart=python3 -m gunicorn --bind 127.0.0.1:8000 shop.wsgi
""",
    # The words that start Ansible here stand in one program, as its packages have them.
    "ansible-playbook": '#!/bin/sh\nexec python3 -m ansible playbook --skip-tags install "$@"\n',
}
REPORTS = {"shop/settings.py": SHOP["shop/settings.py"] + 'INSTALLED_APPS = ["keybaton.django"]\n'}


def trials(ground: Ground) -> Iterator[str]:
    followed = ground.project("followed/shop", {**FILES, **REPORTS})
    printed = ground.run(
        "keybaton recipe ansible --write; ansible-playbook --syntax-check deploy/ansible/keybaton.yml", followed
    )
    if "notify" in (followed / "deploy/ansible/keybaton.yml").read_text().partition("Let the service")[0]:
        yield "processes that follow the folder are restarted"
    if "playbook: deploy/ansible/keybaton.yml" not in printed:
        yield f"followed: {printed}"
    for variant in ("folder", "credentials"):
        project = ground.project(f"{variant}/shop", FILES)
        printed = ground.run(
            f"keybaton recipe ansible --write --variant {variant} --set user=nobody --set venv={FOLDER}/venv", project
        )
        with tempfile.TemporaryDirectory(prefix="keybaton-ansible-") as folder, Stage(Path(folder)) as stage:
            there = machine(stage, project)
            yield from (f"{variant}: {told}" for told in operated(there, printed))
            yield from (f"{variant}: {told}" for told in hosted(there, project))
    yield from vault(ground)


def machine(stage: Stage, project: Path) -> Machine:
    packages = Path(sys.executable).parent.parent / "lib/python3.11/site-packages"
    shared = {
        PROGRAM: "/usr/local/bin/keybaton",
        packages: "/usr/local/lib/python3.11/dist-packages",
        CHECKOUT / "python" / "keybaton": "/usr/lib/python3/dist-packages/keybaton",
    }
    (project / "ansible-playbook").chmod(0o755)
    there = Machine(stage, shared, {project: FOLDER})
    there.run("cp shop.service /etc/systemd/system/ && cp ansible-playbook /usr/local/bin/", FOLDER)
    there.run("mkdir -p venv/bin && ln -s /usr/local/bin/keybaton venv/bin/ && chmod 755 . shop", FOLDER)
    return there


def operated(there: Machine, printed: str) -> Iterator[str]:
    """Somebody who is not root types what is printed; root does what stands behind sudo."""
    words = re.findall("^ {6}(sudo install .*|keybaton init .*)$", printed, re.MULTILINE)
    there.run(f"useradd deploy; cp -r . {HOME} && chown -R deploy {HOME}", FOLDER)
    read = "keybaton export -e production --format json > /dev/null && echo read"
    for is_whole, lines in [(False, words[1:]), (True, words)]:
        said = "".join(there.run(typed(line), HOME) for line in [*lines, read])
        if len(words) != 2 or said.endswith("read\n") is not is_whole:
            yield f"{'with' if is_whole else 'without'} the folder, its user's words say {said}"
    there.run("rm -r /var/lib/keybaton", FOLDER)


def typed(line: str) -> str:
    """A line as the machine's root runs it, which has no sudo."""
    if line.startswith("sudo "):
        return f"USER=deploy; {line.removeprefix('sudo ')}"
    return f"runuser -u deploy -- sh -c '{line}'"


def hosted(there: Machine, project: Path) -> Iterator[str]:
    there.run("keybaton copy dotenv:.env dir:/var/lib/keybaton/shop -e production", FOLDER)
    play = "ansible-playbook --inventory deploy/ansible/inventory.ini deploy/ansible/keybaton.yml"
    key = re.findall(r"^SECRET_KEY=(\S+)", (project / ".env").read_text(), re.MULTILINE)[0]
    first = there.run(f"{play} -vvv --diff", FOLDER)
    if key in first or "failed=0" not in first or "RUNNING HANDLER [Restart shop]" not in first:
        yield f"the first run, {'with the key' if key in first else 'without the key'}: {first[-3000:]}"
    if (said := there.run(f"{SITE}", FOLDER)) != "signs, and accepts 2\n":
        yield f"the site says {said}"
    again = there.run(play, FOLDER)
    if again.count("changed=0") != 2:
        yield f"a run with nothing new: {again}"
    rotated = there.run("keybaton rotate -e production --new --no-input", FOLDER)
    if "RUNNING HANDLER [Restart shop]" not in rotated or "failed=0" not in rotated or key in rotated:
        yield f"a rotation: {rotated}"
    if (said := there.run(SITE, FOLDER)) != "signs, and accepts 3\n":
        yield f"after a step the site says {said}"
    modes = there.run(
        "find /var/lib/keybaton/shop /etc/credstore.encrypted -printf '%M %u\\n' 2> /dev/null | sort -u", FOLDER
    )
    if any(line[4:10] != "------" for line in modes.splitlines()):
        yield f"the keys are open: {modes}"
    there.run("sed -i 's/no_log: true/no_log: false/' deploy/ansible/keybaton.yml", FOLDER)
    if key not in there.run(f"{play} -vvv", FOLDER):
        yield "without no_log nothing is shown either, so this test sees nothing"


def vault(ground: Ground) -> Iterator[str]:
    """A second copy is encrypted before it is on a disk, and brings each ring back."""
    project = ground.project("vault/shop", FILES)
    ground.run("keybaton init --ring JWT_KEY --write -e dev", project)
    line = "export ANSIBLE_VAULT_PASSWORD_FILE=word; echo made-up > word; keybaton export -e dev --format json"
    line += " | ansible-vault encrypt --output ring.vault - && head -c 14 ring.vault"
    back = "ansible-vault view ring.vault | keybaton copy -e dev --ring {0} - dir:back && keybaton diff --ring {0}"
    rings = [back.format(ring) + " dotenv:.env dir:back" for ring in ("SECRET_KEY", "JWT_KEY")]
    printed = ground.run(" && ".join([line, *rings]), project)
    if "$ANSIBLE_VAULT" not in printed or printed.count("\nequal: ") != 2:
        yield f"vault: {printed}"


SITE = "for try in 1 2 3 4 5 6 7 8 9; do curl --silent --fail http://127.0.0.1:8000/ && break; sleep 0.3; done"
