"""What `manage.py check --deploy` finds, what it says, and that it says nothing where all is well."""

import re
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core import checks as django_checks
from django.test import override_settings
from moves import forget
from shop import NEW, OLD

from keybaton import _load
from keybaton._record import Key, Ring
from keybaton.django import _tokens, checks

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"
RANDOM = "vUc0dSyq3GmCzHnQ8bXe5tLk2WjRa7PfTo1iYx9EsN4gDhBwMlKpVrJu6ZqA"
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
FENCE = "keybaton.django.FenceMiddleware"
STOCK, OURS = "django.contrib.auth.middleware.AuthenticationMiddleware", "keybaton.django.AuthenticationMiddleware"


def found(**changed: Any) -> list[str]:
    """What is found in a sound project with these settings changed."""
    with override_settings(**{"SECRET_KEY": RANDOM, "SECRET_KEY_FALLBACKS": [RANDOM], **changed}):
        messages = [message for module in checks.CHECKS for message in module.check(app_configs=None)]
    for message in messages:
        assert message.hint.endswith(f"#{message.id.replace('.', '').lower()}")
        assert RANDOM not in message.msg + message.hint
    return [message.id for message in messages]


def test_a_sound_project_hears_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"SECRET_KEY_FALLBACKS": [""]}, "E001"),
        ({"SECRET_KEY_FALLBACKS": [RANDOM, " "]}, "E001"),
        ({"SECRET_KEY_FALLBACKS": (key for key in [RANDOM])}, "W001"),
        ({"SECRET_KEY_FALLBACKS": RANDOM}, "W001"),
        ({"SECRET_KEY": RANDOM.encode()}, "W002"),
        ({"SECRET_KEY_FALLBACKS": [RANDOM.encode()]}, "W002"),
        ({"SECRET_KEY_FALLBACKS": [None]}, "W002"),
        ({"SECRET_KEY": f"{RANDOM}-insecure-{RANDOM}"}, "W003"),
        ({"SECRET_KEY": RANDOM[:7] * 8}, "W003"),
        ({"SECRET_KEY": "abcde" + "f" * 60}, "W003"),
        ({"MIDDLEWARE": [SESSIONS, STOCK]}, "W005"),
        ({"MIDDLEWARE": [SESSIONS, STOCK, OURS]}, "W005"),
        ({"MIDDLEWARE": [OURS, SESSIONS]}, "W005"),
        ({"SESSION_SAVE_EVERY_REQUEST": True}, "W009"),
        ({"KEYBATON": {"FENCE": "strict"}}, "W010"),
        ({"MIDDLEWARE": [SESSIONS, FENCE, OURS]}, "W010"),
        ({"KEYBATON": {"FENSE": "strict"}}, "W011"),
        ({"KEYBATON": {"FENCE": "Strict"}}, "W011"),
        ({"KEYBATON": {"EXEMPT": "/live/"}}, "W011"),
        ({"KEYBATON": {"DATABASE": "no such alias"}}, "W011"),
        ({"KEYBATON": {"THREAD": "no"}}, "W011"),
    ],
)
def test_what_is_wrong_is_found(changed: dict[str, Any], expected: str) -> None:
    assert found(**changed) == [f"keybaton.{expected}"]


@pytest.mark.parametrize(
    "middleware",
    [[], [SESSIONS], [FENCE, SESSIONS, OURS], [SESSIONS, "others.EagerOurs"], [SESSIONS, OURS, "no.such.Middleware"]],
)
def test_other_chains_are_sound(middleware: list[str]) -> None:
    assert found(MIDDLEWARE=middleware) == []


def test_django_itself_finds_its_middleware_in_ours() -> None:
    from django.contrib.admin.checks import _contains_subclass  # what admin.E408 asks

    assert _contains_subclass(STOCK, [OURS])
    login_required = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    with override_settings(MIDDLEWARE=[SESSIONS, OURS, login_required]):
        assert [message.id for message in django_checks.run_checks() if message.id == "auth.E013"] == []


@pytest.mark.parametrize(("fence", "expected"), [("strict", []), ("warn", ["keybaton.W009"])])
def test_a_strict_fence_makes_saving_with_every_request_safe(fence: str, expected: list[str]) -> None:
    fenced = [FENCE, SESSIONS, OURS]
    assert found(SESSION_SAVE_EVERY_REQUEST=True, MIDDLEWARE=fenced, KEYBATON={"FENCE": fence}) == expected


@pytest.mark.parametrize(("days", "expected"), [(14, []), (16, ["keybaton.W004"])])
def test_a_key_that_should_be_gone_is_found(days: int, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    key = Key("id", "retiring", b"", since=int(time.time()) - days * 86400)
    monkeypatch.setattr(_load, "_rings", {"SECRET_KEY": Ring("id", 3, (key,), b"salt")})
    assert found() == expected


@pytest.mark.parametrize(
    ("ring", "days", "expected"),
    [
        ("SESSION_SIGNING_KEY", 16, ["keybaton.W004"]),
        ("SESSION_SIGNING_KEY", 14, []),
        # Nobody knows how long what these made is good for; of a field it is for ever.
        ("COOKIE_SIGNING_KEY", 400, []),
        ("LINK_SIGNING_KEY", 400, []),
        ("FIELD_ENCRYPTION_KEY", 400, []),
    ],
)
def test_a_key_of_another_ring_is_overdue_once_its_own_artefacts_have_ended(
    ring: str, days: int, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Key("id", "retiring", b"", since=int(time.time()) - days * 86400)
    monkeypatch.setattr(_load, "_rings", {ring: Ring("id", 3, (key,), b"salt")})
    assert found() == expected


def test_channels_own_stack_is_found_however_deep_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    auth = ModuleType("channels.auth")
    stock, ours = type("AuthMiddleware", (), {}), type("AuthMiddleware", (), {"inner": None})
    auth.AuthMiddleware = stock  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "channels.auth", auth)
    asgi = ModuleType("asgi_made_up")
    monkeypatch.setitem(sys.modules, "asgi_made_up", asgi)
    for layer, expected in ((stock, ["keybaton.W006"]), (ours, [])):
        outer = SimpleNamespace(application=SimpleNamespace(inner=layer()))
        asgi.application = SimpleNamespace(application_mapping={"websocket": outer})  # type: ignore[attr-defined]
        assert found(ASGI_APPLICATION="asgi_made_up.application") == expected
    assert found(ASGI_APPLICATION="no.such.application") == []


def test_a_user_model_with_one_of_the_two_methods_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def own(self: User) -> str:
        return "made up"

    monkeypatch.setattr(User, "get_session_auth_hash", own, raising=False)
    assert found() == ["keybaton.W007"]
    monkeypatch.setattr(User, "get_session_auth_fallback_hash", lambda self: [own(self)], raising=False)
    assert found() == []


def test_tokens_on_the_same_key_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("ninja_jwt.settings")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for key, expected in ((RANDOM, ["keybaton.W008"]), (NEW, [])):
        module.api_settings = SimpleNamespace(SIGNING_KEY=key)  # type: ignore[attr-defined]
        assert found() == expected


RING = {"COOKIE_SIGNING_KEY": NEW, "COOKIE_SIGNING_KEY_FALLBACKS": [NEW]}
COOKIES = {"SIGNING_BACKEND": "keybaton.django.signing.CookieSigner"}
ENGINE = {"SESSION_ENGINE": "keybaton.django.sessions.signed_cookies"}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (COOKIES, ["keybaton.E002"]),
        ({**COOKIES, **RING, "COOKIE_SIGNING_KEY": " "}, ["keybaton.E002"]),
        ({**COOKIES, **RING}, []),
        (RING, []),
        ({"SIGNING_BACKEND": "no.such.Signer"}, []),
        (ENGINE, ["keybaton.E002"]),
        ({**ENGINE, **RING, "KEYBATON": {"RINGS": {"sessions": "COOKIE_SIGNING_KEY"}}}, []),
        ({"SESSION_ENGINE": "no.such.engine"}, []),
        ({**COOKIES, **ENGINE}, ["keybaton.E002", "keybaton.E002"]),
        ({"KEYBATON": {"RINGS": {"cookie": "COOKIE_SIGNING_KEY"}}}, ["keybaton.E002"]),
        ({"KEYBATON": {"RINGS": ["cookies"]}}, ["keybaton.E002"]),
        ({"KEYBATON": {"RINGS": None}}, ["keybaton.E002"]),
        ({**COOKIES, **RING, "KEYBATON": {"RINGS": None}}, ["keybaton.E002"]),
        ({"KEYBATON": {"RINGS": {"cookies": None}}}, ["keybaton.E002"]),
        ({**COOKIES, "KEYBATON": {"RINGS": {"cookies": RANDOM}}}, ["keybaton.E002"]),
    ],
)
def test_a_ring_that_is_used_and_not_there_is_found(changed: dict[str, Any], expected: list[str]) -> None:
    assert found(**changed) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [({}, ["keybaton.W013"]), ({**COOKIES, **RING}, []), ({"KEYBATON": {"RINGS": {"cookies": "SHOP_COOKIES"}}}, [])],
)
def test_a_ring_that_is_loaded_and_not_used_is_found(
    changed: dict[str, Any], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_load, "_given", {"COOKIE_SIGNING_KEY": NEW})
    monkeypatch.setattr(_load, "_accepted", {"COOKIE_SIGNING_KEY": (NEW,)})
    assert found(**changed) == expected


def test_a_ring_for_tokens_that_is_not_there_is_found() -> None:
    pytest.importorskip("rest_framework_simplejwt")
    forget()
    _tokens.give_ring("rest_framework_simplejwt")
    assert found() == ["keybaton.E002"]
    assert found(JWT_SIGNING_KEY=NEW, JWT_SIGNING_KEY_FALLBACKS=[NEW]) == []
    forget()


def test_a_key_of_a_package_that_its_ring_does_not_have_is_found() -> None:
    pytest.importorskip("rest_framework_simplejwt")
    forget()
    _tokens.give_ring("rest_framework_simplejwt")
    ring = {"JWT_SIGNING_KEY": NEW, "JWT_SIGNING_KEY_FALLBACKS": [NEW, OLD]}
    for key, expected in ((OLD, []), (NEW, []), (RANDOM, []), (None, []), ("made up", ["keybaton.W014"])):
        settings.SIMPLE_JWT = {"SIGNING_KEY": key}  # without telling the packages that a setting has changed
        try:
            assert found(**ring) == expected
        finally:
            del settings.SIMPLE_JWT
    forget()


def test_allauth_on_the_same_key_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.apps.apps.is_installed", lambda name: name != "django.contrib.auth")
    assert found() == []
    assert found(HEADLESS_JWT_ALGORITHM="HS256") == ["keybaton.W008"]
    assert found(HEADLESS_JWT_ALGORITHM="HS256", HEADLESS_JWT_PRIVATE_KEY=NEW) == []


@pytest.mark.parametrize(
    ("origins", "keys", "expected"),
    [
        ({}, "AA", ["keybaton.E003"]),
        ({}, "AB", []),
        ({"COOKIES": "SECRET_KEY"}, "AA", []),
        ({"COOKIES": "JWT"}, "AA", ["keybaton.E003"]),
        ({}, "AAA", ["keybaton.E003"] * 3),
        ({"COOKIES": "SECRET_KEY", "JWT": "SECRET_KEY"}, "AAA", []),
        ({"COOKIES": "SECRET_KEY", "JWT": "COOKIES"}, "AAA", []),
        ({"COOKIES": "JWT", "JWT": "COOKIES"}, "BAA", ["keybaton.E003"]),
    ],
)
def test_a_key_that_two_rings_have_is_found_unless_one_began_with_the_others(
    origins: dict[str, str], keys: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_given", "_accepted", "_ever", "_rings"):
        monkeypatch.setattr(_load, name, {})
    for name, key in zip(("SECRET_KEY", "COOKIES", "JWT"), keys, strict=False):
        ring = Ring(name, 1, (), b"salt", origin=origins.get(name))
        _load.took_over(name, f"signs {name}", ring, (f"signs {name}", key * 50))
    assert found() == expected


def test_django_runs_them(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    registry = django_checks.registry.registry
    monkeypatch.setattr(registry, "registered_checks", set(registry.registered_checks))
    monkeypatch.setattr(registry, "deployment_checks", set(registry.deployment_checks))
    checks.register_all()
    with override_settings(SECRET_KEY=RANDOM.encode(), SECRET_KEY_FALLBACKS=[OLD], MIDDLEWARE=[SESSIONS, STOCK]):
        assert [message.id for message in django_checks.run_checks()] == ["keybaton.W002"]
    with override_settings(SECRET_KEY=RANDOM, SECRET_KEY_FALLBACKS=[OLD], MIDDLEWARE=[SESSIONS, STOCK]):
        said = django_checks.run_checks(include_deployment_checks=True)
    assert [message.id for message in said if "keybaton" in message.id] == ["keybaton.W005"]


def test_each_check_is_one_file_in_one_list_with_its_heading() -> None:
    folder = Path(checks.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    assert files == {module.__name__.rpartition(".")[2] for module in checks.CHECKS}
    ids = [re.findall(r'"([EW]\d{3})"', (folder / f"{name}.py").read_text())[0] for name in files]
    assert sorted(ids) == sorted(re.findall(r"^## keybaton\.(\w+)$", PAGE.read_text(), re.MULTILINE))
