"""The interface over HTTPS: who calls, what for, and the answer as Google's own JSON."""

from __future__ import annotations

import json
import re
import ssl
import time
from urllib.parse import urlsplit

from google.cloud.secretmanager_v1 import types
from google.protobuf.json_format import MessageToJson, ParseError

from secretmanager.accounts import Accounts, NoTokenError
from secretmanager.calls import Asked, answer_to
from secretmanager.cloud import Cloud
from secretmanager.refusal import RefusalError, invalid
from secretmanager.tricks import Trick
from standin import Handler, Server, Tricks, fields


class Service(Server):
    def __init__(self, port: int, tls: ssl.SSLContext, accounts: Accounts, project_number: str) -> None:
        super().__init__(port, Web, tls)
        self.accounts, self.project_number = accounts, project_number
        self.cloud, self.tricks = Cloud(), Tricks(Trick)


class Web(Handler):
    server: Service
    clock = 0.0

    def handle_one(self) -> None:
        url = urlsplit(self.path)
        body = self.body()
        if url.path == "/token":
            self._token(body)
        elif acting := re.fullmatch(ACTING, url.path):
            self._act(acting["email"], body)
        elif url.path.startswith("/tricks/"):
            self._trick(url.path.removeprefix("/tricks/"), body)
        else:
            self._call(url.path, fields(url.query), body)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one  # noqa: N815 - the names that the module wants

    def _token(self, body: bytes) -> None:
        is_json = "json" in self.headers.get("Content-Type", "")
        asked = json.loads(body) if is_json else fields(body.decode())
        try:
            self.send(200, self.server.accounts.exchange(asked))
        except NoTokenError:
            self.send(400, {"error": "invalid_grant", "error_description": "Bad Request"})

    def _act(self, email: str, body: bytes) -> None:
        try:
            given = self.server.accounts.impersonate(self.headers.get("Authorization", ""), email, json.loads(body))
            self.send(200, given)
        except RefusalError as error:
            self.send(error.code, error.body)

    def _trick(self, secret: str, body: bytes) -> None:
        if self.command == "GET":
            self.send(200, self.server.tricks.calls(secret))
        else:
            self.server.tricks.play(secret, json.loads(body))
            self.send(200, {})

    def _call(self, path: str, query: dict[str, str], body: bytes) -> None:
        try:
            asked = self._asked(path, query, body)
            self.clock = self.server.tricks.of(asked.secret_id).clock
            if refusal := self.server.tricks.begin(asked.secret_id, asked.call):
                raise RefusalError(str(refusal), "Made up by a test.")
            integers = "enum-encoding=int" in query.get("$alt", "")
            with self.server.cloud.lock:
                if asked.call == "addVersion":
                    self._overtake(asked)
                message = answer_to(asked, self.server.cloud, self.server.tricks.of(asked.secret_id))
                text = MessageToJson(message, use_integers_for_enums=integers)
        except RefusalError as error:
            self.send(error.code, error.body)
            return
        except ParseError as error:
            self.send(400, invalid(f"Invalid JSON payload received: {error}").body)
            return
        time.sleep(self.server.tricks.once(asked.secret_id, lambda trick: trick.lateness(asked.call)))
        if self.server.tricks.happens(asked.secret_id, "unanswered", asked.call):
            self.close_connection = True
        elif self.server.tricks.happens(asked.secret_id, "fail", asked.call):
            self.send(500, RefusalError("INTERNAL", "Made up by a test.").body)
        else:
            self.send(200, text.encode())

    def _asked(self, path: str, query: dict[str, str], body: bytes) -> Asked:
        account = self.server.accounts.who(self.headers.get("Authorization", ""))
        found = re.fullmatch(PATH, path)
        if found is None:
            raise RefusalError("NOT_FOUND", "The requested URL was not found on this server.")
        number, project = self.server.project_number, self.server.accounts.project
        if found["project"] not in (project, number):
            raise RefusalError("PERMISSION_DENIED", f"Permission denied on resource project {found['project']}.")
        # Google answers with the number of the project, whichever name it was asked by.
        parent = f"projects/{number}" + (f"/locations/{found['location']}" if found["location"] else "")
        asked = Asked(self.command, parent, found["secret"], found["versions"], found["verb"], query, body)
        asked.must_be_allowed(account.permissions)
        return asked

    def _overtake(self, asked: Asked) -> None:
        for value in self.server.tricks.once(asked.secret_id, Trick.overtaken):
            self.server.cloud.add_version(asked.name, types.SecretPayload(data=value.encode()))
        if labels := self.server.tricks.once(asked.secret_id, Trick.relabelled):
            self.server.cloud.update(asked.name, types.Secret(labels=labels), ["labels"])

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((timestamp or time.time()) + self.clock)


PATH = (
    r"/v1/projects/(?P<project>[^/:]+)(?:/locations/(?P<location>[^/:]+))?/secrets"
    r"(?:/(?P<secret>[^/:]+)(?P<versions>/versions(?:/[^/:]+)?)?)?(?::(?P<verb>\w+))?"
)
ACTING = r"/v1/projects/-/serviceAccounts/(?P<email>[^/:]+):generateAccessToken"
