"""What a process serves that has an older ring than others may come back with."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import AsyncClient, Client, override_settings
from rings import A, B, Ours, another, raised, record
from shop import stored

from keybaton import _load
from keybaton.django import _reload, beats
from keybaton.django.beats import Standing
from keybaton.django.models import Beat, Floor

MIDDLEWARE = [
    "keybaton.django.FenceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "keybaton.django.AuthenticationMiddleware",
]
WARN = {"THREAD": False}
STRICT = {"THREAD": False, "FENCE": "strict", "EXEMPT": ["/live/"]}


@pytest.fixture(autouse=True)
def _fence() -> Iterator[None]:
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        yield


@pytest.fixture
def late(ours: Ours) -> Ours:
    """This process is below the floor, and another serves from there."""
    raised(7)
    another(7)
    return ours


def status(path: str) -> int:
    return int(Client().get(path).status_code)


def test_below_the_floor_it_warns_and_serves_on(late: Ours, caplog: pytest.LogCaptureFixture) -> None:
    with override_settings(KEYBATON=WARN):
        assert (status("/nobody/"), status("/ready/")) == (200, 503)
        assert late.row.below
    assert caplog.text.count("revision 5 of SECRET_KEY in this process is below the floor") == 1


def test_strictly_it_serves_nothing_but_what_is_exempt(late: Ours) -> None:
    with override_settings(KEYBATON=STRICT):
        answer = Client().get("/nobody/")
        assert (answer.status_code, answer["Retry-After"]) == (503, "15")
        assert (status("/live/"), status("/ready/")) == (200, 503)
        assert late.row.fence == "strict"


def test_it_serves_again_when_it_has_the_ring_of_now(late: Ours) -> None:
    with override_settings(KEYBATON=STRICT):
        assert status("/nobody/") == 503
        late.has(7, B, [B])
        assert (status("/nobody/"), status("/ready/")) == (200, 200)
        assert not late.row.below


def test_one_variable_opens_it(late: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYBATON_FENCE", "off")
    with override_settings(KEYBATON=STRICT):
        assert (status("/nobody/"), status("/ready/")) == (200, 200)


def test_the_floor_of_another_ring_is_not_ours(ours: Ours) -> None:
    raised(7, "ee" * 10)
    another(7, ring="ee" * 10)
    with override_settings(KEYBATON=STRICT):
        assert (status("/nobody/"), status("/ready/")) == (200, 200)
    assert beats.heard() is Standing.CURRENT


@pytest.mark.parametrize("others", [[], [5], [6]])
def test_nobody_is_fenced_where_nobody_serves_from_the_floor(
    ours: Ours, others: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    raised(7)
    for revision in others:
        another(revision)
    with override_settings(KEYBATON=STRICT):
        assert (status("/nobody/"), status("/ready/")) == (200, 200)
    assert "nobody serves from it" in caplog.text


def test_the_last_one_above_that_is_gone_lets_the_others_serve(late: Ours) -> None:
    late.stands_still()
    with override_settings(KEYBATON=STRICT):
        assert status("/nobody/") == 503
        Beat.objects.filter(revision=7).update(seen="2020-01-01T00:00:00Z")
        assert status("/nobody/") == 503
        late.sleeps(2)
        assert status("/nobody/") == 200


def test_one_that_only_warns_asks_no_oftener_below_the_floor(late: Ours) -> None:
    with override_settings(KEYBATON=WARN):
        assert status("/nobody/") == 200
        late.sleeps(2)
        assert not beats.is_due()


@pytest.mark.parametrize("alias", ["empty", "readonly", "away"])
def test_a_database_that_is_away_opens_the_fence(late: Ours, alias: str) -> None:
    with override_settings(KEYBATON=STRICT):
        assert status("/nobody/") == 503
    with override_settings(KEYBATON={**STRICT, "DATABASE": alias}):
        late.sleeps(60)
        assert (status("/nobody/"), status("/ready/")) == (200, 200)


def test_a_request_that_finds_the_lease_run_out_asks_before_it_is_served(ours: Ours) -> None:
    with override_settings(KEYBATON=STRICT):
        assert status("/nobody/") == 200
        raised(7)
        another(7)
        assert status("/nobody/") == 200
        ours.sleeps(60)
        assert status("/nobody/") == 503


@pytest.fixture
def ann() -> Iterator[User]:
    user = User.objects.create_user("ann", password="made up")
    yield user
    user.delete()


@pytest.mark.parametrize("path", ["/stopped/", "/stopped/?swallow=1"])
def test_a_process_stopped_in_the_middle_of_a_request_asks_again_for_the_user(
    ours: Ours, ann: User, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped() -> None:
        raised(7)
        another(7)
        ours.sleeps(60)

    monkeypatch.setattr("views.while_stopped", stopped)
    with override_settings(KEYBATON=STRICT):
        browser = Client()
        browser.force_login(ann)
        assert browser.get(path).status_code == 503


@pytest.mark.parametrize(("fence", "cart"), [("strict", "mine"), ("warn", None)])
def test_a_session_that_is_saved_with_every_request_outlives_a_process_without_its_key(
    ours: Ours, fence: str, cart: str | None
) -> None:
    ours.has(7, B, [B])
    browser = Client()
    assert browser.get("/put/?cart=mine").status_code == 200
    ours.starts()  # another one, which comes back with the ring of before
    ours.has(5)
    raised(7)
    another(7)
    with override_settings(KEYBATON={"THREAD": False, "FENCE": fence}, SESSION_SAVE_EVERY_REQUEST=True):
        assert browser.get("/nobody/").status_code == (503 if fence == "strict" else 200)
    ours.has(7, B, [B])
    # Where the fence only warns the row is lost, which W009 of the system checks says.
    assert stored(browser).get("cart") == cart


def test_without_blocking_it_is_the_same(late: Ours) -> None:
    async def statuses() -> list[int]:
        return [(await AsyncClient().get(path)).status_code for path in ("/nobody/", "/live/", "/async/")]

    with override_settings(KEYBATON=STRICT):
        assert asyncio.run(statuses()) == [503, 200, 503]
        Floor.objects.all().delete()
        late.sleeps(60)
        assert asyncio.run(statuses()) == [200, 200, 200]


def test_a_process_with_a_folder_reads_the_ring_again(
    late: Ours, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_reload, "_state", _reload._State())
    monkeypatch.setenv("KEYBATON_DIR", str(tmp_path))
    with override_settings(KEYBATON=STRICT):
        for revision, signing, answered in ((5, A, 503), (7, B, 200)):
            (tmp_path / "SECRET_KEY").write_text(signing)
            (tmp_path / "SECRET_KEY_FALLBACKS").write_text(signing)
            (tmp_path / "SECRET_KEY_RING").write_text(record(revision, signing, [signing]))
            _reload._state.next_look = 0
            assert status("/nobody/") == answered
        assert settings.SECRET_KEY == B
    assert _load.generation() > 0
