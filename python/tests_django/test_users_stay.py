"""Users stay logged in while the key changes, whatever engine their sessions stand in."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.cache.backends.filebased import FileBasedCache
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.test import AsyncClient, Client, override_settings
from django.test.utils import CaptureQueriesContext
from shop import COMPARING, PROMOTED, RETIRED, STAGED, id_of, stored

from keybaton.django._engines import _file, _turns, guard


def test_a_user_whose_session_was_made_with_the_old_key_stays(engine: str, browser: Client, ann: User) -> None:
    before = id_of(browser)
    with override_settings(**PROMOTED):
        answer = browser.get("/me/")
        assert (answer.content, len(answer.cookies), id_of(browser)) == (b"ann", 0, before)
        assert browser.get("/cart/").content == b"mine"
        if engine in COMPARING:
            assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()
    with override_settings(**RETIRED):
        assert browser.get("/me/").content == (b"ann" if engine in COMPARING else b"")


def test_a_request_that_saves_the_session_takes_the_new_hash_with_it(engine: str, browser: Client) -> None:
    with override_settings(**PROMOTED):
        assert browser.get("/put/?cart=more").content == b"ann"
    with override_settings(**RETIRED):
        assert browser.get("/me/").content == b"ann"
        assert browser.get("/cart/").content == b"more"


def test_without_blocking_it_is_the_same(engine: str, browser: Client, ann: User) -> None:
    with override_settings(**PROMOTED):
        assert visit(browser) == (b"ann", {})
        if engine in COMPARING:
            assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()


def test_without_blocking_a_changed_password_ends_the_session_too(engine: str, browser: Client, ann: User) -> None:
    session = stored(browser)
    ann.set_password("another, made up")
    ann.save()
    with override_settings(**PROMOTED):
        assert visit(browser) == (b"", {"sessionid": ""})
        if engine != "signed_cookies":
            assert not session.exists(session.session_key)


@pytest.mark.parametrize("engine", ["cached_db"], indirect=True)
def test_without_blocking_an_old_copy_in_the_cache_ends_no_session_either(browser: Client) -> None:
    session = stored(browser)
    old = dict(session.items())
    with override_settings(**PROMOTED):
        browser.get("/me/")
    session._cache.set(session.cache_key, old)
    with override_settings(**RETIRED):
        assert visit(browser) == (b"ann", {})


def visit(browser: Client) -> tuple[bytes, dict[str, str]]:
    """Whom a page greets that does not block, and the cookies that it sets."""

    async def visited() -> tuple[bytes, dict[str, str]]:
        client = AsyncClient()
        client.cookies = browser.cookies
        answer = await client.get("/async/")
        return bytes(answer.content), {name: morsel.value for name, morsel in answer.cookies.items()}

    return asyncio.run(visited())


def test_what_others_sign_with_already_is_not_undone(engine: str, browser: Client) -> None:
    with override_settings(**PROMOTED):
        browser.get("/put/?cart=mine")
        made = stored(browser)[HASH_SESSION_KEY]
    with override_settings(**STAGED):
        assert browser.get("/me/").content == b"ann"
        assert stored(browser)[HASH_SESSION_KEY] == made
        assert browser.get("/put/?cart=more").content == b"ann"
        assert stored(browser)[HASH_SESSION_KEY] == made


def test_what_somebody_else_stored_meanwhile_stays(engine: str, browser: Client) -> None:
    with override_settings(**PROMOTED):
        assert browser.get("/interrupted/").content == b"ann"
        if engine != "signed_cookies":
            assert browser.get("/cart/").content == b"theirs"
        assert browser.get("/me/").content == b"ann"


@pytest.mark.parametrize("engine", COMPARING, indirect=True)
def test_what_somebody_stores_between_the_reading_and_the_writing_stays(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = stored(browser)
    theirs["cart"] = "theirs"
    encode = type(theirs).encode

    def encode_after_them(session: SessionBase, data: dict[str, object]) -> str:
        monkeypatch.undo()
        theirs.save()
        return str(encode(session, data))

    with override_settings(**PROMOTED):
        monkeypatch.setattr(type(theirs), "encode", encode_after_them)
        assert browser.get("/me/").content == b"ann"
        assert type(theirs).encode is encode
        assert browser.get("/cart/").content == b"theirs"


def test_a_changed_password_ends_the_session(engine: str, browser: Client, ann: User) -> None:
    ann.set_password("another, made up")
    ann.save()
    with override_settings(**PROMOTED):
        answer = browser.get("/me/")
        assert answer.content == b""
        assert answer.cookies["sessionid"].value == ""
        assert browser.get("/cart/").content == b""


def test_who_logs_in_again_keeps_what_the_session_holds(engine: str, browser: Client) -> None:
    with override_settings(**PROMOTED):
        browser.get("/sign-in/?name=ann")
        assert browser.get("/cart/").content == b"mine"
        assert browser.get("/me/").content == b"ann"


def test_who_logs_in_as_somebody_else_does_not(engine: str, browser: Client) -> None:
    bob = User.objects.create_user("bob", password="made up")
    try:
        with override_settings(**PROMOTED):
            browser.get("/sign-in/?name=bob")
            assert browser.get("/cart/").content == b""
            assert browser.get("/me/").content == b"bob"
    finally:
        bob.delete()


def test_who_logs_in_as_somebody_else_without_a_password_either_gets_nothing_of_the_first(ann: User) -> None:
    User.objects.update(password="")  # the hash in a session is then the same for everybody
    browser = Client()
    browser.force_login(User.objects.get(pk=ann.pk))
    bob = User.objects.create(username="bob", password="")
    try:
        browser.get("/put/?cart=mine")
        with override_settings(**PROMOTED):
            browser.get("/sign-in/?name=bob")
            assert browser.get("/me/").content == b"bob"
            assert browser.get("/cart/").content == b""
    finally:
        bob.delete()


def test_a_request_that_asks_for_nobody_pays_nothing(engine: str, browser: Client) -> None:
    with override_settings(**PROMOTED), CaptureQueriesContext(connection) as queries:
        answer = browser.get("/nobody/")
        assert not answer.has_header("Vary")
    assert len(queries) == 0


def test_the_row_is_read_and_written_once_and_never_again(ann: User) -> None:
    browser = Client()
    browser.force_login(ann)
    for settings_, more in ((STAGED, 0), (PROMOTED, 2), (PROMOTED, 0)):
        with override_settings(**settings_), CaptureQueriesContext(connection) as queries:
            assert browser.get("/me/").content == b"ann"
        assert sum("django_session" in query["sql"] or "auth_user" in query["sql"] for query in queries) == 2 + more


def test_the_end_of_a_session_stays_where_it_was(ann: User) -> None:
    browser = Client()
    browser.force_login(ann)
    before = Session.objects.get(session_key=id_of(browser)).expire_date
    with override_settings(**PROMOTED):
        browser.get("/me/")
        row = Session.objects.get(session_key=id_of(browser))
        assert row.get_decoded()[HASH_SESSION_KEY] == ann.get_session_auth_hash()
    assert row.expire_date == before


@pytest.mark.parametrize("engine", ["cached_db"], indirect=True)
def test_an_old_copy_in_the_cache_ends_no_session(browser: Client, ann: User) -> None:
    session = stored(browser)
    old = dict(session.items())
    with override_settings(**PROMOTED):
        browser.get("/me/")
    # Somebody who had read the row before puts the old copy back.
    session._cache.set(session.cache_key, old)
    with override_settings(**RETIRED):
        assert browser.get("/me/").content == b"ann"
        assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()


@pytest.mark.parametrize("engine", ["cached_db"], indirect=True)
def test_an_old_copy_in_the_cache_is_made_anew_with_the_next_request(browser: Client, ann: User) -> None:
    session = stored(browser)
    old = dict(session.items())
    with override_settings(**PROMOTED):
        browser.get("/me/")
        session._cache.set(session.cache_key, old)
        assert browser.get("/me/").content == b"ann"
        assert session._cache.get(session.cache_key)[HASH_SESSION_KEY] == ann.get_session_auth_hash()


@pytest.mark.parametrize("engine", ["cached_db"], indirect=True)
def test_a_session_that_ends_leaves_no_copy_where_its_row_is_gone_already(browser: Client, ann: User) -> None:
    session = stored(browser)
    ann.set_password("another, made up")
    ann.save()
    Session.objects.all().delete()
    assert browser.get("/me/").content == b""
    assert session._cache.get(session.cache_key) is None


@pytest.mark.parametrize("engine", ["cached_db"], indirect=True)
def test_what_a_request_has_stored_before_it_asks_stays_when_the_copy_was_old(browser: Client) -> None:
    session = stored(browser)
    old = dict(session.items())
    with override_settings(**PROMOTED):
        browser.get("/me/")
    session._cache.set(session.cache_key, old)
    with override_settings(**RETIRED):
        assert browser.get("/put/?cart=more").content == b"ann"
        assert browser.get("/cart/").content == b"more"


@pytest.mark.parametrize("engine", ["cached_db"], indirect=True)
@pytest.mark.parametrize("keys", [PROMOTED, RETIRED])
def test_the_cache_is_never_without_a_copy(browser: Client, ann: User, keys: dict[str, Any]) -> None:
    """Django fills it from a row that it has read before, over what somebody has stored meanwhile."""
    session = stored(browser)
    old = dict(session.items())
    with override_settings(**PROMOTED):
        browser.get("/me/")
    if keys is RETIRED:
        session._cache.set(session.cache_key, old)
    with override_settings(**keys):
        browser.get("/me/")
        assert session._cache.get(session.cache_key)[HASH_SESSION_KEY] == ann.get_session_auth_hash()


@pytest.mark.parametrize("engine", ["cached_db"], indirect=True)
def test_what_is_stored_while_the_copy_is_made_is_in_it(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    real, meanwhile = FileBasedCache.set, [stored(browser)]

    def set_(*words: Any, **more: Any) -> None:
        if meanwhile:
            session = meanwhile.pop()
            session["cart"] = "meanwhile"
            session.save()
        real(*words, **more)

    with override_settings(**PROMOTED):
        monkeypatch.setattr(FileBasedCache, "set", set_)
        assert browser.get("/me/").content == b"ann"
        assert browser.get("/cart/").content == b"meanwhile"


@pytest.mark.parametrize("engine", ["cached_db"], indirect=True)
def test_who_logs_out_while_the_copy_is_made_is_out(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    real, meanwhile = FileBasedCache.set, [stored(browser)]

    def set_(*words: Any, **more: Any) -> None:
        if meanwhile:
            session = meanwhile.pop()
            session.delete(session.session_key)
        real(*words, **more)

    with override_settings(**PROMOTED):
        monkeypatch.setattr(FileBasedCache, "set", set_)
        assert browser.get("/me/").content == b"ann"
        assert browser.get("/me/").content == b""


@pytest.mark.parametrize("engine", ["cached_db"], indirect=True)
def test_no_copy_stays_that_could_not_be_looked_at_again(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has logged out meanwhile would stay in the cache."""
    real, session = FileBasedCache.set, stored(browser)

    def set_(*words: Any, **more: Any) -> None:
        session.delete(session.session_key)
        real(*words, **more)

    def exists(_: object) -> bool:
        raise OperationalError("made up")

    with override_settings(**PROMOTED):
        monkeypatch.setattr(FileBasedCache, "set", set_)
        monkeypatch.setattr(QuerySet, "exists", exists)
        assert browser.get("/me/").content == b"ann"
        monkeypatch.undo()
        assert browser.get("/me/").content == b""


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_a_file_that_somebody_else_is_at_is_left_for_the_next_request(browser: Client, ann: User) -> None:
    pytest.importorskip("fcntl")
    with override_settings(**PROMOTED):
        session = stored(browser)
        with _turns.together(Path(session._get_storage_path()), id_of(browser)):
            assert browser.get("/me/").content == b"ann"
        assert stored(browser)[HASH_SESSION_KEY] != ann.get_session_auth_hash()
        browser.get("/me/")
        assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()


@contextmanager
def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> Iterator[list[str]]:
    """Has a thread act between the last look at a session's file and its replacement; tells what was done, in order."""
    real, threads, done = Path.replace, [], list[str]()

    def acted() -> None:
        act()
        done.append("acted")

    def replace(draft: Path, target: Path) -> None:
        threads.append(Thread(target=acted))
        threads[-1].start()
        threads[-1].join(0.2)
        real(draft, target)
        done.append("replaced")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        yield done
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_what_is_stored_while_a_file_is_replaced_stays(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a parallel request has it, whose middleware is keybaton's too."""
    pytest.importorskip("fcntl")
    session = stored(browser)
    guard(session)
    session["cart"] = "meanwhile"
    with override_settings(**PROMOTED), meanwhile(monkeypatch, session.save) as done:
        assert browser.get("/me/").content == b"ann"
    assert done == ["replaced", "acted"]
    with override_settings(**PROMOTED):
        assert browser.get("/cart/").content == b"meanwhile"


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_who_logs_out_while_a_file_is_replaced_is_out(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fcntl")
    session = stored(browser)
    guard(session)
    with override_settings(**PROMOTED), meanwhile(monkeypatch, session.delete) as done:
        assert browser.get("/me/").content == b"ann"
    assert done == ["replaced", "acted"]
    assert not session.exists(session.session_key)


@pytest.mark.parametrize("engine", ["file"], indirect=True)
@pytest.mark.parametrize("act", ["save", "delete"])
def test_requests_take_turns_at_files(
    browser: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, act: str
) -> None:
    """What a request saves or deletes, Django saves and deletes in turn."""
    seen: list[str] = []

    @contextmanager
    def together(folder: Path, key: str) -> Iterator[None]:
        seen.append(key)
        yield

    key = id_of(browser)
    monkeypatch.setattr(_file, "together", together)
    browser.get({"save": "/put/?cart=more", "delete": "/sign-out/?status=200"}[act])
    assert key in seen
    assert caplog.records == []


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_a_lock_that_nobody_gives_back_holds_up_no_request(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fcntl")
    monkeypatch.setattr(_turns, "PATIENCE", 0.01)
    with _turns.alone(Path(stored(browser)._get_storage_path()), id_of(browser)) as is_ours:
        assert is_ours
        browser.get("/put/?cart=more")
    assert browser.get("/cart/").content == b"more"


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_a_folder_of_locks_that_others_could_have_made_is_not_used(
    browser: Client, ann: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("fcntl")
    own = tmp_path / f"keybaton-{os.geteuid()}.locks"
    own.mkdir()
    own.chmod(0o777)
    with _turns.alone(tmp_path, "a") as first, _turns.alone(tmp_path, "a") as second:
        assert (first, second) == (True, True)
    assert list(own.iterdir()) == []
    own.chmod(0o700)
    with _turns.alone(tmp_path, "a") as first, _turns.alone(tmp_path, "a") as second:
        assert (first, second) == (True, False)


@pytest.mark.parametrize("engine", ["file"], indirect=True)
def test_the_end_of_a_session_in_a_file_stays_and_no_draft_is_left(browser: Client) -> None:
    file = Path(stored(browser)._key_to_file())
    before = file.stat()
    with override_settings(**PROMOTED):
        browser.get("/me/")
    after = file.stat()
    assert after.st_ino != before.st_ino
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)
    assert list(file.parent.glob("*_out_*")) == []


def test_a_store_that_cannot_be_written_is_no_error_page(
    engine: str, browser: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionError("made up")

    with override_settings(**PROMOTED):
        monkeypatch.setattr(type(stored(browser)), "encode", refuse)
        assert browser.get("/me/").content == b"ann"
    expected = ["a session could not be brought up to the new key: ConnectionError"] if engine in COMPARING else []
    assert caplog.messages == expected


@pytest.mark.parametrize(("path", "every"), [("/me/", True), ("/put/?cart=more", False)])
def test_where_the_request_saves_the_session_nothing_is_written_besides(ann: User, path: str, every: bool) -> None:
    browser = Client()
    browser.force_login(ann)
    counts = []
    for settings_ in (STAGED, PROMOTED):
        chosen = override_settings(**settings_, SESSION_SAVE_EVERY_REQUEST=every)
        with chosen, CaptureQueriesContext(connection) as queries:
            assert browser.get(path).content == b"ann"
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("status", [200, 500])
def test_who_logs_out_in_the_request_that_found_him_is_out(
    engine: str, browser: Client, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    before = stored(browser)
    with override_settings(**PROMOTED):
        assert browser.get(f"/sign-out/?status={status}").content == b"ann"
        assert browser.get("/me/").content == b""
        if engine != "signed_cookies":
            assert not before.exists(before.session_key)
    assert [record for record in caplog.records if record.name == "keybaton.django"] == []


def test_the_row_is_written_outside_the_transaction_of_the_request(ann: User) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(ann)
    with override_settings(**PROMOTED):
        connection.settings_dict["ATOMIC_REQUESTS"] = True
        try:
            assert browser.get("/broken/").status_code == 500
        finally:
            connection.settings_dict["ATOMIC_REQUESTS"] = False
        assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()
