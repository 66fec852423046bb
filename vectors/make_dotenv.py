"""Make dotenv.json: what the real python-dotenv reads in many small .env files.

    python vectors/make_dotenv.py           write dotenv.json beside this file
    python vectors/make_dotenv.py --check   say whether the file is what the installed python-dotenv makes

Needs ``pip install python-dotenv==1.2.4``. Each case is written to a real file and read back by its path, because
Python translates line ends on the way. The random cases come from a fixed seed, so the same python-dotenv makes the
same file.
"""
# ruff: noqa: S311  (chance picks test cases here, no secrets)

from __future__ import annotations

import json
import logging
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from itertools import product
from pathlib import Path

from dotenv.main import DotEnv
from dotenv.parser import parse_stream
from dotenv_texts import ENDS, HEADS, SHARDS, SPACES, TAILS, VALUES, WRITTEN

MADE_FOR = "1.2.4"
TARGET = Path(__file__).with_name("dotenv.json")
SEED = 20_240_229
RANDOM_CASES = 2_400

ENVIRONMENTS: list[dict[str, str]] = [
    {},
    {"A": "env-a", "B": "env-b", "NAME": "env name", "EMPTY": ""},
    {"X": "${A}", "SECRET_KEY": "env'key", "a b": "spaced", "é": "accent"},
]


def main(arguments: list[str]) -> int:
    logging.disable(logging.WARNING)  # python-dotenv warns about each line it cannot read
    all_cases = cases()
    made = render(all_cases)
    if arguments == ["--check"]:
        return check(made)
    if arguments:
        print(__doc__)
        return 2
    TARGET.write_text(made, encoding="utf-8", newline="\n")
    print(f"wrote {TARGET.name}: {len(all_cases)} cases, as python-dotenv {version('python-dotenv')} reads them")
    return 0


def check(made: str) -> int:
    installed = version("python-dotenv")
    there = TARGET.read_text(encoding="utf-8").splitlines()
    different = sum(old != new for old, new in zip(there, made.splitlines(), strict=False))
    different += abs(len(there) - len(made.splitlines()))
    if different == 0:
        print(f"{TARGET.name} is what python-dotenv {installed} makes ({len(there) - 4} cases)")
        return 0
    print(f"{TARGET.name} differs in {different} cases from what python-dotenv {installed} makes")
    print(f"hint: it is made with {MADE_FOR}; run `python vectors/make_dotenv.py` and look at the difference")
    return 1


def render(all_cases: list[tuple[str, int]]) -> str:
    """One line a case, so that a change shows as the cases it concerns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ".env"
        lines = [dump(measure(path, text, which)) for text, which in all_cases]
    head = (
        f'{{"made_with": {dump("python-dotenv " + version("python-dotenv"))},\n"environments": {dump(ENVIRONMENTS)},\n'
    )
    return head + '"cases": [\n' + ",\n".join(lines) + "\n]}\n"


def measure(path: Path, text: str, which: int) -> dict[str, object]:
    """What python-dotenv makes of a text; members that can be told from others are left out.

    ``bindings``: [key, value, original text, line] each, with a fifth member when it is an error.
    ``values``: as ``dotenv_values`` has them; ``loaded``: as ``load_dotenv`` prefers the environment, where it differs.
    """
    path.write_text(text, encoding="utf-8", newline="")
    with path.open(encoding="utf-8") as file:
        bindings = [
            [each.key, each.value, each.original.string, each.original.line] + (["error"] if each.error else [])
            for each in parse_stream(file)
        ]
    with environment(ENVIRONMENTS[which]):
        values = list(DotEnv(path, encoding="utf-8", override=True).dict().items())
        loaded = list(DotEnv(path, encoding="utf-8", override=False).dict().items())
    case: dict[str, object] = {"text": text}
    case |= {"environment": which} if which else {}
    case |= {"bindings": bindings, "values": values}
    case |= {"loaded": loaded} if loaded != values else {}
    return case


@contextmanager
def environment(only: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(only)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def cases() -> list[tuple[str, int]]:
    written = [(text, which) for text in WRITTEN for which in (0, 1)[: 1 + ("${" in text)]]
    combined = [(text, 0) for text in combinations()]
    chance = random.Random(SEED)
    drawn = [(random_text(chance), chance.randrange(len(ENVIRONMENTS))) for _ in range(RANDOM_CASES)]
    return list(dict.fromkeys(written + combined + drawn))


def combinations() -> Iterator[str]:
    """Every value in every position, between two lines that show how far its effect goes."""
    for value in VALUES:
        yield f"A={value}\nZ=1\n"
    for value, tail in product(["v", "'v'", '"v"', "''", ""], TAILS):
        yield f"A={value}{tail}\nZ=1\n"
    for head in HEADS:
        yield f"{head}v\nZ=1\n"
    for end, text in product(
        ["\r\n", "\r"], ["A=1\nB=2", "A='x\ny'\n#c\nB\n", 'A="\\\n"\n\n B=1 # c\n', "A='x\nB=1\n"]
    ):
        yield text.replace("\n", end)
    for space in SPACES:
        yield f"{space}A{space}={space}v{space}w{space}#c{space}\nB='x'{space}#c\nexport{space}C=1"
    for control in [chr(code) for code in range(1, 32)] + ["\x7f", "\x80", "\ufeff", "\u200b", "\U0001f511"]:
        yield f"A=a{control}b\nB='a{control}b'\nC{control}D=1"
        yield f'A="a\\{control}b"{control}\nB=1'


def random_text(chance: random.Random) -> str:
    if chance.random() < 0.25:
        return "".join(chance.choice(SHARDS) for _ in range(chance.randint(1, 10)))
    return "".join(random_line(chance) for _ in range(chance.randint(1, 3)))


def random_line(chance: random.Random) -> str:
    if chance.random() < 0.12:
        return chance.choice(["# c", " #'c", "", "  ", "=", "A", "export"]) + chance.choice(ENDS)
    quote = chance.choice(["", "", "'", '"', "`"])
    value = "".join(chance.choice(SHARDS) for _ in range(chance.randint(0, 4)))
    closing = quote if chance.random() < 0.9 else ""
    return chance.choice(HEADS) + quote + value + closing + chance.choice(TAILS) + chance.choice(ENDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
