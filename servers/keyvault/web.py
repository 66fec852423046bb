"""Vaults, the directory and a test's tricks over HTTPS; which of them is asked, the host's name says."""

from __future__ import annotations

import json
import re
import ssl
import threading
from urllib.parse import urlsplit

from keyvault.calls import Asked, answer_to
from keyvault.directory import Directory, NoTokenError, discovery
from keyvault.refusal import RefusalError, unauthorized
from keyvault.tricks import Trick, made_up
from keyvault.vault import Json, Vault
from standin import Handler, Server, Tricks, fields


class Service(Server):
    def __init__(self, port: int, tls: ssl.SSLContext, directory: Directory) -> None:
        super().__init__(port, Web, tls)
        self.directory, self.tricks = directory, Tricks(Trick)
        self._lock, self._vaults = threading.Lock(), dict[str, Vault]()

    def vault(self, host: str) -> Vault:
        with self._lock:
            return self._vaults.setdefault(host, Vault(host.split(".")[0], host))


class Web(Handler):
    server: Service

    def handle_one(self) -> None:
        url = urlsplit(self.path)
        host = self.headers.get("Host", "").lower()
        query, body = fields(url.query), self.body()
        if re.fullmatch(VAULTS, host.partition(":")[0]):
            self._vault(host.partition(":")[0], url.path, query, body)
        elif url.path.startswith("/tricks/"):
            self._trick(url.path.removeprefix("/tricks/"), body)
        else:
            self._directory(host, url.path, body)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = handle_one  # noqa: N815 - the names that the module wants

    def _directory(self, host: str, path: str, body: bytes) -> None:
        tenant, _, rest = path.removeprefix("/").partition("/")
        if rest == "v2.0/.well-known/openid-configuration":
            self.send(200, discovery(host, tenant))
            return
        if rest != "oauth2/v2.0/token":
            self.send(404, {"error": "not_found"})
            return
        try:
            self.send(200, self.server.directory.exchange(tenant, fields(body.decode()), f"https://{host}{path}"))
        except NoTokenError as error:
            self.send(error.status, error.body)

    def _trick(self, secret: str, body: bytes) -> None:
        name, _, trick = secret.partition("/")
        if trick == "manage":
            self.server.vault(body.decode()).manage(name)
        elif self.command == "POST":
            self.server.tricks.play(name, json.loads(body))
        self.send(200, self.server.tricks.calls(name) if self.command == "GET" else {})

    def _vault(self, host: str, path: str, query: dict[str, str], body: bytes) -> None:
        vault = self.server.vault(host)
        try:
            asked = Asked.of(self.command, path, query, body)
            if refusal := self.server.tricks.begin(asked.name, asked.call):
                raise made_up(refusal)
            app, rights = self._who(vault, asked.name)
            asked.must_be_allowed(rights, app, vault)
            answer = self._done(asked, vault)
        except RefusalError as error:
            challenge = {} if error.status != 401 else {"WWW_Authenticate": self._challenge(vault, asked.name)}
            self.send(error.status, error.body, **challenge)
            return
        if self.server.tricks.happens(asked.name, "unanswered", asked.call):
            self.close_connection = True
        elif self.server.tricks.happens(asked.name, "fail", asked.call):
            self.send(500, {"error": {"code": "InternalServerError", "message": "Made up by a test."}})
        else:
            self.send(204 if answer is None else 200, answer)

    def _done(self, asked: Asked, vault: Vault) -> Json | None:
        with vault.lock:
            tricks = self.server.tricks
            if asked.call != "set":
                answer = answer_to(asked, vault)
                elsewhere = tricks.once(asked.name, Trick.elsewhere) if asked.call == "versions" else ""
                return {**(answer or {}), "nextLink": elsewhere} if elsewhere else answer
            for value in tricks.once(asked.name, Trick.overtaken):
                vault.set(asked.name, {"value": value})
            answer = answer_to(asked, vault)
            for value in tricks.once(asked.name, Trick.followed):
                vault.set(asked.name, {"value": value})
            return answer

    def _who(self, vault: Vault, name: str) -> tuple[str, frozenset[str]]:
        authorization = self.headers.get("Authorization")
        if authorization is None or self.server.tricks.of(name).resource:
            raise unauthorized("AKV10000: There is no token.")
        token = self.server.directory.who(authorization)
        if token is None:
            raise unauthorized("The token has run out, or was not given here.")
        expected = f"https://{vault.host.partition('.')[2]}"
        if token.resource != expected:
            raise unauthorized(f"AKV10022: The token is meant for {token.resource}.")
        return token.app.id, token.app.rights

    def _challenge(self, vault: Vault, name: str) -> str:
        resource = self.server.tricks.of(name).resource or f"https://{vault.host.partition('.')[2]}"
        return f'Bearer authorization="https://login.windows.net/{self.server.directory.tenant}", resource="{resource}"'


VAULTS = r"[a-z][0-9a-z-]*\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)"
