"""Tokens with a ring of their own, made and read by the packages themselves."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from moves import A, B, C, before, forget, is_read_under, made_under, moved, side_by_side, steps

from keybaton.django import _tokens

RING = "JWT_SIGNING_KEY"
each_package = pytest.mark.parametrize("package", ["rest_framework_simplejwt", "ninja_jwt"])


@pytest.fixture(autouse=True)
def _as_they_were() -> Iterator[None]:
    """Packages that read the settings when they are imported are imported anew by each test, and by none after it."""
    yield
    forget()


class Token:
    """An access token, by a process that has just been started; keybaton's app is in it from the first step on."""

    def __init__(self, package: str) -> None:
        self.package = package
        pytest.importorskip(f"{package}.settings")

    def make(self) -> str:
        token = self._tokens.AccessToken()
        token["user_id"] = "7"
        return str(token)

    def reads(self, made: str) -> bool:
        tokens = self._tokens
        try:
            return bool(tokens.AccessToken(made)["user_id"] == "7")
        except import_module(f"{self.package}.exceptions").TokenError:
            return False

    @property
    def _tokens(self) -> Any:
        forget(self.package)
        if hasattr(settings, RING):
            app = {"rest_framework_simplejwt": "keybaton.simplejwt", "ninja_jwt": "keybaton.ninja_jwt"}[self.package]
            AppConfig.create(app).ready()
        return import_module(f"{self.package}.tokens")


class DrfToken:
    """One of drf-jwt's, which takes a list."""

    def make(self) -> str:
        utils = self._utils
        payload = utils.jwt_create_payload(User(pk=7, username="ann"))
        payload.pop("jti")  # its own encoder is for Django REST framework's views
        return str(utils.jwt_encode_payload(payload))

    def reads(self, made: str) -> bool:
        import jwt

        try:
            return bool(self._utils.jwt_decode_token(made)["username"] == "ann")
        except jwt.InvalidTokenError:
            return False

    @property
    def _utils(self) -> Any:
        forget("rest_framework_jwt")
        if hasattr(settings, RING):
            keys = [settings.JWT_SIGNING_KEY, *settings.JWT_SIGNING_KEY_FALLBACKS]
            settings.JWT_AUTH = {"JWT_SECRET_KEY": keys}
        return import_module("rest_framework_jwt.utils")


@each_package
def test_two_instances_read_each_other_at_each_step(package: str) -> None:
    use = Token(package)
    for one, other in side_by_side(steps(RING)):
        assert is_read_under(other, use, made_under(one, use))


@each_package
def test_a_token_is_read_until_its_key_is_retired(package: str) -> None:
    use, walk = Token(package), steps(RING)
    made = made_under(walk[0], use)
    assert [is_read_under(step, use, made) for step in walk] == [True, True, True, True, False]


@each_package
def test_who_switches_at_once_refuses(package: str) -> None:
    use = Token(package)
    assert not is_read_under(moved(RING, B, B), use, made_under(before(), use))
    assert not is_read_under(before(), use, made_under(moved(RING, B, B), use))
    # So does a new SECRET_KEY without a ring, whatever stands among the fallbacks.
    assert not is_read_under(before(C, C, A), use, made_under(before(), use))


@each_package
def test_a_new_secret_key_ends_no_token(package: str) -> None:
    use = Token(package)
    assert is_read_under({**moved(RING, B, B), **before(C)}, use, made_under(moved(RING, B, B), use))


@each_package
def test_a_running_process_follows_the_settings(package: str) -> None:
    with override_settings(**moved(RING, A, A)):
        tokens = Token(package)._tokens
        old = str(tokens.AccessToken())
        backend = import_module(f"{package}.state").token_backend
    with override_settings(**moved(RING, B, B, A)):
        assert tokens.AccessToken(old)
        new = str(tokens.AccessToken())
    with override_settings(**moved(RING, B, B)):
        assert tokens.AccessToken(new)
        with pytest.raises(import_module(f"{package}.exceptions").TokenError):
            tokens.AccessToken(old)
        assert backend.signing_key == B


@each_package
def test_who_has_imported_the_backend_before_has_it_too(package: str) -> None:
    with override_settings(**moved(RING, B, B)):
        early = pytest.importorskip(f"{package}.state").token_backend
        assert str(Token(package).make())
        _tokens.give_ring(package)
        forget()
        early = import_module(f"{package}.state").token_backend
        _tokens.give_ring(package)
        _tokens.give_ring(package)
        assert early.signing_key == B
        assert type(early).__mro__.count(_tokens.RingTokens) == 1


@each_package
def test_what_is_wrong_with_a_token_is_said_by_the_package(package: str) -> None:
    use = Token(package)
    import jwt

    with override_settings(**moved(RING, B * 2, B * 2, A)):
        tokens = use._tokens
        error = import_module(f"{package}.exceptions").TokenError
        expired = tokens.AccessToken()
        expired.set_exp(lifetime=-timedelta(days=1))
        unsigned = jwt.encode({"token_type": "access", "exp": 9e9, "jti": "x"}, "", algorithm="none")
        stronger = jwt.encode({"token_type": "access", "exp": 9e9, "jti": "x"}, B * 2, algorithm="HS512")
        for bad in (str(expired), unsigned, stronger, "", "a.b.c"):
            with pytest.raises(error):
                tokens.AccessToken(bad)


@each_package
def test_keys_that_are_no_texts_are_refused_when_it_starts(package: str) -> None:
    state = pytest.importorskip(f"{package}.state")
    state.token_backend.algorithm = "RS256"
    with pytest.raises(ImproperlyConfigured, match="signs tokens with RS256"):
        _tokens.give_ring(package)


@each_package
def test_the_longest_lifetime_is_that_of_all_tokens(package: str) -> None:
    assert _tokens.longest_lifetime() is None
    said = {"ACCESS_TOKEN_LIFETIME": timedelta(days=3), "LEEWAY": 10}
    with override_settings(**moved(RING, B, B)):
        settings.SIMPLE_JWT = said  # without telling the packages that a setting has changed
        tokens = Token(package)._tokens
        assert _tokens.longest_lifetime() == 3 * 86400 + 10

        class Invitation(tokens.Token):  # type: ignore[misc,name-defined]
            lifetime = timedelta(days=30)

        assert _tokens.longest_lifetime() == 30 * 86400 + 10


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
def test_drf_jwt_takes_a_list_in_a_line_of_the_settings() -> None:
    pytest.importorskip("rest_framework_jwt.utils")
    use, walk = DrfToken(), steps(RING)
    for one, other in side_by_side(walk):
        assert is_read_under(other, use, made_under(one, use))
    made = made_under(walk[0], use)
    assert [is_read_under(step, use, made) for step in walk] == [True, True, True, True, False]
    assert not is_read_under(before(C, C, A), use, made)


def test_allauth_has_a_key_of_its_own_in_a_line_of_the_settings_and_no_second_one() -> None:
    pytest.importorskip("allauth.headless")
    done = subprocess.run(
        [sys.executable, "-c", ALLAUTH], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "read": [True, True, False, False],
        "read under another SECRET_KEY": True,
        "its session is found under another SECRET_KEY": False,
    }


# Its models want a project of their own.
ALLAUTH = """
import json
from pathlib import Path

import django
from django.conf import settings

APPS = ["auth", "contenttypes", "sessions", "messages"]
settings.configure(
    SECRET_KEY="made up",
    INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "allauth", "allauth.account", "allauth.headless"],
    MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
    HEADLESS_JWT_ALGORITHM="HS256",
)
django.setup()

from allauth.headless.tokens.strategies.jwt import internal
from django.test import override_settings
from moves import A, B, C, before, steps


def make():
    return internal.create_token("access", sub="7", sid=internal.session_key_to_sid("a session"), expires_in=60)[0]


def under(step):
    key = step.get("JWT_SIGNING_KEY")
    return override_settings(**step, **({"HEADLESS_JWT_PRIVATE_KEY": key} if key else {}))


old, *walk = steps("JWT_SIGNING_KEY")
with under(old):
    made = make()
said = {"read": []}
for step in walk:
    with under(step):
        said["read"].append(internal.decode_token(made, "access") is not None)
        last = make()
with under({**walk[-1], **before(C, C, A)}):
    payload = internal.decode_token(last, "access")
    said["read under another SECRET_KEY"] = payload is not None
    found = internal.session_key_from_sid(payload["sid"]) == "a session"
    said["its session is found under another SECRET_KEY"] = found
print(json.dumps(said))
"""
