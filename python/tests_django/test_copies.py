"""What has kept a key that the settings no longer say is named, until the process is restarted."""

import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.test import override_settings
from django.utils.functional import SimpleLazyObject
from rings import record

import keybaton
from keybaton import _load
from keybaton.django import _reload
from keybaton.django.beats import effective


class Shop:
    """A module of a project that was imported with a ring of one key, in a process that takes another over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.old, self.new = secrets.token_hex(32), secrets.token_hex(32)  # no constants: they would be found here
        self.views: Any = ModuleType("shop.views")

    def has(self, revision: int, signing: str, *accepted: str) -> None:
        texts = {"SECRET_KEY": signing, "SECRET_KEY_FALLBACKS": ",".join(accepted)}
        for name, text in {**texts, "SECRET_KEY_RING": record(revision, signing, accepted)}.items():
            (self.folder / name).write_text(text)
        _reload._state.next_look = 0
        _reload.follow()

    def promotes(self) -> None:
        self.has(2, self.old, self.new, self.old)
        self.has(3, self.new, self.new, self.old)

    @property
    def holds(self) -> list[str]:
        (use,) = effective.uses()
        return use.holds


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path))
    monkeypatch.setattr(_reload, "_state", _reload._State())
    for name in ("_given", "_accepted", "_ever", "_rings"):
        monkeypatch.setattr(_load, name, {})
    shop = Shop(tmp_path)
    monkeypatch.setitem(sys.modules, "shop.views", shop.views)
    shop.has(1, shop.old, shop.old)
    key, fallbacks = keybaton.load()
    with override_settings(SECRET_KEY=key, SECRET_KEY_FALLBACKS=fallbacks):
        yield shop


class Fixed(signing.Signer):  # type: ignore[misc]
    """Its key is what it was made with."""

    __slots__ = ("_made_with",)

    @property
    def key(self) -> str:
        return self._made_with

    @key.setter
    def key(self, key: str) -> None:
        if hasattr(self, "_made_with"):
            raise TypeError("made up")
        self._made_with = key


def test_nothing_is_held_where_everything_follows(shop: Shop) -> None:
    shop.views.signer, shop.views.stamps = signing.Signer(), signing.TimestampSigner(salt="shop")
    shop.views.cookies = signing.get_cookie_signer()
    for step in (shop.promotes, lambda: shop.has(4, shop.new, shop.new)):
        step()
        assert shop.holds == []
    assert shop.views.stamps.key == shop.new


def test_a_signer_that_does_not_follow_is_named_with_its_module(shop: Shop) -> None:
    shop.views.signer = Fixed()
    shop.promotes()
    assert shop.holds == ["a Signer in shop.views"]
    del shop.views.signer
    assert shop.holds == []


def test_a_signer_whose_key_was_made_of_the_old_one_is_named(shop: Shop) -> None:
    shop.views.signer = signing.Signer(key=f"{shop.old} for letters")
    shop.promotes()
    assert shop.holds == ["a Signer in shop.views"]


@pytest.mark.parametrize("kind", [str, str.encode, lambda key: [key], lambda key: {"keys": (key,)}])
def test_what_a_module_has_copied_is_named(shop: Shop, kind: Any) -> None:
    shop.views.KEY = kind(settings.SECRET_KEY)
    shop.promotes()
    assert shop.holds == ["KEY in shop.views"]


def test_of_a_table_of_data_only_the_beginning_is_looked_through(shop: Shop) -> None:
    words = [f"word {number}" for number in range(100_000)]
    shop.views.FIRST, shop.views.LAST = [shop.old, *words], [*words, shop.old]
    shop.views.BOOK = f"{' '.join(words)} {shop.old}"
    shop.promotes()
    assert shop.holds == ["FIRST in shop.views"]


def test_a_container_of_a_class_of_its_own_is_not_asked_what_it_holds(shop: Shop) -> None:
    class Rows(dict[str, str]):
        def values(self) -> Any:
            raise RuntimeError("it would make a query")

    shop.views.rows = Rows(key=shop.old)
    shop.promotes()
    assert shop.holds == ["rows in shop.views"]


def test_what_its_classes_and_objects_have_copied_is_named(shop: Shop) -> None:
    shop.views.Tokens = type("Tokens", (), {"secret": settings.SECRET_KEY, "__module__": "shop.views"})
    shop.views.client = SimpleNamespace(key=settings.SECRET_KEY)
    shop.promotes()
    assert shop.holds == ["Tokens.secret in shop.views", "client.key in shop.views"]


def test_a_list_of_what_is_accepted_is_named_once_it_accepts_too_much(shop: Shop) -> None:
    shop.promotes()
    shop.views.KEYS = list(settings.SECRET_KEY_FALLBACKS)
    shop.has(4, shop.new, shop.new, shop.old)
    assert shop.holds == []
    shop.has(5, shop.new, shop.new)
    assert shop.holds == ["KEYS in shop.views"]


def test_a_setting_that_has_the_key_inside_is_named(shop: Shop) -> None:
    with override_settings(TOKENS={"SIGNING_KEY": shop.old}, CACHE_URL=f"redis://:{shop.old}@cache"):
        shop.promotes()
        assert shop.holds == ["the setting TOKENS", "the setting CACHE_URL"]


@pytest.mark.parametrize("mark", ["INSTALLED_APPS", "load"])
def test_where_settings_are_read_from_is_not(shop: Shop, mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.views.SECRET_KEY = shop.old
    if mark == "load":
        monkeypatch.setattr(_load, "_callers", {"shop.views"})
    else:
        shop.views.INSTALLED_APPS = []
    shop.promotes()
    assert shop.holds == []


def test_a_package_of_settings_is_not_and_the_one_around_it_is(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("shop", "shop.settings", "shop.settings.base"):
        module: Any = ModuleType(name)
        module.SECRET_KEY = shop.old
        monkeypatch.setitem(sys.modules, name, module)
    with override_settings(SETTINGS_MODULE="shop.settings.production"):
        shop.promotes()
        assert shop.holds == ["SECRET_KEY in shop"]


def test_nothing_is_asked_what_it_stands_for(shop: Shop) -> None:
    def asked() -> None:
        raise AssertionError("a lazy object was asked")

    shop.views.user = SimpleLazyObject(asked)
    shop.views.KEY = shop.old
    shop.promotes()
    assert shop.holds == ["KEY in shop.views"]


def test_what_stands_in_the_place_of_a_module_stops_nobody(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shop.nothing", None)
    monkeypatch.setitem(sys.modules, "shop.lazy", SimpleLazyObject(lambda: 1 / 0))
    shop.views.KEY = shop.old
    shop.promotes()
    assert shop.holds == ["KEY in shop.views"]


def test_a_process_that_could_not_look_counts_as_one_that_holds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("made up")

    monkeypatch.setattr("keybaton.django._copies._of_module", broken)
    shop.promotes()
    assert shop.new == settings.SECRET_KEY
    assert shop.holds == ["modules that could not be looked through"]


def test_a_package_that_took_the_key_when_it_was_imported_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("ninja_jwt.settings")
    module.api_settings = SimpleNamespace(SIGNING_KEY=settings.SECRET_KEY)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert shop.holds == []
    shop.promotes()
    assert shop.holds == ["django-ninja-jwt"]


def test_simplejwt_itself_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rest_framework_simplejwt.settings")
    for name in [name for name in sys.modules if name.startswith("rest_framework_simplejwt")]:
        monkeypatch.delitem(sys.modules, name)
    from rest_framework_simplejwt.state import token_backend

    assert token_backend.encode({})
    assert shop.holds == []
    shop.promotes()
    assert shop.holds == ["simplejwt"], "once, and no attribute of its modules besides"


def test_simplejwt_with_a_key_of_its_own_is_not(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rest_framework_simplejwt.settings")
    for name in [name for name in sys.modules if name.startswith("rest_framework_simplejwt")]:
        monkeypatch.delitem(sys.modules, name)
    with override_settings(SIMPLE_JWT={"SIGNING_KEY": secrets.token_hex(32)}):
        from rest_framework_simplejwt.state import token_backend

        assert token_backend.encode({})
        shop.promotes()
        assert shop.holds == []
