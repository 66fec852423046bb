"""The two ways to a new key, each done to a site that is in use."""

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
from programs import DemoError, Tools
from project import USERS, Project, make_project
from screen import Screen

# Of four requests in a row hardly any two users send all to one instance, so a
# rollout that logs users out while two keys are in use cannot be lucky.
ASKS = 4
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
        self.crowd.everyone_asks(ASKS, self.screen.progress)


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
    """`keybaton init`, then `keybaton rotate` with a restart after each write."""
    old = site.project.literal_key()
    site.screen.step("keybaton init: a new key is accepted, the old one signs on")
    keybaton(site.project, "init", "--write")
    shorten_the_wait(site.project)
    site.rolling_restart()
    site.screen.step("keybaton rotate: the new key signs, the old one is still accepted")
    rotate_to("promoted", site)
    site.rolling_restart()
    site.screen.step(f"keybaton rotate: waits until the old key's last signature is over ({LONGEST_SIGNATURE} here)")
    rotate_to("settled", site)
    site.screen.step("keybaton rotate: the old key is no longer accepted")
    site.rolling_restart()
    if site.project.holds(old):
        raise DemoError(f"the old key still stands in {site.project.folder}")


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
    said = keybaton(project, "rotate", "--json")
    try:
        return str(json.loads(said)["phase"])
    except (ValueError, KeyError) as error:
        raise DemoError(f"keybaton rotate --json named no phase: {said}") from error


def keybaton(project: Project, *arguments: str) -> str:
    return project.tools.run("keybaton", *arguments, "--no-input", cwd=project.folder)


def shorten_the_wait(project: Project) -> None:
    """Real sites wait for two weeks, the life of a session; here everyone has come
    back within seconds."""
    config = project.folder / "keybaton.toml"
    line = f'longest-signature = "{LONGEST_SIGNATURE}"\n'
    text = re.sub(r"(?m)^longest-signature\b.*\n", "", config.read_text())
    text, changed = re.subn(r"(?m)^\[environments\.\w+\]\n", rf"\g<0>{line}", text)
    if not changed:
        raise DemoError(f"{config} has no environment")
    config.write_text(text)
