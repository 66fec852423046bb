"""No key, and no salt of a ring, stands in the database, in a log or on an error page."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings
from django.views.debug import ExceptionReporter
from rings import SALT, A, B, Ours, another, raised
from shop import NEW, OLD, PROMOTED, stored

from keybaton import _load
from keybaton.django import _copies, _reload, beats, signing
from keybaton.django.models import Beat, Floor

SALTS = [SALT.hex(), base64.urlsafe_b64encode(SALT).decode()]
SECRETS = [secret[:12] for secret in (OLD, NEW, A, B, *SALTS)]  # a part of one is too much


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_the_tables_hold_none(ours: Ours) -> None:
    ours.has(6, B, [B, A])
    beats.check("web")
    raised(5)
    rows = serializers.serialize("json", [*Beat.objects.all(), *Floor.objects.all()])
    assert len(json.loads(rows)) == 2
    assert secrets_in(rows) == []


def test_the_log_holds_none(ours: Ours, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "keybaton")
    raised(7)
    another(7)
    beats.check("web")
    with override_settings(KEYBATON={"DATABASE": "away", "THREAD": False}):
        ours.sleeps(60)
        beats.check("web")
    assert len(caplog.records) == 2
    assert secrets_in(caplog.text) == []


@pytest.mark.parametrize("fallbacks", [None, [A, ""], A])
def test_an_error_page_holds_none_where_a_ring_is_missing(fallbacks: object) -> None:
    with override_settings(LINK_SIGNING_KEY=A, LINK_SIGNING_KEY_FALLBACKS=fallbacks):
        with pytest.raises(ImproperlyConfigured) as raised:
            signing.Signer(ring="LINK_SIGNING_KEY").unsign("it:made-up")
        assert raised.tb
        page = reported((raised.type, raised.value, raised.tb.tb_next))
    assert "LINK_SIGNING_KEY_FALLBACKS" in page
    assert secrets_in(page) == []


@pytest.mark.parametrize("debug", [True, False])
def test_an_error_page_holds_none_where_the_user_is_looked_for(ann: User, debug: bool) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(ann)
    session = stored(browser)
    session["_auth_user_backend"] = "others.BrokenBackend"
    session.save()
    with override_settings(**PROMOTED, AUTHENTICATION_BACKENDS=["others.BrokenBackend"], DEBUG=debug):
        answer = browser.get("/me/")
        page = answer.content.decode() if debug else reported(answer.exc_info)
    assert "ConnectionError" in page
    assert "_keep.py" in page
    assert secrets_in(page) == []


def test_an_error_page_holds_none_where_a_ring_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError(OLD)

    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path))
    monkeypatch.setattr(_reload, "_state", _reload._State())
    monkeypatch.setattr(_load, "_given", {"SECRET_KEY": OLD})
    monkeypatch.setattr(_load, "again", broken)
    assert Client().get("/nobody/").status_code == 200
    assert "cannot be followed (ValueError)" in caplog.text
    assert secrets_in(caplog.text) == []


def test_what_is_passed_around_shows_none() -> None:
    keys = _copies.Keys.of(A, [A, B], [A, B])
    assert keys.former == {B}
    assert secrets_in(repr([keys, _reload._state, settings])) == []


def reported(error: Any) -> str:
    return str(ExceptionReporter(None, *error).get_traceback_html())
