"""Two rings that hold the same key, because one began with the other's: what is made of one never follows the other."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.test import override_settings
from moves import forget
from rings import RING, mark, record

import keybaton
from keybaton import _load
from keybaton.django import _copies, _reload, _roles, _tokens
from keybaton.django import signing as ours
from keybaton.django.beats import effective
from keybaton.django.checks import token_key

COOKIES = "COOKIE_SIGNING_KEY"
NAMES = ("SECRET_KEY", COOKIES)


class Twins:
    """The folder of a process that has both, and a module of the project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.old, self.new = secrets.token_hex(32), secrets.token_hex(32)  # no constants: they would be found here
        self.views: Any = ModuleType("shop.views")
        self.revision = 1

    def holds(self, name: str, revision: int, key: str, *accepted: str) -> None:
        ids = {"SECRET_KEY": RING, COOKIES: "ee" * 10}
        told = record(revision, key, accepted, ids[name])
        for file, text in ((name, key), (f"{name}_FALLBACKS", ",".join(accepted)), (f"{name}_RING", told)):
            (self.folder / file).write_text(text)

    def rotates(self, name: str) -> None:
        steps = ((self.old, self.new, self.old), (self.new, self.new, self.old), (self.new, self.new))
        for key, *accepted in steps:
            self.steps(name, key, *accepted)

    def steps(self, name: str, key: str, *accepted: str) -> None:
        self.revision += 1
        self.holds(name, self.revision, key, *accepted)
        _reload._state.next_look = 0
        assert _reload.follow()

    def reported(self, name: str) -> tuple[str, ...]:
        """What stands in the settings of a ring now, and in what it reports."""
        use = next(use for use in effective.uses() if use.name == name)
        key, accepted = getattr(settings, name), getattr(settings, f"{name}_FALLBACKS")
        assert (use.signs, use.accepts) == (mark(key), [mark(key) for key in accepted])
        return (key, *accepted)

    def held(self, name: str) -> list[str]:
        return next(use.holds for use in effective.uses() if use.name == name)


def copy_of(key: str) -> str:
    """The same text in another object."""
    return key.encode().decode()


@pytest.fixture
def twins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twins]:
    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path))
    monkeypatch.setattr(_reload, "_state", _reload._State())
    for name in ("_given", "_accepted", "_ever", "_rings"):
        monkeypatch.setattr(_load, name, {})
    twins = Twins(tmp_path)
    monkeypatch.setitem(sys.modules, "shop.views", twins.views)
    changed: dict[str, Any] = {}
    for name in NAMES:
        twins.holds(name, 1, twins.old, twins.old)
        changed[name], changed[f"{name}_FALLBACKS"] = keybaton.load(name)
    with override_settings(**changed):
        yield twins


@pytest.mark.parametrize("rotated", NAMES)
def test_the_settings_of_one_are_left_alone(twins: Twins, rotated: str) -> None:
    (other,) = set(NAMES) - {rotated}
    with override_settings(OTHER=getattr(settings, other), MINE=getattr(settings, rotated)):
        lists = {"OTHERS": getattr(settings, f"{other}_FALLBACKS"), "ALL": [*getattr(settings, f"{rotated}_FALLBACKS")]}
        with override_settings(**lists):
            twins.rotates(rotated)
            assert (twins.new, [twins.new]) == (settings.MINE, settings.ALL)
            assert (twins.old, [twins.old]) == (settings.OTHER, settings.OTHERS)
            assert twins.reported(rotated) == (twins.new, twins.new)
            assert twins.reported(other) == (twins.old, twins.old)


@pytest.mark.parametrize("rotated", NAMES)
def test_a_setting_is_known_by_its_name_also_where_the_project_has_changed_it(twins: Twins, rotated: str) -> None:
    names = [*NAMES, *(f"{name}_FALLBACKS" for name in NAMES)]
    copies = {name: [copy_of(twins.old)] if name.endswith("_FALLBACKS") else copy_of(twins.old) for name in names}
    with override_settings(**copies):
        twins.rotates(rotated)
        for name in NAMES:
            key = twins.new if name == rotated else twins.old
            assert (twins.reported(name), twins.held(name)) == ((key, key), [])


def test_a_setting_of_which_nobody_knows_whose_it_is_is_left_alone_and_named(twins: Twins) -> None:
    with override_settings(LINK_KEY=copy_of(twins.old)):
        twins.rotates("SECRET_KEY")
        assert twins.old == settings.LINK_KEY
        assert twins.held("SECRET_KEY") == ["the setting LINK_KEY"]


@pytest.mark.parametrize("rotated", NAMES)
def test_signers_are_left_alone(twins: Twins, rotated: str) -> None:
    djangos = [signing.Signer(), signing.TimestampSigner(), signing.get_cookie_signer()]
    own = signing.Signer(key=settings.COOKIE_SIGNING_KEY, fallback_keys=settings.COOKIE_SIGNING_KEY_FALLBACKS)
    twins.rotates(rotated)
    keys = {"SECRET_KEY": (twins.new, twins.old), COOKIES: (twins.old, twins.new)}[rotated]
    assert [signer.key for signer in djangos] == [keys[0], keys[0], b"django.http.cookies" + keys[0].encode()]
    assert [own.key, *own.fallback_keys] == [keys[1], keys[1]]
    assert [twins.held(name) for name in NAMES] == [[], []]


@pytest.mark.parametrize("rotated", NAMES)
def test_signers_of_ours_know_their_ring(twins: Twins, rotated: str) -> None:
    twins.views.letters = ours.Signer(ring="SECRET_KEY")
    with override_settings(SIGNING_BACKEND="keybaton.django.signing.CookieSigner"):
        twins.views.cookies = signing.get_cookie_signer()
    twins.rotates(rotated)
    keys = {"SECRET_KEY": (twins.new, twins.old), COOKIES: (twins.old, twins.new)}[rotated]
    assert (twins.views.letters.key, twins.views.letters.fallback_keys) == (keys[0], [keys[0]])
    assert twins.views.cookies.fallback_keys == [b"django.http.cookies" + keys[1].encode()]
    assert [twins.held(name) for name in NAMES] == [[], []]


@pytest.mark.parametrize(("taken", "rotated"), [(a, b) for a in NAMES for b in NAMES])
def test_what_a_module_has_taken_is_held_of_its_own_ring_alone(twins: Twins, taken: str, rotated: str) -> None:
    twins.views.KEY, twins.views.TOKENS = getattr(settings, taken), SimpleNamespace(key=getattr(settings, taken))
    twins.rotates(rotated)
    expected = ["KEY in shop.views", "TOKENS.key in shop.views"] if taken == rotated else []
    assert (twins.held(rotated), [twins.held(name) for name in NAMES if name != rotated]) == (expected, [[]])


def test_what_may_be_either_ones_is_held_of_the_one_that_has_changed(twins: Twins) -> None:
    twins.views.KEY = settings.SECRET_KEY.encode()
    twins.rotates(COOKIES)
    assert (twins.held("SECRET_KEY"), twins.held(COOKIES)) == ([], ["KEY in shop.views"])


@pytest.mark.parametrize("is_copied", [False, True])
def test_a_package_that_signs_with_one_is_not_held_of_the_other(
    twins: Twins, is_copied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    module: Any = ModuleType("ninja_jwt.settings")
    key = settings.COOKIE_SIGNING_KEY
    module.api_settings = SimpleNamespace(SIGNING_KEY=copy_of(key) if is_copied else key)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    twins.rotates("SECRET_KEY")
    _copies._found.clear()  # as in a process that starts anew, which has it again
    assert [twins.held(name) for name in NAMES] == [[], []]
    twins.rotates(COOKIES)
    _copies._found.clear()
    assert twins.held(COOKIES) == ["django-ninja-jwt"]


@pytest.mark.parametrize("package", ["rest_framework_simplejwt", "ninja_jwt"])
def test_a_package_whose_tokens_have_the_ring_is_held_of_neither(twins: Twins, package: str) -> None:
    with override_settings(KEYBATON={"RINGS": {"tokens": COOKIES}}), fresh(package):
        twins.views.backend = import_module(f"{package}.state").token_backend
        assert token_key.check()
        _tokens.give_ring(package)
        assert str(import_module(f"{package}.tokens").AccessToken())
        assert not token_key.check()
        for name in NAMES:
            twins.rotates(name)
            assert [twins.held(name) for name in NAMES] == [[], []]


def test_a_package_with_the_other_key_is_not_said_to_sign_with_secret_key(twins: Twins) -> None:
    for key, is_found in ((settings.SECRET_KEY, True), (settings.COOKIE_SIGNING_KEY, False)):
        with fresh("rest_framework_simplejwt"):
            settings.SIMPLE_JWT = {"SIGNING_KEY": key}
            import_module("rest_framework_simplejwt.state")
            assert bool(token_key.check()) == is_found


@pytest.mark.parametrize("shape", [lambda *keys: [*keys], lambda *keys: dict(enumerate(keys))])
def test_drf_jwt_is_held_once_another_key_signs_than_its_first(twins: Twins, shape: Any) -> None:
    with fresh("rest_framework_jwt"):
        twins.steps(COOKIES, twins.old, twins.new, twins.old)
        keys = (settings.COOKIE_SIGNING_KEY, *settings.COOKIE_SIGNING_KEY_FALLBACKS)
        settings.JWT_AUTH = {"JWT_SECRET_KEY": shape(*keys)}
        import_module("rest_framework_jwt.settings")
        assert twins.held(COOKIES) == []
        twins.steps(COOKIES, twins.new, twins.new, twins.old)
        assert "drf-jwt" in twins.held(COOKIES)


@contextmanager
def fresh(package: str) -> Iterator[None]:
    """It is imported in here."""
    pytest.importorskip(package)
    forget()
    yield
    forget()


def test_which_key_is_next_is_read_off_the_ring_of_secret_key(twins: Twins) -> None:
    twins.steps("SECRET_KEY", twins.old, twins.new, twins.old)
    _load._rings["SECRET_KEY"] = _load._rings.pop("SECRET_KEY")  # last in the order in which they are looked at
    assert _roles.is_next(twins.new)
    assert not _roles.is_next(twins.old)


def test_a_ring_that_is_in_no_settings_reports_what_it_was_given(twins: Twins) -> None:
    del settings.COOKIE_SIGNING_KEY, settings.COOKIE_SIGNING_KEY_FALLBACKS
    twins.steps(COOKIES, twins.old, twins.new, twins.old)
    use = next(use for use in effective.uses() if use.name == COOKIES)
    assert (use.signs, use.accepts) == (mark(twins.old), [mark(twins.old), mark(twins.new)])


def test_what_a_project_accepts_besides_is_reported_of_another_ring_too(twins: Twins) -> None:
    with override_settings(COOKIE_SIGNING_KEY_FALLBACKS=[twins.old, twins.new]):
        assert twins.reported(COOKIES) == (twins.old, twins.old, twins.new)
