"""A machine that systemd runs, with a site on it and somebody who uses it without a pause."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from ground import CHECKOUT, PROGRAM, Ground
from toolbox import environment

from machine import Machine
from stage import Stage

FOLDER = "/srv/shop"
# Of the machine.
PYTHON = "python3.11"
# The one first whose processes do not say that they end: a rotation waits a minute for them.
SERVERS = ("daphne", "uvicorn", "hypercorn", "uwsgi", "gunicorn")


class Site:
    """A project on its server, as root finds it there."""

    def __init__(self, ground: Ground, stage: Stage, project: Path) -> None:
        self._ground, self.project = ground, project
        venv = environment("recipes-servers", CHECKOUT / "tests" / "recipes" / "servers.txt")
        [packages] = venv.glob("lib/python*/site-packages")
        shared = {
            PROGRAM: "/usr/local/bin/keybaton",
            packages: f"/usr/local/lib/{PYTHON}/dist-packages",
            venv / "bin": "/opt/servers",
            CHECKOUT / "python" / "keybaton": "/usr/lib/python3/dist-packages/keybaton",
        }
        self._machine = Machine(stage, shared, {project: FOLDER})
        (project / "client.py").write_text(Path(__file__).with_name("systemd_client.py").read_text())
        self.run("chmod 755 . && python3 -m venv --without-pip --system-site-packages .venv")
        self.run("ln -s /usr/local/bin/keybaton .venv/bin/keybaton")
        for server in SERVERS:
            self.run(f"sed '1s|.*|#!{FOLDER}/.venv/bin/python|' /opt/servers/{server} > .venv/bin/{server}")
        self.run("chmod +x .venv/bin/*")

    def run(self, line: str) -> str:
        return self._machine.run(line, FOLDER)

    def recipe(self, words: str) -> list[str]:
        """Makes the files; the commands that it tells a person to type for a new site."""
        printed = self._ground.run(f"keybaton recipe systemd --write {words}", self.project)
        assert "\nnext\n" in printed, printed
        lines = printed.partition("\nnext\n")[2].splitlines()
        return [line.strip() for line in lines if line.startswith("      ") and " copy " not in line]

    def answer(self) -> str:
        return self.run("curl --silent http://127.0.0.1:8000/").strip()

    def type(self, commands: list[str]) -> str:
        return "".join(self.run(command) for command in commands)

    def begins(self) -> None:
        """The site's database, which is its user's, and somebody who logs in."""
        self.run("install -d -o shop /var/lib/shop")
        made = self.run(
            "runuser -u shop -- env SECRET_KEY=for-the-tables-alone .venv/bin/python manage.py migrate -v 0"
        )
        assert not made.strip(), made

    def client(self) -> Client:
        return Client(self)


class Client:
    """Threads that send a request after the other, on a connection each; one of them is logged in all the time."""

    def __init__(self, site: Site) -> None:
        self._site = site
        site.run("rm -f /run/stop /run/client.json")
        site.run("nohup python3 client.py > /run/client.log 2>&1 < /dev/null &")
        until(
            lambda: "logged in" in site.run("cat /run/client.log"),
            lambda: site.run("cat /run/client.log; journalctl -n 20"),
        )

    def stop(self) -> dict[str, int]:
        self._site.run("touch /run/stop")
        until(
            lambda: bool(self._site.run("cat /run/client.json 2>&1 | grep '}'")),
            lambda: self._site.run("cat /run/client.log"),
        )
        counts: dict[str, int] = json.loads(self._site.run("cat /run/client.json"))
        return counts


def until(is_so: Callable[[], bool], otherwise: Callable[[], str], patience: float = 30) -> None:
    end = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < end, otherwise()
        time.sleep(0.2)


def lost(counts: dict[str, int]) -> dict[str, int]:
    return {what: count for what, count in counts.items() if what != "served"}
