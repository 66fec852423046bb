"""Cookies, messages, links and sessions with a ring of their own: nothing that is out there is refused on the way."""

import json
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import signing as djangos
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings
from moves import A, B, C, Cookie, Messages, Settings, before, is_read_under, made_under, moved, side_by_side, steps

from keybaton.django import signing

BACKEND = {"SIGNING_BACKEND": "keybaton.django.signing.CookieSigner"}
ENGINE = {"SESSION_ENGINE": "keybaton.django.sessions.signed_cookies"}


class Link:
    """A signed link, made as the project of that step makes it."""

    def make(self) -> str:
        if hasattr(settings, "LINK_SIGNING_KEY"):
            return signing.dumps({"invoice": 7}, ring="LINK_SIGNING_KEY", salt="shop")
        return str(djangos.dumps({"invoice": 7}, salt="shop"))

    def reads(self, made: str) -> bool:
        try:
            if hasattr(settings, "LINK_SIGNING_KEY"):
                return bool(signing.loads(made, ring="LINK_SIGNING_KEY", salt="shop", max_age=60) == {"invoice": 7})
            return bool(djangos.loads(made, salt="shop", max_age=60) == {"invoice": 7})
        except djangos.BadSignature:
            return False


class Session:
    """A session in a cookie."""

    def make(self) -> str:
        session = self._store()
        session["cart"] = "full " * 50  # long enough to be compressed
        session.save()
        return str(session.session_key)

    def reads(self, made: str) -> bool:
        return bool(self._store(made).get("cart") == "full " * 50)

    def _store(self, made: str | None = None) -> Any:
        name = settings.SESSION_ENGINE
        engine = name if name in ENGINE.values() else "django.contrib.sessions.backends.signed_cookies"
        return import_module(engine).SessionStore(made)


MOVES = [
    (Cookie(), "COOKIE_SIGNING_KEY", BACKEND),
    (Messages(), "COOKIE_SIGNING_KEY", BACKEND),
    (Link(), "LINK_SIGNING_KEY", {}),
    (Session(), "SESSION_SIGNING_KEY", ENGINE),
]
each_move = pytest.mark.parametrize(("use", "ring", "uses"), MOVES)


@each_move
def test_two_instances_read_each_other_at_each_step(use: Any, ring: str, uses: Settings) -> None:
    for one, other in side_by_side(steps(ring, **uses)):
        assert is_read_under(other, use, made_under(one, use))


@each_move
def test_what_is_out_there_is_read_until_its_key_is_retired(use: Any, ring: str, uses: Settings) -> None:
    walk = steps(ring, **uses)
    made = made_under(walk[0], use)
    assert [is_read_under(step, use, made) for step in walk] == [True, True, True, True, False]


@each_move
def test_who_switches_at_once_refuses(use: Any, ring: str, uses: Settings) -> None:
    new = moved(ring, B, B, **uses)
    assert not is_read_under(new, use, made_under(before(), use))
    assert not is_read_under(before(), use, made_under(new, use))


@each_move
def test_each_is_rotated_alone_from_then_on(use: Any, ring: str, uses: Settings) -> None:
    walk = steps(ring, **uses)
    made = made_under(walk[-1], use)
    assert is_read_under({**walk[-1], **before(C, C)}, use, made)  # another SECRET_KEY altogether
    user = User(pk=7, email="ann@shop.example")
    with override_settings(**walk[0]):
        reset = default_token_generator.make_token(user)
    for step in walk:
        with override_settings(**step):
            assert default_token_generator.check_token(user, reset)


@each_move
def test_a_project_goes_back_to_secret_key_in_two_steps(use: Any, ring: str, uses: Settings) -> None:
    both = {"SECRET_KEY_FALLBACKS": [A, B], f"{ring}_FALLBACKS": [B, A]}
    walk = [moved(ring, B, B, **uses), {**moved(ring, B, B, **uses), **both}, before(A, A, B)]
    for one, other in side_by_side(walk):
        assert is_read_under(other, use, made_under(one, use))
    made = made_under(walk[0], use)
    assert [is_read_under(step, use, made) for step in [*walk, before()]] == [True, True, True, False]
    assert not is_read_under(walk[0], use, made_under(walk[-1], use))  # without the step between


def test_what_is_signed_is_djangos_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.5)
    more: dict[str, Any] = {"sep": "/", "salt": "s", "algorithm": "sha1"}
    pairs: list[tuple[Any, Any]] = [
        (djangos.Signer(key=B), signing.Signer(ring="LINK_SIGNING_KEY")),
        (djangos.Signer(key=B, **more), signing.Signer(ring="LINK_SIGNING_KEY", **more)),
        (djangos.TimestampSigner(key=B), signing.TimestampSigner(ring="LINK_SIGNING_KEY")),
    ]
    with override_settings(**moved("LINK_SIGNING_KEY", B, B)):
        for theirs, ours in pairs:
            assert ours.sign("it") == theirs.sign("it")
            assert ours.sign_object({"a": "é" * 99}, compress=True) == theirs.sign_object(
                {"a": "é" * 99}, compress=True
            )
        for more in ({}, {"salt": "made up"}, {"compress": True}):
            made = signing.dumps(["it"] * 99, ring="LINK_SIGNING_KEY", **more)
            assert made == djangos.dumps(["it"] * 99, key=B, **more)
    with override_settings(**moved("COOKIE_SIGNING_KEY", B, B, **BACKEND)):
        ours = djangos.get_cookie_signer().sign("it")
    with override_settings(**before(B)):
        assert ours == djangos.get_cookie_signer().sign("it")


@pytest.mark.parametrize("kind", ["Signer", "TimestampSigner"])
def test_a_class_of_a_project_signs_with_its_own_name_as_before(kind: str) -> None:
    theirs, ours = (type("Invitation", (getattr(of, kind),), {"__module__": "shop.mail"}) for of in (djangos, signing))
    with override_settings(**moved("LINK_SIGNING_KEY", A, A)):
        assert ours(ring="LINK_SIGNING_KEY").unsign(theirs().sign("it")) == "it"


def test_an_age_is_asked_for_as_django_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with override_settings(**moved("LINK_SIGNING_KEY", B, B)):
        made = signing.dumps("it", ring="LINK_SIGNING_KEY")
        monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
        assert signing.loads(made, ring="LINK_SIGNING_KEY") == "it"
        with pytest.raises(signing.SignatureExpired):
            signing.loads(made, ring="LINK_SIGNING_KEY", max_age=60)


def test_a_signer_of_a_module_follows_the_settings() -> None:
    signer, old = signing.Signer(ring="LINK_SIGNING_KEY"), djangos.Signer(key=A).sign("it")
    with override_settings(**moved("LINK_SIGNING_KEY", B, B, A)):
        assert [signer.unsign(old), signer.unsign(old)] == ["it", "it"]
        assert signer.sign("it") == djangos.Signer(key=B).sign("it")
    with override_settings(**moved("LINK_SIGNING_KEY", B, B)), pytest.raises(signing.BadSignature):
        signer.unsign(old)


def test_a_signer_for_cookies_reads_a_former_key_twice() -> None:
    with override_settings(**before()):
        old = djangos.get_cookie_signer().sign("it")
    with override_settings(**moved("COOKIE_SIGNING_KEY", B, B, A, **BACKEND)):
        signer = djangos.get_cookie_signer()
        assert [signer.unsign(old), signer.unsign(old)] == ["it", "it"]


def test_a_project_calls_its_rings_as_it_likes() -> None:
    rings = {"RINGS": {"cookies": "SHOP_COOKIES"}}
    with override_settings(**moved("SHOP_COOKIES", B, B, KEYBATON=rings, **BACKEND)):
        made = djangos.get_cookie_signer().sign("it")
    with override_settings(**before(B)):
        assert djangos.get_cookie_signer().unsign(made) == "it"


KEY, LIST = "COOKIE_SIGNING_KEY", "COOKIE_SIGNING_KEY_FALLBACKS"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, f"the settings have no key {KEY}"),
        ({KEY: " "}, f"the settings have no key {KEY}"),
        ({KEY: A.encode()}, f"the settings have no key {KEY}"),
        ({KEY: A}, f"the settings have no list {LIST}"),
        ({KEY: A, LIST: A}, f"the settings have no list {LIST}"),
        ({KEY: A, LIST: [""]}, f"{LIST} holds an empty key, or one that is no text"),
    ],
)
def test_a_ring_that_is_not_there_is_said_and_never_taken_for_a_bad_cookie(said: Settings, sentence: str) -> None:
    with override_settings(**before(), **BACKEND, **said):
        signer = djangos.get_cookie_signer()
        with pytest.raises(ImproperlyConfigured) as raised:
            signer.unsign(signer.sign("it"))
    line = f'{KEY}, {LIST} = keybaton.load("{KEY}")'
    assert str(raised.value) == f"{sentence}\nhint: put this into the settings: {line}"


class Reversed:
    """A serializer of a project."""

    def dumps(self, obj: Any) -> bytes:
        return json.dumps(obj).encode()[::-1]

    def loads(self, data: bytes) -> Any:
        return json.loads(data[::-1])


@pytest.mark.parametrize("serializer", ["django.contrib.sessions.serializers.JSONSerializer", f"{__name__}.Reversed"])
def test_a_session_is_djangos_byte_for_byte(serializer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.5)
    with override_settings(SESSION_SERIALIZER=serializer):
        made = [made_under(step, Session()) for step in steps("SESSION_SIGNING_KEY", **ENGINE)[:2]]
        assert made[0] == made[1]
        assert is_read_under(moved("SESSION_SIGNING_KEY", B, B, A, **ENGINE), Session(), made[0])


@pytest.mark.parametrize(("seconds", "is_there"), [(59, True), (62, False)])
def test_a_session_ends_with_its_age(seconds: int, is_there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)
    settings = moved("SESSION_SIGNING_KEY", A, A, SESSION_COOKIE_AGE=60, **ENGINE)
    made = made_under(settings, Session())
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0 + seconds)
    assert is_read_under(settings, Session(), made) == is_there


def test_a_cookie_that_is_none_is_replaced_as_django_does() -> None:
    with override_settings(**moved("SESSION_SIGNING_KEY", A, A)):
        for engine in (*ENGINE.values(), "django.contrib.sessions.backends.signed_cookies"):
            store = import_module(engine).SessionStore("a bad cookie")
            assert (store.get("cart"), store.modified) == (None, True)


def test_sessions_without_their_ring_log_nobody_out() -> None:
    made = made_under(before(), Session())
    with (
        override_settings(**before(), **ENGINE),
        pytest.raises(ImproperlyConfigured, match="no key SESSION_SIGNING_KEY"),
    ):
        Session().reads(made)


@pytest.mark.parametrize("given", ["VkEy9made1up0" * 4, "key with spaces", None])
def test_a_key_in_the_place_of_a_name_is_not_shown(given: Any) -> None:
    with pytest.raises(ImproperlyConfigured) as raised:
        signing.dumps("it", ring=given)
    assert str(raised.value) == (
        "the name of a ring in the settings is one of capital letters, digits and underscores\n"
        'hint: give the name, not the key, as in ring="LINK_SIGNING_KEY"'
    )


def test_a_user_stays_logged_in_while_the_sessions_move(ann: User) -> None:
    walk = steps("SESSION_SIGNING_KEY", **ENGINE)
    walk[0] |= {"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}
    browser = Client()
    with override_settings(**walk[0]):
        browser.force_login(ann)
    for step in walk:
        with override_settings(**step):
            assert browser.get("/put/?cart=mine").content == b"ann"
            assert browser.get("/cart/").content == b"mine"
    with override_settings(**{**walk[-1], **before(C, C, A)}):  # SECRET_KEY, which the hash in the session is made with
        assert (browser.get("/me/").content, browser.get("/put/?cart=more").content) == (b"ann", b"ann")
    with override_settings(**{**walk[-1], **before(C, C)}):
        assert (browser.get("/me/").content, browser.get("/cart/").content) == (b"ann", b"more")
