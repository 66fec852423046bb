"""GitHub's interface for secrets and variables of Actions, and a test's tricks; the TLS is in front of it."""

from __future__ import annotations

import json
import re
import threading
from typing import Any
from urllib.parse import unquote, urlsplit

from githubactions.refusal import RefusalError, forbidden, invalid, not_found, unauthorized
from githubactions.repository import environment, repository
from githubactions.shelf import Clock, Kept, Shelf
from githubactions.tricks import Play, refusal_in
from standin import Handler, Server, Tricks, fields


class Service(Server):
    def __init__(self, port: int, admin: str, stranger: str) -> None:
        super().__init__(port, GitHub)
        self.tokens, self.tricks, self.clock = {admin: True, stranger: False}, Tricks(Play), Clock()
        self._lock, self._shelves = threading.Lock(), dict[str, Shelf]()
        self._made: set[str] = set()

    def shelf(self, place: str) -> Shelf:
        """Everything is there but what says that it is missing; an environment can be made."""
        with self._lock:
            if "missing" in place and place not in self._made:
                raise not_found()
            return self._shelves.setdefault(place, Shelf(place, self.clock))

    def make(self, place: str) -> None:
        with self._lock:
            self._made.add(place)


class GitHub(Handler):
    server: Service

    def handle_one(self) -> None:
        address = urlsplit(self.path)
        body = self.body()
        try:
            said = json.loads(body) if body else {}
            if address.path.startswith("/tricks/"):
                self._trick(unquote(address.path.removeprefix("/tricks/")), said)
            else:
                self._asked(address.path, fields(address.query), said)
        except RefusalError as refusal:
            self.send(refusal.status, refusal.body, **{**LIMITS, **refusal.headers})

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = handle_one  # noqa: N815 - the names that the module wants

    def _trick(self, place: str, said: dict[str, Any]) -> None:
        if self.command == "POST" and "sleep" in said:
            self.server.clock.tick(said["sleep"])
        elif self.command == "POST":
            self.server.tricks.play(place, said)
        elif self.command == "GET":
            self.send(200, opened(self.server.shelf(place), self.server.tricks.calls(place)))
            return
        self.send(200, {})

    def _asked(self, path: str, query: dict[str, str], said: dict[str, Any]) -> None:
        may = self.server.tokens.get(re.sub("^(Bearer|token) ", "", self.headers.get("Authorization", "")))
        if may is None:
            raise unauthorized()
        if found := re.fullmatch(WHOLE, path):
            self._whole(unquote(found[0][1:]))
            return
        found = re.fullmatch(PATH, path)
        if found is None:
            raise not_found()
        place = unquote(found["place"].removeprefix("/")).removesuffix("/actions")
        shelf = self.server.shelf(place)
        if not may:
            raise forbidden()
        self._done(shelf, found, query, said)

    def _whole(self, place: str) -> None:
        if self.command == "PUT":
            self.server.make(place)
        self.server.shelf(place)
        repository_, is_environment, name = place.removeprefix("repos/").partition("/environments/")
        self.send(200, environment(name) if is_environment else repository(repository_))

    def _done(self, shelf: Shelf, found: re.Match[str], query: dict[str, str], said: dict[str, Any]) -> None:
        call = f"{self.command} {found['name'] or found['kind']}"
        tricks = self.server.tricks
        if refused := tricks.begin(shelf.place, call):
            status, message, headers = refusal_in(refused)
            raise RefusalError(status, message, headers)
        with shelf.lock:
            self._meddle(shelf, call)
            status, answer = done(shelf, self.command, found, query, said)
            if found["more"] and (chosen := tricks.once(shelf.place, lambda play: play.chosen_next(found["name"]))):
                shelf.found(shelf.secrets, found["name"]).chosen = chosen
        if tricks.happens(shelf.place, "unanswered", call):
            self.close_connection = True
        elif tricks.happens(shelf.place, "fail", call):
            self.send(502, {"message": "Server Error"}, **LIMITS)
        else:
            self.send(status, answer, **LIMITS)

    def _meddle(self, shelf: Shelf, call: str) -> None:
        if found := self.server.tricks.once(shelf.place, lambda play: play.meddling(call)):
            kind, name, text = found
            among = shelf.secrets if kind == "secret" else shelf.variables
            before, now = among.get(name), shelf.clock.tick(60)
            among[name] = Kept(name, text.encode(), before.created if before else now, now)
        if self.server.tricks.happens(shelf.place, "rotate", call):
            shelf.rotate()


def done(
    shelf: Shelf, method: str, found: re.Match[str], query: dict[str, str], said: dict[str, Any]
) -> tuple[int, object]:
    name = found["name"]
    if found["kind"] == "secrets":
        return of_secrets(shelf, method, name, found["more"], query, said)
    return of_variables(shelf, method, name, query, said)


def of_secrets(
    shelf: Shelf, method: str, name: str | None, more: str | None, query: dict[str, str], said: dict[str, Any]
) -> tuple[int, object]:
    match method, name, more:
        case "GET", None, None:
            return 200, listed("secrets", shelf.secrets, query, shelf.place)
        case "GET", "public-key", None:
            return 200, shelf.public_key()
        case "GET", str(), "repositories":
            kept = shelf.found(shelf.secrets, name)
            return 200, page(
                "repositories", [repository(f"acme/shop-{number}", number) for number in kept.chosen], query
            )
        case "GET", str(), None:
            return 200, {**shelf.found(shelf.secrets, name).told(), **elsewhere(shelf.place, name)}
        case "PUT", str(), None:
            return (201, {}) if shelf.put_secret(name, said) else (204, None)
        case "DELETE", str(), None:
            del shelf.secrets[shelf.found(shelf.secrets, name).name]
            return 204, None
    raise not_found()


def of_variables(
    shelf: Shelf, method: str, name: str | None, query: dict[str, str], said: dict[str, Any]
) -> tuple[int, object]:
    match method, name:
        case "GET", None:
            return 200, listed("variables", shelf.variables, query, shelf.place)
        case "GET", str():
            return 200, variable(shelf.found(shelf.variables, name), shelf.place)
        case "POST", None if {"name", "value"} <= said.keys():
            shelf.make_variable(said["name"], said)
            return 201, {}
        case "PATCH", str():
            shelf.change_variable(name, said)
            return 204, None
        case "DELETE", str():
            del shelf.variables[shelf.found(shelf.variables, name).name]
            return 204, None
        case "POST", None:
            raise invalid("A variable has a name and a value.")
    raise not_found()


def listed(what: str, among: dict[str, Kept], query: dict[str, str], place: str) -> dict[str, Any]:
    kept = sorted(among.values(), key=lambda kept: kept.name)
    if what == "variables":
        return page(what, [variable(one, place) for one in kept], query)
    return page(what, [{**one.told(), **elsewhere(place, one.name)} for one in kept], query)


def variable(kept: Kept, place: str) -> dict[str, Any]:
    told = {**kept.told(), "value": kept.value.decode()}
    return {**told, "selected_repositories_url": f"{API}/{place}/x"} if kept.visibility == "selected" else told


def elsewhere(place: str, name: str) -> dict[str, str]:
    """Where an organization's says which repositories get it."""
    if not place.startswith("orgs/"):
        return {}
    return {"selected_repositories_url": f"{API}/{place}/actions/secrets/{name}/repositories"}


def page(what: str, all_: list[Any], query: dict[str, str]) -> dict[str, Any]:
    size, number = int(query.get("per_page", "30")), int(query.get("page", "1"))
    return {"total_count": len(all_), what: all_[size * (number - 1) : size * number]}


def opened(shelf: Shelf, calls: list[str]) -> dict[str, Any]:
    """What jobs get, which nobody else does on GitHub."""
    told = {
        kind: {
            kept.name: {**kept.told(), "value": kept.value.decode(), "chosen": kept.chosen} for kept in among.values()
        }
        for kind, among in (("secrets", shelf.secrets), ("variables", shelf.variables))
    }
    return {**told, "calls": calls}


API = "https://api.github.com"
LIMITS = {"X_RateLimit_Limit": "5000", "X_RateLimit_Remaining": "4999"}
REPOSITORY = r"/repos/[\w.-]+/[\w.-]+"
PLACE = rf"(?P<place>{REPOSITORY}/actions|{REPOSITORY}/environments/[^/]+|/orgs/[\w.-]+/actions)"
PATH = rf"{PLACE}/(?P<kind>secrets|variables)(?:/(?P<name>[\w-]+))?(?:/(?P<more>repositories))?"
WHOLE = rf"{REPOSITORY}(?:/environments/[^/]+)?|/orgs/[\w.-]+"
