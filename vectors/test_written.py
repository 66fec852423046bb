"""What keybaton writes into a .env file, the real python-dotenv reads back.

    python -m pytest vectors

Needs ``pip install python-dotenv pytest``. The texts are edited by the example ``edit`` of crates/dotenv: the program
named by ``KEYBATON_DOTENV_EDIT``, else one that cargo builds.
"""
# ruff: noqa: S101, S311  (assertions; chance picks test cases here, no secrets)

from __future__ import annotations

import io
import json
import os
import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from dotenv import dotenv_values
from dotenv.parser import parse_stream

ROOT = Path(__file__).resolve().parent.parent
DJANGO = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"
ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
BASE64 = ALNUM + "+/="
URLSAFE = ALNUM + "-_"
TROUBLE = "'\"\\\\`$#=(){} \t\n\r\x0b\x1c\x85\xa0\u2028\ufeffaé日🔑nrtx"
NAMES = ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING"]

Changes = dict[str, str]


@dataclass
class Edit:
    text: str
    changes: Changes


@pytest.fixture(scope="session")
def program() -> str:
    named = os.environ.get("KEYBATON_DOTENV_EDIT")
    if named:
        return named
    build = ["cargo", "build", "--quiet", "--package", "keybaton-dotenv", "--example", "edit"]
    built = subprocess.run([*build, "--message-format=json"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    messages = [json.loads(line) for line in built.stdout.splitlines()]
    return next(str(path) for each in messages if (path := each.get("executable")))


@pytest.fixture
def read_back(program: str) -> Callable[[list[Edit]], None]:
    """Has all texts edited, and compares what python-dotenv reads before and after."""

    def read_back(edits: list[Edit]) -> None:
        asked = json.dumps([{"text": each.text, "changes": list(each.changes.items())} for each in edits])
        done = subprocess.run([program], input=asked.encode(), stdout=subprocess.PIPE, check=True)
        for each, answer in zip(edits, json.loads(done.stdout), strict=True):
            compare(each, answer)

    return read_back


def compare(edit: Edit, answer: dict[str, str]) -> None:
    if "error" in answer:
        assert "never closed" in answer["error"], (edit, answer)
        assert unreadable(edit.text), (edit, answer)
        return
    before, after = read(edit.text), read(answer["text"])
    assert after == before | edit.changes, (edit, answer)
    assert unreadable(answer["text"]) == unreadable(edit.text), (edit, answer)
    assert comments(answer["text"]) == comments(edit.text), (edit, answer)


def read(text: str) -> dict[str, str | None]:
    return dict(dotenv_values(stream=opened(text), interpolate=True))


def unreadable(text: str) -> list[str]:
    return [each.original.string.strip() for each in parse_stream(opened(text)) if each.error]


def opened(text: str) -> io.TextIOWrapper:
    """The text as ``open(path, encoding="utf-8")`` gives it, line ends translated."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")


def comments(text: str) -> int:
    return text.count("# note")


@pytest.mark.parametrize("alphabet", [DJANGO, ALNUM, BASE64, URLSAFE, "".join(map(chr, range(33, 127)))])
def test_keys_are_read_back(alphabet: str, read_back: Callable[[list[Edit]], None]) -> None:
    chance = random.Random(alphabet)
    read_back([Edit("DEBUG=1\nSECRET_KEY=old\n", ring(chance, alphabet, 50)) for _ in range(300)])


def test_hostile_values_are_read_back(read_back: Callable[[list[Edit]], None]) -> None:
    chance = random.Random("hostile")
    read_back([Edit("SECRET_KEY='old'\nA='after'\n", ring(chance, TROUBLE, chance.randint(0, 8))) for _ in range(3000)])


def test_every_character_is_read_back(read_back: Callable[[list[Edit]], None]) -> None:
    codes = [*range(1, 0x300), *range(0x2000, 0x2070), 0x3000, 0xFEFF, 0xFFFD, 0x1F511]
    forms = ["{}", "a{}", "{}a", "a {}'"]
    read_back([Edit("", {"SECRET_KEY": form.format(chr(code))}) for code in codes for form in forms])


def test_other_lines_mean_what_they_meant(read_back: Callable[[list[Edit]], None]) -> None:
    chance = random.Random("others")
    read_back([Edit(lines(chance), ring(chance, chance.choice([DJANGO, URLSAFE, TROUBLE]), 8)) for _ in range(3000)])


def ring(chance: random.Random, alphabet: str, length: int) -> Changes:
    drawn = {name: "".join(chance.choices(alphabet, k=length)) for name in chance.sample(NAMES, chance.randint(1, 3))}
    # No text can hold what python-dotenv replaces.
    return {name: value.replace("${", "{$") for name, value in drawn.items()}


def lines(chance: random.Random) -> str:
    ends = chance.choice([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"]])
    drawn = [chance.choice(LINES) + chance.choice(ends) for _ in range(chance.randint(0, 7))]
    last = chance.choice([*LINES, ""])
    return chance.choice(["", "", "\ufeff"]) + "".join(drawn) + last


LINES = [
    "",
    "  ",
    "# note",
    "A=1",
    "A='x y' # note",
    'B="x\ny"',
    "export C=${HOME_PAGE:-x} # note",
    "D",
    "=",
    "é=1",
    "E=it's",
]
LINES += [
    "SECRET_KEY=old",
    "SECRET_KEY = 'old'# note",
    'export SECRET_KEY="o\'ld" # note',
    "SECRET_KEY",
    "'SECRET_KEY'=old",
]
LINES += [
    "SECRET_KEY_FALLBACKS= # note",
    "SECRET_KEY_FALLBACKS='a,\nb'",
    "  SECRET_KEY_RING=e30  ",
    "SECRET_KEY_RING # note",
]
LINES += ["F='never closed", 'G="never closed', "H='closed' # it's", "\x1cI=1\x1c#x"]
