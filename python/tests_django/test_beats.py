"""Each process reports which keys it really uses, and no database breaks a request for it."""

import asyncio
import json
import os
import sys
import threading
import time
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from rings import RING, WRITE, A, B, Ours, another, mark, raised, record

from keybaton import _load
from keybaton._record import read_record
from keybaton.django import beats, with_lifespan
from keybaton.django.beats import beater, start, table
from keybaton.django.beats.lease import Clocks, Lease
from keybaton.django.models import Beat, Floor

SOON = 0.05
LOCKED = 5.0
HELD = 4.0
# How a table is locked in each, and how it is let go.
LOCKING = {"postgresql": ("LOCK TABLE {}", "SELECT 1"), "mysql": ("LOCK TABLES {} WRITE", "UNLOCK TABLES")}


def test_the_first_request_reports_the_marks_of_the_settings(ours: Ours) -> None:
    assert Client().get("/nobody/").status_code == 200
    row = ours.row
    assert (row.name, row.ring, row.revision, row.write) == ("SECRET_KEY", RING, 5, WRITE)
    assert (row.signs, json.loads(row.accepts), row.holds) == (mark(A), [mark(A)], "[]")
    assert (row.role, row.fence, row.below) == ("web", "warn", False)
    assert row.started < row.seen


def test_what_the_settings_say_counts_and_not_what_was_loaded(ours: Ours) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = B, [A]
    beats.check("web")
    assert (ours.row.signs, json.loads(ours.row.accepts)) == (mark(B), [mark(B), mark(A)])


def test_fallbacks_that_a_look_would_use_up_are_not_looked_at(ours: Ours) -> None:
    settings.SECRET_KEY_FALLBACKS = (key for key in [B])
    beats.check("web")
    assert json.loads(ours.row.accepts) == [mark(A)]
    assert list(settings.SECRET_KEY_FALLBACKS) == [B]


def test_another_ring_has_a_row_of_its_own(ours: Ours) -> None:
    known = read_record(record(2, B, [B], "ee" * 10))
    _load.took_over("JWT_SIGNING_KEY", B, known, (B,))
    beats.check("web")
    rows = Beat.objects.filter(process=ours.id).order_by("name")
    assert list(rows.values_list("name", "ring", "revision", "signs")) == [
        ("JWT_SIGNING_KEY", "ee" * 10, 2, mark(B)),
        ("SECRET_KEY", RING, 5, mark(A)),
    ]


def test_a_key_from_elsewhere_is_not_taken_for_that_of_another_ring(ours: Ours) -> None:
    known = read_record(record(2, B, [B], "ee" * 10))
    _load.took_over("SECRET_KEY", A, None, (A,))
    _load.took_over("JWT_SIGNING_KEY", B, known, (B,))
    settings.SECRET_KEY = "another, made up"
    beats.check("web")
    assert (ours.row.name, ours.row.signs) == ("JWT_SIGNING_KEY", mark(B))


def test_a_key_without_a_record_is_not_reported(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keybaton._load._rings", {"SECRET_KEY": None})
    assert Client().get("/nobody/").status_code == 200
    assert not Beat.objects.exists()


def seen(ours: Ours) -> Any:
    return ours.row.seen


def test_a_request_beats_again_once_the_lease_has_run_out(ours: Ours) -> None:
    beats.check("web")
    first = seen(ours)
    ours.sleeps(14)
    beats.check("web")
    assert seen(ours) == first
    ours.sleeps(1)
    beats.check("web")
    assert seen(ours) > first


@pytest.mark.parametrize("clock", [{"boot": False}, {"wall": False}])
def test_each_of_the_two_clocks_ends_the_lease(ours: Ours, clock: dict[str, bool]) -> None:
    beats.check("web")
    first = seen(ours)
    ours.sleeps(60, **clock)
    beats.check("web")
    assert seen(ours) > first


@pytest.mark.parametrize("off", [600, -600])
def test_a_clock_that_is_off_changes_nothing_of_what_is_told(ours: Ours, off: int) -> None:
    ours.sleeps(off, boot=False)
    beats.check("web")
    assert abs(seen(ours).timestamp() - time.time()) < 5
    assert not beats.is_due()


def test_a_ring_that_was_taken_over_is_told_at_once(ours: Ours) -> None:
    beats.check("web")
    ours.has(6, A, [B, A])
    beats.check("web")
    assert (ours.row.revision, json.loads(ours.row.accepts)) == (6, [mark(A), mark(B)])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_is_another_one(ours: Ours) -> None:
    beats.check("web")
    child = os.fork()
    if child == 0:
        beats.check("web")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert Beat.objects.count() == 2
    assert Beat.objects.filter(process=ours.id).count() == 1


def test_a_process_that_stops_removes_its_row_and_writes_no_other(ours: Ours) -> None:
    beats.check("web")
    beats.stop()
    ours.sleeps(100)
    beats.check("web")
    assert not Beat.objects.exists()


def test_a_thread_goes_on_beating_and_keeps_no_connection(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    real = table._another

    def another(before: Any) -> Any:
        made.append(real(before))
        return made[-1]

    monkeypatch.setattr(table, "_another", another)
    monkeypatch.setattr(beater, "EVERY", SOON)
    with override_settings(KEYBATON={"THREAD": True}):
        beats.check("web")
        until = time.monotonic() + 10
        while len(made) < 3 and time.monotonic() < until:
            time.sleep(SOON)
        thread = beater._ours()._thread
        beats.stop()
    assert thread
    assert not thread.is_alive()
    assert len(made) >= 4
    assert all(connection.connection is None for connection in made)


@pytest.mark.parametrize(
    ("variables", "uwsgi", "runs"),
    [
        ({}, None, True),
        ({"AWS_LAMBDA_FUNCTION_NAME": "shop"}, None, False),
        ({"K_SERVICE": "shop"}, None, False),
        ({}, {}, False),
        ({}, {"enable-threads": True}, True),
        ({}, {"threads": b"4"}, True),
    ],
)
def test_a_thread_is_started_where_threads_run(
    ours: Ours,
    variables: dict[str, str],
    uwsgi: dict[str, Any] | None,
    runs: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if uwsgi is not None:
        monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(opt=uwsgi))
    with override_settings(KEYBATON={}):
        beats.check("web")
        thread = beater._ours()._thread
        if thread and not runs:
            # It answers first, and then ends.
            thread.join(beater.WAIT)
        assert (beater._ours()._thread is not None) == runs
        beats.stop()


def test_a_throw_away_key_is_not_reported(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beater, "_is_installed", True)
    monkeypatch.setenv("KEYBATON_THROWAWAY", "1")
    beater.install()
    assert Client().get("/nobody/").status_code == 200
    assert not Beat.objects.exists()


@pytest.mark.parametrize("has_thread", [True, False])
def test_a_query_that_gets_no_answer_keeps_no_request_waiting(
    ours: Ours, has_thread: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As behind a pooler, which connects at once and then waits for its database."""
    real, answers = table.floors, threading.Event()

    def held_back(*words: Any) -> Any:
        answers.wait(HELD)
        return real(*words)

    monkeypatch.setattr(table, "floors", held_back)
    monkeypatch.setattr(beater, "WAIT", SOON)
    with override_settings(KEYBATON={"THREAD": has_thread, "FENCE": "strict"}):
        began = time.monotonic()
        for pause in (0, 14, 16):
            ours.sleeps(pause)
            assert Client().get("/nobody/").status_code == 200
            assert beats.heard() is beats.Standing.UNKNOWN
        assert time.monotonic() - began < HELD
        assert caplog.text.count("cannot report its keys (TimeoutError)") == 1
        answers.set()
        monkeypatch.setattr(beater, "WAIT", HELD)
        ours.sleeps(16)
        assert beats.check("web") is beats.Standing.CURRENT
        beats.stop()
    assert not Beat.objects.exists()


def test_a_process_that_can_start_no_thread_serves_on(
    ours: Ours, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    settings.KEYBATON = {}
    assert Client().get("/nobody/").status_code == 200
    assert "cannot report its keys (RuntimeError)" in caplog.text
    beats.stop()


@pytest.mark.parametrize("alias", ["empty", "readonly", "away", "no such alias"])
def test_a_database_that_takes_no_report_breaks_no_request(
    ours: Ours, alias: str, caplog: pytest.LogCaptureFixture
) -> None:
    with override_settings(KEYBATON={"THREAD": False, "DATABASE": alias, "FENCE": "strict"}):
        for _ in range(3):
            assert Client().get("/nobody/").status_code == 200
            ours.sleeps(20)
        assert beats.heard() is beats.Standing.UNKNOWN
    assert caplog.text.count("cannot report its keys") == 1
    assert beats.check("web") is beats.Standing.CURRENT


def test_while_the_database_is_away_no_request_waits_for_it_again(ours: Ours) -> None:
    with override_settings(KEYBATON={"THREAD": False, "DATABASE": "away"}):
        beats.check("web")
        assert not beats.is_due()
        ours.sleeps(15)
        assert beats.is_due()


@pytest.mark.skipif(
    connection.vendor not in LOCKING, reason="of SQLite a request waits for a lock as it does elsewhere"
)
@pytest.mark.parametrize("model", [Beat, Floor])
def test_a_lock_that_somebody_holds_keeps_no_request_waiting(
    ours: Ours, model: type[Any], caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        lock, unlock = LOCKING[connection.vendor]
        cursor.execute(lock.format(model._meta.db_table))
        began = time.monotonic()
        assert Client().get("/nobody/").status_code == 200
        assert beats.heard() is beats.Standing.UNKNOWN
        assert time.monotonic() - began < LOCKED
        cursor.execute(unlock)
    assert "OperationalError" in caplog.text
    ours.sleeps(15)
    assert beats.check("web") is beats.Standing.CURRENT


def test_nobody_goes_by_a_new_lease_and_what_was_heard_before(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    beats.check("web")
    raised(7)
    another(7)
    seen, real = [], Lease.begin

    def begin(lease: Lease, at: Clocks) -> None:
        real(lease, at)
        if lease is beater._ours()._lease:
            seen.append(beats.heard())

    monkeypatch.setattr(Lease, "begin", begin)
    ours.sleeps(60)
    beats.check("web")
    assert seen == [beats.Standing.BELOW]


def test_the_row_is_there_before_the_floor_is_read(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    real, rows = table.floors, []

    def floors(*words: Any) -> dict[str, int]:
        rows.append(ours.row.revision)
        return real(*words)

    monkeypatch.setattr(table, "floors", floors)
    beats.check("web")
    ours.has(6)
    beats.check("web")
    assert rows == [5, 6]


class Elsewhere:
    def db_for_read(self, *_: object, **__: object) -> str:
        return "empty"

    db_for_write = db_for_read


def test_no_router_sends_a_beat_elsewhere(ours: Ours) -> None:
    with override_settings(DATABASE_ROUTERS=[Elsewhere()]):
        assert beats.check("web") is beats.Standing.CURRENT
    assert ours.row


def test_a_beat_is_in_nobodys_transaction(ours: Ours) -> None:
    with transaction.atomic():
        beats.check("web")
        transaction.set_rollback(True)
    assert ours.row


def test_a_command_reports_and_those_of_django_do_not(ours: Ours) -> None:
    from django.core.management import BaseCommand, call_command

    call_command("diffsettings", stdout=StringIO())
    assert not Beat.objects.exists()

    class Command(BaseCommand):  # type: ignore[misc]
        requires_system_checks = ()

        def handle(self, *_: object, **__: object) -> None:
            assert ours.row.role == "command"

    call_command(Command())


def test_a_task_of_celery_reports_and_a_worker_that_stops_says_so(ours: Ours) -> None:
    celery = pytest.importorskip("celery")
    signals = pytest.importorskip("celery.signals")
    heard = [getattr(signals, name) for name in ("worker_process_init", "task_prerun", "worker_process_shutdown")]
    before = [list(signal.receivers or ()) for signal in heard]

    def role_of_its_row() -> str:
        return str(ours.row.role)

    start._listen_to_celery()
    try:
        role = celery.Celery(set_as_current=False).task(role_of_its_row).apply().get()
        assert role == "celery"
        signals.worker_process_shutdown.send(sender=None)
        assert not Beat.objects.exists()
    finally:
        for signal, receivers in zip(heard, before, strict=True):
            signal.receivers = receivers


def test_a_process_that_was_killed_long_ago_is_forgotten(ours: Ours) -> None:
    beats.check("web")
    Beat.objects.update(process="dead", seen="2020-01-01T00:00:00Z")
    ours.starts()
    beats.check("web")
    assert not Beat.objects.filter(process="dead").exists()


def test_an_asgi_server_that_stops_ends_the_report(ours: Ours) -> None:
    rows = []
    said = ["startup", "shutdown"]

    async def receive() -> dict[str, str]:
        return {"type": f"lifespan.{said.pop(0)}"}

    async def send(message: dict[str, str]) -> None:
        rows.append((message["type"], await sync_to_async(Beat.objects.count)()))

    async def application(*_: object) -> None:
        raise AssertionError("Django knows no lifespan")

    async def served() -> None:
        await with_lifespan(application)({"type": "lifespan"}, receive, send)

    asyncio.run(served())
    assert rows == [("lifespan.startup.complete", 1), ("lifespan.shutdown.complete", 0)]


def test_an_asgi_server_does_not_start_with_a_throw_away_key(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []

    async def receive() -> dict[str, str]:
        return {"type": "lifespan.startup"}

    async def send(message: dict[str, str]) -> None:
        sent.append(message)

    async def served() -> None:
        await with_lifespan(beats)({"type": "lifespan"}, receive, send)  # type: ignore[arg-type]

    monkeypatch.setattr(_load, "_thrown_away", {"SECRET_KEY"})
    asyncio.run(served())
    assert [message["type"] for message in sent] == ["lifespan.startup.failed"]
    assert "throw-away" in sent[0]["message"]
