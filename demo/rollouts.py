"""The ways to a new key, each done to a site that is in use."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from crowd import Crowd
from fleet import Balancer, Instance
from programs import DemoError, Running, Tools
from project import USERS, Project, make_project
from screen import Screen

# The parts of two pages hardly ever go to one instance all, so a rollout that logs
# users out while two keys are in use cannot be lucky.
PAGES = 2
LONGEST_SIGNATURE = "5s"
PATIENCE = 60.0


@dataclass(frozen=True)
class Outcome:
    """What a rollout has done to the users."""

    users: int
    requests: int
    logged_out: int
    still_out: int


@dataclass(frozen=True)
class Site:
    """A project that two instances serve to users who keep asking."""

    project: Project
    instances: tuple[Instance, ...]
    balancer: Balancer
    crowd: Crowd
    screen: Screen

    def rolling_restart(self) -> None:
        """One instance after another, and every user asks both before the next."""
        for instance in self.instances:
            which = f"{instance.number} of {len(self.instances)}"
            self.screen.progress(f"restarting {which}: {self.crowd.summary()}")
            self.balancer.drain(instance)
            instance.stop()
            instance.start()
            self.balancer.add(instance)
            self.everyone_asks()
            self.screen.step(f"restarted {which}: {self.crowd.summary()}")

    def everyone_asks(self) -> None:
        self.crowd.everyone_asks(PAGES, self.screen.progress)


Rollout = Callable[[Site], None]


def measure(rollout: Rollout, folder: Path, tools: Tools, screen: Screen) -> Outcome:
    """Make a fresh project, put it to use, and do the rollout to it."""
    screen.step("django-admin startproject, migrate, twenty users")
    project = make_project(folder, tools)
    with open_site(project, screen) as site:
        rollout(site)
        site.everyone_asks()
        crowd = site.crowd
        return Outcome(len(USERS), sum(crowd.requests.values()), len(crowd.logged_out), len(crowd.out_now))


@contextmanager
def open_site(project: Project, screen: Screen) -> Iterator[Site]:
    """Start the instances and the users; end them all, whatever happens."""
    instances = tuple(Instance(number, project) for number in (1, 2))
    balancer = Balancer()
    with ExitStack() as ends:
        for instance in instances:
            ends.callback(instance.stop)
            instance.start()
            balancer.add(instance)
        screen.step("two gunicorn instances serve; the users log in and keep asking")
        crowd = ends.enter_context(Crowd(balancer))
        site = Site(project, instances, balancer, crowd, screen)
        site.everyone_asks()
        yield site


def documented(site: Site) -> None:
    """What Django's documentation of SECRET_KEY_FALLBACKS describes."""
    site.screen.step("new key in SECRET_KEY, old key in SECRET_KEY_FALLBACKS")
    site.project.swap_key()
    site.rolling_restart()


def three_phases(site: Site) -> None:
    """`keybaton init`, then `keybaton rotate` with a restart after each write, behind Django's own middleware."""
    old = site.project.literal_key()
    adopt(site)
    site.screen.step("Django's own AuthenticationMiddleware put back, which keybaton init had replaced: to compare")
    site.project.put_djangos_middleware_back()
    site.rolling_restart()
    site.screen.step("keybaton rotate: the new key signs, the old one is still accepted")
    rotate_to("promoted", site)
    site.rolling_restart()
    site.screen.step(f"keybaton rotate: waits until the old key's last signature is over ({LONGEST_SIGNATURE} here)")
    rotate_to("settled", site)
    site.screen.step("keybaton rotate: the old key is no longer accepted")
    site.rolling_restart()
    is_gone(old, site.project)


def three_phases_with_the_app(site: Site) -> None:
    """The same with the Django app: one command, which waits for what each process reports."""
    old = site.project.literal_key()
    adopt(site)
    site.screen.step("the app keybaton.django besides the middleware that keybaton init has put in")
    site.project.add_the_app()
    configure(site.project, f'manage = ["{site.project.tools.python}", "manage.py"]')
    site.rolling_restart()
    site.screen.step("keybaton rotate --wait=retire: goes on as soon as every process reports that it follows")
    with site.project.tools.started("keybaton", "rotate", "--wait=retire", "--no-input", cwd=site.project.folder) as it:
        restart_after_each_write(site, it)
    is_gone(old, site.project)


def restart_after_each_write(site: Site, rotation: Running) -> None:
    known = revision(site.project)
    while rotation.is_running():
        if (now := revision(site.project)) != known:
            known = now
            site.rolling_restart()
        site.screen.progress(f"keybaton rotate waits: {site.crowd.summary()}")
        time.sleep(0.5)


def adopt(site: Site) -> None:
    site.screen.step("keybaton init: a new key is accepted, the old one signs on")
    keybaton(site.project, "init", "--write")
    configure(site.project, f'longest-signature = "{LONGEST_SIGNATURE}"')


def is_gone(key: str, project: Project) -> None:
    if project.holds(key):
        raise DemoError(f"the old key still stands in {project.folder}")


def rotate_to(phase: str, site: Site) -> None:
    """Run `keybaton rotate` until it has done the step that it may be waiting for."""
    deadline = time.monotonic() + PATIENCE
    while (now := rotate(site.project)) != phase:
        if time.monotonic() > deadline:
            raise DemoError(f"keybaton rotate stays {now}, and should be {phase}")
        site.screen.progress(f"{now}, waits to go on: {site.crowd.summary()}")
        time.sleep(1)


def rotate(project: Project) -> str:
    """Do the next step if it is safe already; return the phase after it."""
    return str(told(project, "rotate", "phase"))


def revision(project: Project) -> int:
    return int(str(told(project, "status", "revision")))


def told(project: Project, command: str, what: str) -> object:
    said = keybaton(project, command, "--json")
    try:
        return json.loads(said)[what]
    except (ValueError, KeyError) as error:
        raise DemoError(f"keybaton {command} --json named no {what}: {said}") from error


def keybaton(project: Project, *arguments: str) -> str:
    return project.tools.run("keybaton", *arguments, "--no-input", cwd=project.folder)


def configure(project: Project, line: str) -> None:
    """A line of the environment. Real sites wait for two weeks, the life of a session, until a key retires; here
    everyone has come back within seconds."""
    config = project.folder / "keybaton.toml"
    name = line.split(" = ")[0]
    text = re.sub(rf"(?m)^{name}\b.*\n", "", config.read_text())
    text, changed = re.subn(r"(?m)^\[environments\.\w+\]\n", rf"\g<0>{line}\n", text)
    if not changed:
        raise DemoError(f"{config} has no environment")
    config.write_text(text)
