"""A project or a group, and the variables that it holds."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Any

from gitlabci.refusal import invalid, malformed, not_found, several

Json = dict[str, Any]


@dataclass
class Holder:
    """One lock keeps writers apart: a name is taken once in each scope."""

    kind: str
    path: str
    id: int
    lock: threading.RLock = field(default_factory=threading.RLock)
    variables: list[Json] = field(default_factory=list)

    @property
    def has_scopes(self) -> bool:
        """A group has them with a paid licence alone."""
        return self.kind == "projects" or not self.path.startswith("free")

    @property
    def has_filter(self) -> bool:
        """A group's variables are asked for by name and scope since GitLab 16.9."""
        return self.kind == "projects" or not self.path.startswith("old")

    def told(self) -> list[Json]:
        with self.lock:
            return [told(variable) for variable in self.variables]

    def get(self, name: str, scope: str | None) -> Json:
        with self.lock:
            return told(self._find(name, scope))

    def create(self, said: Json) -> Json:
        for name in ("key", "value"):
            if not isinstance(said.get(name), str):
                raise malformed(f"{name} is missing")
        hide = said.get("masked_and_hidden") is True
        variable = {**NEW, **chosen(said), "hidden": hide, "masked": hide or said.get("masked") is True}
        if not self.has_scopes:
            variable["environment_scope"] = "*"
        variable["key"] = variable["key"].strip()
        with self.lock:
            must_be_valid(variable)
            if any(same(variable, other) for other in self.variables):
                raise invalid(key=f"({variable['key']}) has already been taken")
            if len(self.variables) >= MOST[self.kind]:
                raise invalid(base=f"Maximum number of {self.kind} ci variables ({MOST[self.kind]}) exceeded")
            self.variables.append(variable)
            return told(variable)

    def update(self, name: str, scope: str | None, said: Json) -> Json:
        with self.lock:
            found = self._find(name, scope)
            changed = {**found, **chosen(said), "key": found["key"]}
            must_be_valid(changed)
            found.update(changed)
            return told(found)

    def delete(self, name: str, scope: str | None) -> None:
        with self.lock:
            self.variables.remove(self._find(name, scope))

    def _find(self, name: str, scope: str | None) -> Json:
        found = [variable for variable in self.variables if variable["key"] == name]
        if not self.has_filter:
            found = found[:1]
        elif scope is not None:
            found = [variable for variable in found if variable["environment_scope"] == scope]
        if not found:
            raise not_found("Variable" if self.kind == "projects" else "GroupVariable")
        if len(found) > 1:
            raise several()
        return found[0]


def told(variable: Json) -> Json:
    return {**variable, "value": None if variable["hidden"] else variable["value"]}


def chosen(said: Json) -> Json:
    """What can be said of a variable at any time; masked and hidden it can only be made."""
    return {name: said[name] for name in NEW if name in said and name != "hidden"}


def same(one: Json, other: Json) -> bool:
    return all(one[name] == other[name] for name in ("key", "environment_scope"))


def must_be_valid(variable: Json) -> None:
    value = variable["value"]
    if variable["variable_type"] not in ("env_var", "file"):
        raise malformed("variable_type does not have a valid value")
    if "\0" in value:
        raise malformed("it has a NUL")
    if not re.fullmatch(r"[a-zA-Z0-9_]{1,255}", variable["key"]):
        raise invalid(key="can contain only letters, digits and '_'.")
    if not re.fullmatch(r"[a-zA-Z0-9_/${}. *-]{1,255}", variable["environment_scope"]):
        raise invalid(environment_scope="has a character that it cannot have")
    if len(value) > LARGEST:
        raise invalid(value=f"The value of the provided variable exceeds the {LARGEST} character limit")
    if variable["masked"] and not re.fullmatch(MASKED_RAW if variable["raw"] else MASKED, value):
        raise invalid(value="is invalid")


NEW: Json = {
    "variable_type": "env_var",
    "key": "",
    "value": "",
    "hidden": False,
    "protected": False,
    "masked": False,
    "raw": False,
    "environment_scope": "*",
    "description": None,
}
MASKED = re.compile(r"[a-zA-Z0-9_+=/@:.~-]{8,}")
MASKED_RAW = re.compile(r"[^ \t\r\n\f\v]{8,}")
LARGEST = 10_000
MOST = {"projects": 8000, "groups": 30_000}
