"""Users stay whatever else a project has: middleware, users and backends of its own, requests that ask in odd ways."""

import asyncio
import pickle
from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import Any

import django
import others
import pytest
from django.conf import settings
from django.contrib import auth
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware as Stock
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from shop import NEW, OLD, PROMOTED, RETIRED, id_of, stored

from keybaton.django import AuthenticationMiddleware
from keybaton.django._keep import Keeper

SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
STOCK = "django.contrib.auth.middleware.AuthenticationMiddleware"
OURS = "keybaton.django.AuthenticationMiddleware"


@pytest.fixture
def browser(ann: User) -> Client:
    """Ann's, signed in with the old key. It has asked for nothing yet: with the first page it takes the middleware."""
    client = Client()
    client.force_login(ann)
    session = client.session
    session["cart"] = "mine"
    session.save()
    return client


@pytest.mark.parametrize(
    "middleware",
    [
        (SESSIONS, "others.EagerOurs"),
        (SESSIONS, "others.CuriousOurs"),
        (SESSIONS, OURS, OURS),
        (SESSIONS, "others.EagerOurs", OURS),
        (SESSIONS, OURS, "django.contrib.auth.middleware.PersistentRemoteUserMiddleware"),
        pytest.param(
            (SESSIONS, OURS, "django.contrib.auth.middleware.LoginRequiredMiddleware"),
            marks=pytest.mark.skipif(django.VERSION < (5, 1), reason="Django 5.1 has it first"),
        ),
    ],
)
def test_users_stay(middleware: tuple[str, ...], browser: Client, ann: User) -> None:
    before = id_of(browser)
    with override_settings(**PROMOTED, MIDDLEWARE=middleware):
        answer = browser.get("/me/")
        assert (answer.content, len(answer.cookies)) == (b"ann", 0)
        assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()
    with override_settings(**RETIRED):
        assert browser.get("/cart/").content == b"mine"
        assert id_of(browser) == before


@pytest.mark.parametrize(("first", "then"), [(OURS, STOCK), (STOCK, OURS)])
def test_the_middleware_can_come_and_go_in_the_middle_of_a_handover(first: str, then: str, browser: Client) -> None:
    with override_settings(**PROMOTED, MIDDLEWARE=[SESSIONS, first]):
        assert browser.get("/me/").content == b"ann"
    later = Client()
    later.cookies = browser.cookies
    with override_settings(**PROMOTED, MIDDLEWARE=[SESSIONS, then]):
        answer = later.get("/me/")
        assert (answer.content, len(answer.cookies)) == (b"ann", 0)
        assert later.get("/cart/").content == b"mine"


def test_a_middleware_that_asks_at_once_asks_once(browser: Client) -> None:
    with override_settings(MIDDLEWARE=[SESSIONS, "others.CuriousOurs"]), CaptureQueriesContext(connection) as queries:
        assert browser.get("/me/").content == b"ann"
    assert len(queries) == 2  # the session, the user


def test_who_asks_django_past_the_middleware_ends_no_session(browser: Client) -> None:
    before = id_of(browser)
    with override_settings(**PROMOTED, MIDDLEWARE=[SESSIONS, OURS, "others.past_the_middleware"]):
        assert browser.get("/me/").content == b"ann"
        assert (id_of(browser), browser.get("/cart/").content) == (before, b"mine")


def test_who_asks_django_past_the_middleware_after_a_password_change_is_out(browser: Client, ann: User) -> None:
    session = stored(browser)
    ann.set_password("another, made up")
    ann.save()
    with override_settings(**PROMOTED, MIDDLEWARE=[SESSIONS, OURS, "others.past_the_middleware"]):
        assert browser.get("/me/").content == b""
        assert not session.exists(session.session_key)


def test_a_middleware_that_answers_by_itself_does(browser: Client) -> None:
    with override_settings(MIDDLEWARE=[SESSIONS, "others.ClosedOurs"]):
        assert browser.get("/me/").content == b"closed"


def test_a_session_that_is_none_of_djangos_is_left_to_django() -> None:
    with override_settings(MIDDLEWARE=["others.with_a_plain_session", OURS]):
        assert Client().get("/me/").content == b""


def test_without_sessions_django_says_what_is_missing() -> None:
    with override_settings(MIDDLEWARE=[OURS]), pytest.raises(Exception, match="requires session middleware"):
        Client().get("/me/")


def test_what_a_backend_raises_is_raised_and_ends_no_session(browser: Client, ann: User) -> None:
    backends = {"AUTHENTICATION_BACKENDS": ["others.BrokenBackend"]}
    session = stored(browser)
    session["_auth_user_backend"] = "others.BrokenBackend"
    session.save()
    with override_settings(**PROMOTED, **backends), pytest.raises(ConnectionError, match="made up"):
        browser.get("/me/")
    assert stored(browser)["cart"] == "mine"


def test_a_user_model_that_leaves_hashes_out_keeps_its_users(browser: Client, ann: User) -> None:
    session = stored(browser)
    session["_auth_user_backend"] = "others.SelectiveBackend"
    session.save()
    keys = {"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": ["next, made up", NEW, OLD]}
    with override_settings(**keys, AUTHENTICATION_BACKENDS=["others.SelectiveBackend"]):
        assert browser.get("/me/").content == b"ann"
        assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()


def test_asked_twice_and_both_ways_it_is_one_user(browser: Client, ann: User) -> None:
    async def visit() -> bytes:
        client = AsyncClient()
        client.cookies = browser.cookies
        return bytes((await client.get("/at-once/")).content)

    before = id_of(browser)
    with override_settings(**PROMOTED):
        assert asyncio.run(visit()) == b"ann ann ann"
        assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()
        assert (id_of(browser), browser.get("/cart/").content) == (before, b"mine")


def test_what_a_task_stores_while_another_looks_for_the_user_is_kept(browser: Client) -> None:
    async def visit() -> None:
        client = AsyncClient()
        client.cookies = browser.cookies
        await client.get("/put-at-once/")

    with override_settings(**PROMOTED):
        asyncio.run(visit())
        assert browser.get("/cart/").content == b"at once"


def test_a_user_whom_another_task_finds_in_the_same_moment_is_brought_up_all_the_same(
    browser: Client, ann: User
) -> None:
    session = stored(browser)
    session["_auth_user_backend"] = "others.InterruptedBackend"
    session.save()
    request = RequestFactory().get("/me/")
    request.session = stored(browser)
    keeper = Keeper.of(request)
    find = partial(keeper.user, partial(auth.get_user, request))
    others.Interrupted.meanwhile = partial(Context().run, find)
    with override_settings(**PROMOTED, AUTHENTICATION_BACKENDS=["others.InterruptedBackend"]):
        assert find().get_username() == "ann"
        keeper.finish()
        assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()
        assert not request.session.modified


def through(middleware: Callable[..., Any], request: HttpRequest) -> Any:
    return middleware(lambda request: HttpResponse(request.user.get_username()))(request)


@pytest.mark.parametrize("middleware", [Stock, AuthenticationMiddleware])
def test_a_request_can_be_pickled_as_before(middleware: Callable[..., Any], browser: Client) -> None:
    request = RequestFactory().get("/me/")
    request.session = stored(browser)
    with override_settings(**PROMOTED):
        assert through(middleware, request).content == b"ann"
    again = pickle.loads(pickle.dumps(request))  # noqa: S301
    assert again.user.get_username() == "ann"
    assert again.session["cart"] == "mine"


def test_a_session_put_in_its_place_later_is_watched_from_its_own_request_on(browser: Client) -> None:
    """A request that a framework hands on to a second chain of middleware."""
    request = RequestFactory().get("/me/")
    with override_settings(**PROMOTED):
        for _ in range(2):
            request.session = stored(browser)
            vars(request).pop("_cached_user", None)
            assert through(AuthenticationMiddleware, request).content == b"ann"
            assert not request.session.modified
    assert settings.SECRET_KEY == OLD
