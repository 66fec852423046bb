"""manage.py keybaton observe, describe and floor."""

import json
import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client, override_settings
from rings import RING, WRITE, A, Ours, mark, raised

from keybaton.django import beats


def said(*words: str) -> Any:
    out = StringIO()
    call_command("keybaton", *words, stdout=out)
    return json.loads(out.getvalue())


def test_observe_tells_what_the_processes_report(ours: Ours) -> None:
    beats.check("web")
    raised(4)
    told = said("observe")
    (beat,), (floor,) = told.pop("beats"), told.pop("floors")
    lifetimes = told.pop("lifetimes")
    assert told.keys() == {"format", "now", "lease"}
    assert (lifetimes["session_cookie_age"], lifetimes["password_reset_timeout"]) == (1209600, 259200)
    more = {"latest_session_expiry", "rings", "encrypted", "encrypted_fallbacks"}
    assert lifetimes.keys() == {"session_cookie_age", "password_reset_timeout", *more}
    assert (told["format"], told["lease"]) == (1, 60)
    times = [told["now"], beat.pop("seen"), floor.pop("raised")]
    assert all(abs(at - time.time()) < 5 for at in times)
    assert told["now"] - beat.pop("started") < 300
    assert beat.pop("host")
    assert beat == {
        "process": ours.id,
        "name": "SECRET_KEY",
        "ring": RING,
        "revision": 5,
        "write": WRITE,
        "signs": mark(A),
        "accepts": [mark(A)],
        "holds": [],
        "role": "web",
        "fence": "warn",
    }
    assert floor == {"ring": RING, "revision": 4}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_times_are_right_without_time_zones_too(ours: Ours, zone: str) -> None:
    # Asked through a connection that was made under these settings, as a project without zones does.
    with override_settings(USE_TZ=False, TIME_ZONE=zone):
        beats.check("web")
        told = said("observe")
    assert abs(told["now"] - time.time()) < 5
    assert abs(told["beats"][0]["seen"] - time.time()) < 5


def test_times_are_right_whatever_zone_the_database_is_said_to_be_in(
    ours: Ours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "TIME_ZONE", "Asia/Tokyo")
    beats.check("web")
    told = said("observe")
    assert abs(told["now"] - time.time()) < 5
    assert abs(told["beats"][0]["seen"] - time.time()) < 5


def test_without_its_tables_observe_says_so(ours: Ours) -> None:
    with override_settings(KEYBATON={"DATABASE": "empty"}):
        told = said("observe")
        assert told.pop("now")
        assert told.pop("lifetimes")
        assert told == {"format": 1, "lease": 60, "beats": [], "floors": [], "missing": True}
        with pytest.raises(CommandError, match="migrate keybaton"):
            said("floor", "raise", RING, "3")


def test_a_database_that_is_away_is_an_error_of_one_sentence(ours: Ours) -> None:
    with override_settings(KEYBATON={"DATABASE": "away"}), pytest.raises(CommandError, match="cannot be asked"):
        said("observe")


def test_the_floor_is_raised_and_never_lowered(ours: Ours) -> None:
    assert said("floor", "raise", RING, "6")["revision"] == 6
    first = said("floor", "show")["floors"][0]
    lower = said("floor", "raise", RING, "5")
    assert lower.pop("observed")["floors"] == [first]
    assert lower == first
    assert said("floor", "raise", RING, "7")["revision"] == 7
    assert said("floor", "reset", RING) == {"ring": RING, "revision": None, "raised": None}
    assert said("floor", "show") == {"format": 1, "floors": []}


def test_after_the_floor_was_raised_it_is_told_who_serves(ours: Ours) -> None:
    beats.check("web")
    observed = said("floor", "raise", RING, "6")["observed"]
    assert [floor["revision"] for floor in observed["floors"]] == [6]
    assert [beat["process"] for beat in observed["beats"]] == [ours.id]


@pytest.mark.parametrize("words", [[], ["raise", RING], ["raise", RING, "-1"], ["raise", RING, "x"], ["lower", RING]])
def test_what_cannot_be_done_to_a_floor_is_said(ours: Ours, words: list[str]) -> None:
    with pytest.raises(CommandError, match="floor show, floor raise RING REVISION, floor reset RING"):
        said("floor", *words)


@pytest.mark.parametrize("engine", ["db", "cached_db", "file", "signed_cookies"])
def test_describe_tells_what_a_rotation_has_to_know(ours: Ours, engine: str) -> None:
    with override_settings(SESSION_ENGINE=f"django.contrib.sessions.backends.{engine}"):
        Client().get("/put-nobody/")
        told = said("describe")
    latest = told.pop("latest_session_expiry")
    assert told == {
        "format": 1,
        "session_engine": f"django.contrib.sessions.backends.{engine}",
        "session_cookie_age": 1209600,
        "password_reset_timeout": 259200,
        "user_model": "auth.User",
        "rings": {"SECRET_KEY": {"ring": RING, "longest": None}},
        "encrypted": [],
    }
    if engine in ("db", "cached_db"):
        assert abs(latest - time.time() - 1209600) < 60
    else:
        assert latest is None


@pytest.mark.parametrize(
    ("rings", "longest"),
    [
        ({}, None),
        ({"sessions": "SECRET_KEY"}, 1209600),
        ({"sessions": "SECRET_KEY", "cookies": "SECRET_KEY"}, None),
        ({"sessions": "SECRET_KEY", "tokens": "SECRET_KEY"}, None),
    ],
)
def test_describe_tells_how_long_a_ring_is_needed_where_that_is_known_of_all_it_signs(
    ours: Ours, rings: dict[str, str], longest: int | None
) -> None:
    with override_settings(KEYBATON={"RINGS": rings}):
        assert said("describe")["rings"] == {"SECRET_KEY": {"ring": RING, "longest": longest}}


def test_describe_tells_of_no_end_where_there_is_no_table(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.contrib.sessions.models.Session._meta.db_table", "made_up")
    assert said("describe")["latest_session_expiry"] is None


def test_describe_does_not_guess_where_the_table_cannot_be_read(ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("made up")

    monkeypatch.setattr("django.db.models.query.QuerySet.aggregate", refuse)
    with pytest.raises(CommandError, match="keybaton describe: the project cannot be asked"):
        said("describe")
    lifetimes = said("observe")["lifetimes"]
    assert lifetimes.pop("sessions_unread") == "OperationalError: made up"
    rest = {"rings": {"SECRET_KEY": None}, "encrypted": [], "encrypted_fallbacks": []}
    assert lifetimes == {"session_cookie_age": 1209600, "password_reset_timeout": 259200, **rest}


def test_the_migration_is_what_the_models_say() -> None:
    call_command("makemigrations", "keybaton", check=True, dry_run=True, verbosity=0)
