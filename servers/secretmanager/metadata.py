"""The metadata server that a machine of Google's has: it gives tokens to whoever asks with the right header."""

from __future__ import annotations

from secretmanager.accounts import Account, Accounts
from standin import Handler, Server


class Machine(Server):
    def __init__(self, port: int, accounts: Accounts, account: Account) -> None:
        super().__init__(port, Web)
        self.accounts, self.account = accounts, account


class Web(Handler):
    server: Machine

    def do_GET(self) -> None:  # noqa: N802 - the name that the module wants
        is_asked = self.path.split("?")[0] == "/computeMetadata/v1/instance/service-accounts/default/token"
        if not is_asked or self.headers.get("Metadata-Flavor") != "Google":
            self.send_error(404 if not is_asked else 403)
            return
        token = self.server.accounts.token_of(self.server.account)
        answer = {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}
        self.send(200, answer, Metadata_Flavor="Google")
