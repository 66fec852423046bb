"""NAME_FALLBACKS: a list of keys in one text."""

import json

import pytest

import keybaton
from standin import NEW, OLD, load_fails

BLANK = ["", " ", "\t", "\n", ",", ",,", " , ", ",\n,", "[]", '[""]', '["", " ", "\\n"]', "\u00a0", "\u2003,"]


def fallbacks(text: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("SECRET_KEY", NEW)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", text)
    return keybaton.load()[1]


@pytest.mark.parametrize("text", BLANK)
def test_an_empty_fallback_is_never_returned(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fallbacks(text, monkeypatch) == []


@pytest.mark.parametrize("text", [f"{NEW},,{OLD}", f",{NEW}, ,{OLD},", json.dumps([NEW, "", "\t", OLD])])
def test_empty_items_between_keys_are_left_out(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fallbacks(text, monkeypatch) == [NEW, OLD]


@pytest.mark.parametrize("keys", [[NEW, OLD], ["with,comma", "[bracket"], ['"quoted"', "back\\slash"], ["ключ", " a "]])
def test_a_json_list_is_read_as_it_is(keys: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert fallbacks(json.dumps(keys), monkeypatch) == keys


def test_white_space_around_a_key_is_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fallbacks(f"{NEW}, {OLD}", monkeypatch) == [NEW, f" {OLD}"]


def test_a_key_is_returned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fallbacks(f"{NEW},{OLD},{NEW}", monkeypatch) == [NEW, OLD]


def test_fallbacks_are_a_list_of_text_that_can_be_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = fallbacks(f"{NEW},{OLD}", monkeypatch)
    assert type(keys) is list
    assert {type(key) for key in keys} == {str}


@pytest.mark.parametrize("text", ["[", '["a"', "[1]", "[null]", '["a"] x', "['a']", "[" * 100_000, '[["a"]]'])
def test_a_broken_json_list_is_an_error_and_is_not_guessed_at(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", NEW)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", text)
    assert load_fails() == (
        "SECRET_KEY_FALLBACKS in the environment begins with [ but is not a JSON list of texts\n"
        "hint: write it as a JSON list, or separate the keys by commas"
    )


def test_half_a_character_in_a_json_list_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", NEW)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", r'["\ud800"]')
    assert load_fails().startswith("SECRET_KEY_FALLBACKS in the environment is not UTF-8 text\n")
