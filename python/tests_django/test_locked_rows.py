"""A session whose row somebody holds is left for the next request."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client, override_settings
from shop import PROMOTED, id_of, stored

pytestmark = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks no rows")
HELD = 5.0


@pytest.mark.parametrize("engine", ["db", "cached_db"], indirect=True)
def test_no_request_waits_for_a_row_that_somebody_holds(browser: Client, ann: User) -> None:
    with override_settings(**PROMOTED):
        with held(id_of(browser)):
            began = time.monotonic()
            assert browser.get("/me/").content == b"ann"
            assert time.monotonic() - began < HELD
        assert stored(browser)[HASH_SESSION_KEY] != ann.get_session_auth_hash()
        assert browser.get("/me/").content == b"ann"
        assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()


@contextmanager
def held(session: str) -> Iterator[None]:
    """By the transaction of another connection, as of a page that stores something and goes on."""
    is_held, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Session.objects.select_for_update().get(session_key=session)
            is_held.set()
            is_over.wait(HELD)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    is_held.wait()
    yield
    is_over.set()
    thread.join()
