"""What the Django app costs: microseconds of processor time for a request, a message, a beat and a new ring.

    python3 benches/app.py

One request is measured through the chain of middleware, from a request object to its response, in turns with the same
chain without keybaton. Medians of some rounds. Beats go to the database of PGHOST where that is set, else to SQLite;
python3 python/tests/postgres.py python3 benches/app.py starts a PostgreSQL for them.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(CHECKOUT / "tools"), str(CHECKOUT / "python"), str(CHECKOUT / "python" / "tests_django")]

SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
STOCK, OURS = "django.contrib.auth.middleware.AuthenticationMiddleware", "keybaton.django.AuthenticationMiddleware"
FENCE = "keybaton.django.FenceMiddleware"
ROUNDS = 15


def main() -> int:
    if importlib.util.find_spec("django") is None:
        return again_where_django_is()
    with tempfile.TemporaryDirectory(prefix="keybaton-bench-") as folder:
        configure(folder)
        print_requests()
        print_beats()
    return 0


def again_where_django_is() -> int:
    from djangos import newest

    python = newest()
    os.execv(python, [str(python), __file__])


def configure(folder: str) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/db.sqlite3"}
    postgres = {"ENGINE": "django.db.backends.postgresql", "NAME": "keybaton"}
    settings.configure(
        SECRET_KEY="made up, made up, made up, made up, made up",
        DATABASES={"default": postgres if "PGHOST" in os.environ else sqlite},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "keybaton.django",
        ],
        ROOT_URLCONF="views",
        SESSION_ENGINE="django.contrib.sessions.backends.cache",
        AUTHENTICATION_BACKENDS=["app.InMemory"],
        KEYBATON={"THREAD": False},
        USE_TZ=True,
    )
    sys.modules["app"] = sys.modules["__main__"]
    django.setup()
    call_command("migrate", verbosity=0)
    InMemory().get_user(1).save()
    has_a_ring()


class InMemory:
    """The user without a database, so that what is left to see is the middleware."""

    def get_user(self, user_id: int) -> Any:
        from django.contrib.auth.models import User

        return User(pk=user_id, username="ann", password="made up")


def has_a_ring() -> None:
    from django.conf import settings
    from rings import record

    from keybaton import _load
    from keybaton._record import read_record

    key = settings.SECRET_KEY
    settings.SECRET_KEY_FALLBACKS = [key]
    _load.took_over("SECRET_KEY", key, read_record(record(5, key, [key])), (key,))


def print_requests() -> None:
    from keybaton.django import beats
    from keybaton.django.beats import beater

    beats.check("web")
    asked = {"nobody": "the user is not asked for", "me": "the user is asked for"}
    for path, what in asked.items():
        compare(f"a request, {what}", requests([SESSIONS, STOCK], f"/{path}/"), requests([SESSIONS, OURS], f"/{path}/"))
    compare("a request through FenceMiddleware", requests([], "/nobody/"), requests([FENCE], "/nobody/"))
    compare(
        "both, the user is asked for",
        requests([SESSIONS, STOCK], "/me/"),
        requests([FENCE, SESSIONS, OURS], "/me/"),
    )
    show("the signal of a request", [spent(lambda: beats.check("web"), 20000) for _ in range(ROUNDS)])
    show("a message of a WebSocket", [messages(20000) for _ in range(ROUNDS)])
    if beater._ours().heard.standing is not beats.Standing.CURRENT:
        raise SystemExit("error: this process has not heard the floor, so what was measured is not what a site pays")


def requests(middleware: list[str], path: str) -> Callable[[], float]:
    """Serves some, each with a session of its own browser, and tells what one takes."""
    from django.core.handlers.base import BaseHandler
    from django.test import Client, RequestFactory, override_settings

    with override_settings(MIDDLEWARE=middleware):
        handler = BaseHandler()
        handler.load_middleware()
    browser = Client()
    browser.force_login(InMemory().get_user(1), "app.InMemory")
    made = RequestFactory(headers={"cookie": f"sessionid={browser.cookies['sessionid'].value}"})

    def serve() -> float:
        served = [made.get(path) for _ in range(500)]
        begun = time.process_time()
        for request in served:
            handler.get_response(request)
        return (time.process_time() - begun) / len(served)

    return serve


def messages(count: int) -> float:
    from keybaton.django._socket import Socket

    async def nothing(*_: object) -> Any:
        return {"type": "websocket.receive"}

    async def receive() -> float:
        socket = Socket(None, nothing, nothing)
        begun = time.process_time()
        for _ in range(count):
            await socket.receive()
        return (time.process_time() - begun) / count

    return asyncio.run(receive())


def print_beats() -> None:
    from django.db import connection

    from keybaton.django.beats import beater
    from keybaton.django.beats.identity import Process
    from keybaton.django.beats.lease import clocks

    ours = beater._ours()
    ours.process = ours.process or Process("web")
    show(f"a beat, {connection.vendor}", [spent(lambda: ours._beat(clocks()), 20) for _ in range(ROUNDS)])
    show("a new ring, without a restart", [spent(takes_over, 1) for _ in range(ROUNDS)])


def takes_over() -> None:
    from keybaton.django import _reload

    _reload._rekey("SECRET_KEY")


def spent(work: Callable[[], object], count: int) -> float:
    begun = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - begun) / count


def compare(what: str, stock: Callable[[], float], ours: Callable[[], float]) -> None:
    """In turns: what disturbs the machine disturbs both alike."""
    pairs = [(stock(), ours()) for _ in range(ROUNDS)]
    without, with_ = (median(figures) * 1e6 for figures in zip(*pairs, strict=True))
    print(f"{what:45} {without:8.1f} µs   with keybaton {with_:8.1f} µs   {with_ - without:+.1f} µs", flush=True)


def show(what: str, figures: list[float]) -> None:
    print(f"{what:45} {median(figures) * 1e6:8.1f} µs", flush=True)


if __name__ == "__main__":
    sys.exit(main())
