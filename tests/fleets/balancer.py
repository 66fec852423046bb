"""What stands before the instances: it takes turns, and asks another one where one says that it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from processes import Instance

PATIENCE = 90.0


class Balancer:
    """Gives each request to the next instance that serves."""

    def __init__(self) -> None:
        self._serving: list[Instance] = []
        self._busy: dict[Instance, int] = {}
        self._changed = Condition()

    def add(self, instance: Instance) -> None:
        with self._changed:
            self._serving.append(instance)

    def drain(self, instance: Instance) -> None:
        """Sends it nothing more, and waits until its last request is answered."""
        with self._changed:
            self._serving.remove(instance)
            if not self._changed.wait_for(lambda: not self._busy.get(instance), PATIENCE):
                raise AssertionError(f"an instance does not come to an end: {instance.log()}")

    @contextmanager
    def next(self) -> Iterator[str]:
        """The address for one request."""
        with self._changed:
            instance = self._serving.pop(0)
            self._serving.append(instance)
            self._busy[instance] = self._busy.get(instance, 0) + 1
        try:
            yield instance.address
        finally:
            with self._changed:
                self._busy[instance] -= 1
                self._changed.notify_all()
