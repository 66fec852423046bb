"""TLS before Prism, which holds each call and each answer to GitHub's own description of its interface."""

from __future__ import annotations

import http.client
import ssl

from standin import Handler, Server


class Front(Server):
    def __init__(self, port: int, tls: ssl.SSLContext, prism: int) -> None:
        super().__init__(port, Through, tls)
        self.prism = prism


class Through(Handler):
    server: Front

    def handle_one(self) -> None:
        # As GitHub Enterprise Server has it.
        path = self.path.removeprefix("/api/v3")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        way = http.client.HTTPConnection("127.0.0.1", self.server.prism, timeout=60)
        try:
            way.request(self.command, path, self.body(), headers)
            answer = way.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            return
        finally:
            way.close()
        if answer.headers.get_content_type() == "application/problem+json":
            self._not_github(path, body)
            return
        kept = {name.title(): value for name, value in answer.headers.items() if name.lower() in KEPT}
        self.send(answer.status, body or None, **kept)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = handle_one  # noqa: N815 - the names that the module wants

    def _not_github(self, path: str, body: bytes) -> None:
        """Prism found what does not fit, or had no answer itself."""
        told = body.decode(errors="replace")
        if "FetchError" in told:
            self.close_connection = True
        else:
            self.send(418, {"message": f"{self.command} {path}: {told}"})


HOP_BY_HOP = {"connection", "host", "content-length", "accept-encoding"}
KEPT = {"content-type", "retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
