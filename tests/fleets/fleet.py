"""The processes of a site behind their balancer, and a rotation that waits for them."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

from balancer import Balancer
from browsers import Crowd
from processes import Instance, Process, Worker
from project import Site, Way

# Nobody waits here until each step is safe: all processes have the ring before the next one.
AT_ONCE = ("--force", "--reason", "a test")
# Celery's processes look into the folder when they beat, every 15 s.
PATIENCE = 60.0
# Pages that each user opens before, after each instance has the new ring, and after each step.
PAGES = 2


class Fleet:
    """Instances, and where the scene wants it a Celery worker."""

    def __init__(self, site: Site, instances: list[Instance], *, has_worker: bool = False) -> None:
        self.site = site
        self.instances = instances
        self.workers: list[Process] = [Worker("celery", site)] if has_worker else []
        self.balancer = Balancer()
        self._stack = ExitStack()

    def __enter__(self) -> Fleet:
        try:
            for process in [*self.instances, *self.workers]:
                self._stack.enter_context(process)
        except BaseException:
            self._stack.close()
            raise
        for instance in self.instances:
            self.balancer.add(instance)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def crowd(self, users: int) -> Crowd:
        return Crowd(users, self.balancer, has_worker=bool(self.workers))

    def rotate(self, until: str, crowd: Crowd) -> None:
        """`keybaton rotate --wait`: every process goes by what it writes; it goes on when all report that they do."""
        known = self.site.record()["revision"]
        with self.site.rotating(until) as rotation:
            while rotation.poll() is None or known != self.site.record()["revision"]:
                if known != (known := self.site.record()["revision"]):
                    self.follow(crowd)
                time.sleep(0.2)

    def take(self, step: str, crowd: Crowd | None = None) -> None:
        """One step by hand, by which every process then goes."""
        self.write(step)
        self.follow(crowd)
        if self.site.setup.is_ours:
            self.wait_for_marks()
            self.raise_floor()

    def follow(self, crowd: Crowd | None) -> None:
        """Every process goes by what stands in the store, one after another, while users open pages."""
        for worker in self.workers:
            self.renew(worker)
        for instance in self.instances:
            self.hand_over(instance)
            if crowd:
                crowd.open_pages(PAGES)

    def write(self, step: str) -> None:
        """The step in the store alone."""
        self.site.keybaton(step, *(() if step == "stage" else AT_ONCE))

    def hand_over(self, instance: Instance) -> None:
        """Brings the ring to one; where it looks into a folder, that is to wait until it has looked."""
        if self.site.setup.way is not Way.RESTART:
            return instance.wait_for_keys()
        self.balancer.drain(instance)
        instance.stop()
        instance.start()
        return self.balancer.add(instance)

    def renew(self, worker: Process) -> None:
        """Celery takes over what stands in its folder; stock Django's is started again, or it would never know."""
        if self.site.setup.way is Way.RESTART or not self.site.setup.is_ours:
            worker.stop()
            worker.start()

    def raise_floor(self) -> None:
        record = self.site.record()
        self.site.manage("keybaton", "floor", "raise", record["ring"], str(record["revision"]))

    def wait_for_marks(self) -> None:
        """Until every process reports that it signs and accepts as the ring says."""
        signs, accepts = marks(self.site.record())
        end = time.monotonic() + PATIENCE
        while late := [beat for beat in self.beats() if (beat["signs"], set(beat["accepts"])) != (signs, accepts)]:
            if time.monotonic() > end:
                raise AssertionError(f"{self.site.setup}: these processes do not take over the ring: {late}")
            time.sleep(2)

    def beats(self) -> list[dict[str, Any]]:
        """Those of the processes that live, of which none may be missing."""
        seen = self.site.observed()
        beats: list[dict[str, Any]] = [beat for beat in seen["beats"] if beat["seen"] > seen["now"] - seen["lease"]]
        expected = len(self.instances) * self.site.setup.server.workers
        roles = [beat["role"] for beat in beats]
        if roles.count("web") < expected or roles.count("celery") < len(self.workers):
            raise AssertionError(f"{self.site.setup}: of {expected} processes these report: {beats}")
        return beats


def instances(site: Site, count: int = 0) -> list[Instance]:
    """So many as the server has by itself."""
    return [Instance(f"instance-{number}", site) for number in range(1, 1 + (count or site.setup.server.instances))]


def marks(record: dict[str, Any]) -> tuple[str, set[str]]:
    """That of the key that signs, and those of all that are accepted."""
    accepted = {key["role"]: key["mark"] for key in record["keys"]}
    return accepted["signing"], {mark for role, mark in accepted.items() if role in ACCEPTED}


ACCEPTED = ("signing", "next", "retiring")
