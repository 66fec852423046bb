"""An app: its config vars, and a release for each change of them."""

from __future__ import annotations

import re
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from herokuapps.refusal import invalid, not_found

Json = dict[str, Any]


@dataclass
class App:
    """One lock keeps writers apart: each release has the config vars of the one before, and what was changed."""

    name: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    lock: threading.RLock = field(default_factory=threading.RLock)
    config: dict[str, str] = field(default_factory=dict)
    releases: list[Json] = field(default_factory=list)
    # The config vars of each release, by its version.
    held: dict[int, dict[str, str]] = field(default_factory=dict)
    # How the release command ends from now on; without one a release is out at once.
    command_ends: str = "succeeded"

    def __post_init__(self) -> None:
        self.release("Initial release")
        self.release("Enable Logplex")

    def told(self) -> Json:
        owner = {"id": str(uuid.UUID(int=1)), "email": OWNER}
        return {"id": self.id, "name": self.name, "owner": owner, "maintenance": False, "web_url": None}

    def change(self, said: Json) -> dict[str, str]:
        """A value of null takes the config var away."""
        for name, value in said.items():
            if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name):
                raise invalid(f"Config var {name} has a name that none can have.")
            if not (value is None or isinstance(value, str)) or "\0" in (value or ""):
                raise invalid("Config vars are texts.")
        with self.lock:
            new = {name: value for name, value in {**self.config, **said}.items() if value is not None}
            if sum(len(name) + len(value.encode()) for name, value in new.items()) > LARGEST:
                raise invalid("Config vars are larger than 32 KB together.")
            changed = [name for name in said if self.config.get(name) != new.get(name)]
            if changed:
                verb = "Set" if any(name in new for name in changed) else "Remove"
                self.config = new
                self.release(f"{verb} {', '.join(changed)} config vars", self.command_ends)
            return dict(self.config)

    def roll_back(self, version: int) -> None:
        """The config vars come back with the code."""
        with self.lock:
            self.config = dict(self.held[version])
            self.release(f"Rollback to v{version}")

    def end(self, status: str) -> None:
        """The release command of the last release ends."""
        with self.lock:
            is_out = status == "succeeded"
            for release in self.releases:
                release["current"] = release["current"] and not is_out
            self.releases[-1] |= {"status": status, "current": is_out}

    def release(self, description: str, status: str = "succeeded") -> None:
        with self.lock:
            self.held[len(self.releases) + 1] = dict(self.config)
            now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            for release in self.releases:
                release["current"] = release["current"] and status != "succeeded"
            self.releases.append(
                {
                    "id": str(uuid.uuid4()),
                    "version": len(self.releases) + 1,
                    "description": description,
                    "status": status,
                    "current": status == "succeeded",
                    "created_at": now,
                    "updated_at": now,
                    "user": {"id": str(uuid.UUID(int=1)), "email": OWNER},
                    "app": {"id": self.id, "name": self.name},
                    "slug": None,
                    "addon_plan_names": [],
                    "output_stream_url": None,
                }
            )

    def at(self, version: int) -> tuple[Json, dict[str, str]]:
        """A release, and the config vars that it has."""
        with self.lock:
            if version not in self.held:
                raise not_found("release")
            return self.releases[version - 1], dict(self.held[version])

    def page(self, range_: str) -> tuple[list[Json], bool]:
        """The releases that a Range header asks for, and whether there are more of them."""
        found = re.fullmatch(RANGE, range_ or "id ..;")
        if found is None:
            raise invalid("The Range header makes no sense.")
        with self.lock:
            from_, is_behind = int(found["from"] or 0), bool(found["behind"])
            wanted = [one for one in self.releases if one["version"] >= from_ + is_behind]
        most = int(found["max"] or 200)
        wanted = wanted[::-1] if found["order"] == "desc" else wanted
        return wanted[:most], len(wanted) > most


OWNER = "owner@example.com"
LARGEST = 32 << 10
RANGE = (
    r"(?:version|id) (?P<behind>\]?)(?P<from>\d*)\.\.\s*;?"
    r"(?:\s*(?:order=(?P<order>asc|desc)|max=(?P<max>\d+))\s*,?)*"
)
