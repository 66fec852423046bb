"""NAME_RING: the roles of the keys."""

import dataclasses
import json

import pytest

import keybaton
from keybaton._record import read_record
from standin import NEW, OLD, OTHER, record, row, unpadded

SIGNING, NEXT = row("signing", OLD, since=1780000100), row("next", NEW, since=1780000200)
RETIRING = row("retiring", OTHER, since=1780000300, why="replaced", exposed=True)


def read(*keys: object, **members: object) -> keybaton.Ring:
    ring = read_record(record(*keys, **members))
    assert ring is not None
    return ring


def test_a_record_is_read_whole() -> None:
    ring = read(NEXT, SIGNING, RETIRING, gone=[{"id": "00"}], events=[{}], new_member=1)
    assert (ring.id, ring.revision, ring.write, ring.unfinished) == ("ab" * 10, 3, "cd" * 10, False)
    key = ring.keys[2]
    assert (key.role, key.made, key.since, key.why, key.exposed) == (
        "retiring",
        1780000000,
        1780000300,
        "replaced",
        True,
    )
    assert (ring.keys[1].why, ring.keys[1].exposed) == (None, False)


@pytest.mark.parametrize(
    ("keys", "phase"),
    [
        ([SIGNING], "settled"),
        ([NEXT, SIGNING], "staged"),
        ([SIGNING, RETIRING], "promoted"),
        ([NEXT, SIGNING, RETIRING], "staged"),
    ],
)
def test_the_phase_is_read_off_the_keys(keys: list[object], phase: str) -> None:
    assert read(*keys).phase == phase


def test_a_key_is_found_by_its_mark() -> None:
    ring = read(NEXT, SIGNING, RETIRING)
    roles = [ring.role_of(key) for key in (NEW, OLD, OTHER, "made-up", "", "\udcff")]
    assert roles == ["next", "signing", "retiring", None, None, None]


def test_a_mark_is_what_the_program_makes_of_the_same_key() -> None:
    mark = {"id": "00", "role": "signing", "mark": "mQlR8N5bko6HYuHYL7mQxA"}
    assert read(mark, salt=unpadded(bytes([7] * 16))).role_of("made-up") == "signing"


def test_a_ring_cannot_be_changed_and_shows_no_marks() -> None:
    ring = read(SIGNING)
    with pytest.raises(dataclasses.FrozenInstanceError):
        ring.revision = 4  # type: ignore[misc]
    assert "salt" not in repr(ring)
    assert "mark" not in repr(ring)


def test_a_ring_that_began_with_the_keys_of_another_says_so() -> None:
    assert read(SIGNING).origin is None
    assert read(SIGNING, **{"from": "SECRET_KEY"}).origin == "SECRET_KEY"
    assert read(SIGNING, **{"from": 7}).origin is None


def test_white_space_around_a_record_does_no_harm() -> None:
    assert read_record(record(SIGNING) + "\n\n") == read(SIGNING)


def test_a_first_write_under_way_lists_no_keys_yet() -> None:
    ring = read(intent={"at": 1780000000, "keys": [SIGNING]})
    assert (ring.keys, ring.unfinished, ring.role_of(OLD)) == ((), True, None)


GARBAGE = [
    "",
    "!!!",
    "e30",
    unpadded(b"[]"),
    unpadded(b"nonsense"),
    unpadded(b"\xff\xfe"),
    unpadded(b"[" * 40_000),
    unpadded(b'{"format":1' + b"1" * 5000 + b"}"),
    record(SIGNING, padding="x" * 16_000),
    record(SIGNING) + "=",
    record(SIGNING)[:-20],
    record(SIGNING, format="1"),
    record(SIGNING, format=True),
    record(SIGNING, ring=7),
    record(SIGNING, salt="="),
    record(SIGNING, revision=-1),
    record(SIGNING, keys="none"),
    record(),
    record(NEXT),
    record(SIGNING, SIGNING),
    record(SIGNING, NEXT, NEXT),
    record(SIGNING, "key"),
    record(SIGNING, {**NEXT, "role": "spare"}),
    record(SIGNING, {**NEXT, "role": ["next"]}),
    record(SIGNING, {**NEXT, "mark": "AAAA"}),
    record(SIGNING, {**NEXT, "id": None}),
]


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_no_record_and_the_key_is_used_all_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_record(text) is None
    monkeypatch.setenv("SECRET_KEY", NEW)
    monkeypatch.setenv("SECRET_KEY_RING", text or " ")
    with pytest.warns(keybaton.KeybatonWarning) as warned:
        assert keybaton.load() == (NEW, [])
    assert [str(warning.message) for warning in warned] == [
        "SECRET_KEY_RING in the environment is no record that can be read; SECRET_KEY is used all the same"
    ]
    assert keybaton.ring() is None


def test_a_newer_format_is_read_as_far_as_it_can_be() -> None:
    ring = read(SIGNING, {**NEXT, "role": "spare"}, {"new": "shape"}, format=2, revision=9)
    assert (ring.revision, [key.role for key in ring.keys]) == (9, ["signing"])
    assert read_record(record(format=2, keys={})) is None


def test_a_key_that_is_not_in_its_own_record_is_used_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", OTHER)
    monkeypatch.setenv("SECRET_KEY_RING", record(SIGNING))
    with pytest.warns(keybaton.KeybatonWarning) as warned:
        assert keybaton.load() == (OTHER, [])
    assert [str(warning.message) for warning in warned] == [
        "SECRET_KEY in the environment is used, and its record SECRET_KEY_RING does not know that key"
    ]


def test_a_write_under_way_is_no_reason_to_warn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", OTHER)
    monkeypatch.setenv("SECRET_KEY_RING", record(SIGNING, intent={"at": 1, "keys": [json.loads("{}")]}))
    assert keybaton.load() == (OTHER, [])
