"""A store that is away. (A small shell script stands in for the program; tests/faults takes a real store away.)"""

from pathlib import Path

import pytest

import keybaton
from standin import NEW, OLD, Program, answer, load_fails, settings_in, texts

AWAY = "vault://secret/shop: cannot reach vault.example: connection refused"


def test_a_copy_of_the_ring_is_used_with_a_warning_of_its_age(project: Path, program: Program) -> None:
    warning = f"{AWAY}; a copy of the ring is used that was read 3h 12m ago"
    program.does(answer(texts(NEW, f"{NEW},{OLD}"), local=False, warnings=(warning,)))
    with pytest.warns(keybaton.KeybatonWarning) as warned:
        loaded = settings_in(project)
    assert (loaded["SECRET_KEY"], loaded["SECRET_KEY_FALLBACKS"]) == (NEW, [NEW, OLD])
    assert [str(w.message) for w in warned] == [warning]


def test_why_a_copy_is_not_used_is_said_where_settings_fail(project: Path, program: Program) -> None:
    hint = "the copy on this machine was read 2d ago, and `offline` allows none older than 1d"
    program.does(f"cat >&2 <<'END'\nerror: {AWAY}\nhint: {hint}\nEND\nexit 4")
    told = load_fails(project)
    assert f"{program.path} says: {AWAY}" in told
    assert told.endswith(f"hint: {hint}")
