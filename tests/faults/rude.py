"""A server that is away, busy, slow, lost or somebody else: what is said then, and that nothing follows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer

from fronts import DISTRUSTFUL
from ground import Done, Ground, Place
from mirrors import original
from proxy import Answer, Call, Fate, GoneError, Upstream

HTML = [("content-type", "text/html")]


@dataclass(frozen=True)
class Rudeness:
    name: str
    fate: Fate
    # What the program ends with, and what stands in its error.
    code: int
    told: str = ""


def first(count: int, status: int) -> Fate:
    """The first calls are turned away, then all is well."""

    def fate(number: int, _call: Call, upstream: Upstream) -> Answer:
        return Answer(status, HTML, b"later") if number <= count else upstream()

    return fate


def always(answer: Callable[[], Answer]) -> Fate:
    return lambda _number, _call, _upstream: answer()


def gone() -> Answer:
    raise GoneError


def hang() -> Answer:
    time.sleep(45)
    raise GoneError


RUDENESS = (
    Rudeness("it is busy and then is not (429)", first(2, 429), 0),
    Rudeness("it is down and then is not (503)", first(2, 503), 0),
    Rudeness("it stays busy", always(lambda: Answer(503, HTML, b"later")), 4, "is busy (HTTP 503 Service Unavailable)"),
    Rudeness("it hangs up", always(gone), 4, "does not answer"),
    Rudeness("it never answers", always(hang), 4, "no answer came in time"),
    Rudeness("it answers with 100 MB", always(lambda: Answer(200, HTML, b"x" * 100_000_000)), 4, "more than any store"),
    Rudeness("it is a web site", always(lambda: Answer(200, HTML, b"<h1>Welcome</h1>")), 4, "check the address"),
)


class RudeScene:
    def __init__(self, ground: Ground, place: Place) -> None:
        self.ground, self.place = ground, place
        self.name = f"rude, {place.name}"
        self.tried = 0

    @property
    def patience(self) -> float:
        return 0

    def end(self) -> Iterator[str]:
        return iter(())

    def begin(self) -> Iterator[str]:
        url = self.place.fresh()
        from_ = original(self.ground, self.place, "settled")
        begun = self.ground.run(self.place.straight, "copy", from_, url, "--create")
        if begun.code != 0:
            raise AssertionError(f"{self.name}: {begun.error}")
        for rudeness in RUDENESS:
            self.tried += 1
            yield from self.bear(rudeness, url)
        self.tried += 2
        yield from self.must_not_be_followed(url)
        yield from self.must_be_trusted(url)

    def bear(self, rudeness: Rudeness, url: str) -> Iterator[str]:
        self.place.proxy.begin(rudeness.fate)
        began = time.monotonic()
        done = self.status(self.place.through, url)
        took = time.monotonic() - began
        self.place.proxy.begin()
        is_told = rudeness.told in done.error and (done.code == 0 or "hint:" in done.error)
        # A library may have its manual's address in its errors, which says nothing to whoever keeps a key.
        if done.code != rudeness.code or not is_told or "https://docs" in done.error:
            yield f"{self.name}: when {rudeness.name} it ends with {done.code}: {done.error}"
        if took > LONGEST:
            yield f"{self.name}: when {rudeness.name} it takes {took:.0f} s"

    def must_not_be_followed(self, url: str) -> Iterator[str]:
        with Elsewhere() as elsewhere:
            moved = Answer(307, [("location", f"http://127.0.0.1:{elsewhere.port}/")], b"")
            self.place.proxy.begin(always(lambda: moved))
            done = self.status(self.place.through, url)
            self.place.proxy.begin()
            if elsewhere.asked or done.code != 4:
                yield f"{self.name}: it goes where a redirect sends it, or ends with {done.code}: {done.error}"

    def must_be_trusted(self, url: str) -> Iterator[str]:
        names = ("SSL_CERT_FILE", "VAULT_CACERT", "AWS_CA_BUNDLE")
        without = {name: value for name, value in self.place.through.items() if name not in names}
        if DISTRUSTFUL in without:
            without["KUBECONFIG"] = without[DISTRUSTFUL]
        done = self.status(without, url)
        if done.code != 4 or "certificate" not in done.error:
            yield f"{self.name}: with an authority that nobody knows it ends with {done.code}: {done.error}"

    def status(self, there: dict[str, str], url: str) -> Done:
        if self.place.is_sealed:
            return self.ground.run(there, "diff", original(self.ground, self.place, "settled"), url)
        return self.ground.run(there, "status", "--store", url)


class Elsewhere:
    """Another host, which hopes for credentials."""

    def __enter__(self) -> Elsewhere:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(str(self.headers))

            do_POST = do_GET  # noqa: N815

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()


# 30 s for a read, and a little for the rest.
LONGEST = 35
