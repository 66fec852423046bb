"""Make dotenv.json: what the real python-dotenv reads in many small .env files.

    python vectors/make_dotenv.py           write dotenv.json beside this file
    python vectors/make_dotenv.py --check   say whether the file is what the installed python-dotenv makes

Needs ``pip install python-dotenv==1.2.4``. Each case is written to a real file and read back by its path, because Python
translates line ends on the way. The random cases come from a fixed seed, so the same python-dotenv makes the same file.
"""

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
        path = os.path.join(folder, ".env")
        lines = [dump(measure(path, text, which)) for text, which in all_cases]
    head = f'{{"made_with": {dump("python-dotenv " + version("python-dotenv"))},\n"environments": {dump(ENVIRONMENTS)},\n'
    return head + '"cases": [\n' + ",\n".join(lines) + "\n]}\n"


def measure(path: str, text: str, which: int) -> dict[str, object]:
    """What python-dotenv makes of a text; members that can be told from others are left out.

    ``bindings``: [key, value, original text, line] each, with a fifth member when it is an error.
    ``values``: as ``dotenv_values`` has them; ``loaded``: as ``load_dotenv`` prefers the environment, where it differs.
    """
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    with open(path, encoding="utf-8") as file:
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
    for end, text in product(["\r\n", "\r"], ["A=1\nB=2", "A='x\ny'\n#c\nB\n", 'A="\\\n"\n\n B=1 # c\n', "A='x\nB=1\n"]):
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


SPACES = [" ", "  ", "\t", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0", "\u1680", "\u2003", "\u2028"]
SPACES += ["\u2029", "\u202f", "\u205f", "\u3000"]
ENDS = ["\n", "\n", "\n", "\r\n", "\r", "\n\n", ""]
TAILS = ["", "", " ", " # c", "# c", "#c", "\t#", " x", " #'", ' # "q"', "\x0b#c"]
HEADS = ["A=", "B=", "A=", "A =", "A= ", " A = ", "export A=", "export\tB =", "'A'=", "'a b'=", '"A"=', "A", "A.b-c=", "é="]
HEADS += ["export 'A'=", "exportA=", "export=", "export =", "A:", "''=", "'A=", "'A\nB'=", "A==", "# A=", "A#=", "NAME="]
SHARDS = ["a", "b c", "'", '"', "`", "\\", "\\n", "\\'", '\\"', "\\\\", "#", " #", " ", "\n", "\r\n", "\r", "=", "A=", "B=", "\t"]
SHARDS += ["${A}", "${B:-d}", "${", "}", "${NAME}", "${A:-${B}}", "${X:", ":-", "$", "${}", "${:-d}", "$A", "$(id)", "é", "\x1c", "\ufeff"]

VALUES = ["", "a", "a b", "a  b ", "a#b", "#a", "# a", " #a", "a #b", "a\t#b", "a # b # c", "a #", "a#", "=", "a=b", "==", "a==", "a\\"]
VALUES += ["a\\nb", "a\\", "\\", "\\#", "a \\# b", "$a", "$(id)", "`id`", "`a # b`", "`a\nb`", "a'b", 'a"b', "a'b'", "a 'b' c", "'a'b"]
VALUES += ["''", "'a'", "' a '", "'a", "a'", "'a\"b'", "'a\\'b'", "'a\\\\'", "'a\\\\\\'b'", "'a\\'", "'\\n'", "'a\nb'", "'a\n\nb\n'", "'#a'"]
VALUES += ["'a # b' # c", "'a'#b", "'a' 'b'", "'a';", "'", "'''", "''''", "'a''b'", "'é'", "'\\", "'\\\\", "'a\\\nb'", "'\t'", "'\\\"'"]
VALUES += ['""', '"a"', '" a "', '"a', 'a"', '"a\'b"', '"a\\"b"', '"a\\\\"', '"a\\\\\\"b"', '"a\\"', '"a\nb"', '"a\\nb"', '"a\\\nb"', '"#"']
VALUES += [f'"x\\{letter}y"' for letter in "abcdefghijklmnopqrstuvwxyz0123456789$`#'/ U{"]
VALUES += [f"'x\\{letter}y'" for letter in "abfnrtv0$`\" "] + ['"\\x41\\u0041\\101\\N{DASH}"', '"a" # b', '"a"#b', '"a" b', '"', '"""', '"""a"""']
VALUES += ["{a}", "[1]", '{"a": 1}', "a,b", "a;b", "a&b", "!a", "~a", "*", "%a", "%%", "^", "@", "a|b", "<a>", "(a)", "-", "--", "é", "日本", "🔑"]

WRITTEN = ["", "\n", "\r\n", " ", "\t\n \n", "#", "# a\n", "  # a\n#b", "A", "A\n", "A\nB", "A #c\nB=1", "A # c", "A b\nB=1", "=", "=a\nA=1", "==\n"]
WRITTEN += ["\ufeffA=1\n", "\ufeff", "\ufeff\ufeffA=1", "\ufeff#c\nA=1", "\ufeff\nA=1", "A=1\n\ufeffB=2", "\ufeff'A'=1", "\ufeffexport A=1"]
WRITTEN += ["A=1\nA=2", "A=1\nB=2\nA=3\n", "A=1\nA", "A\nA=1", "A=1\nA=", "A=1\nB=${A}\nA=2\nC=${A}", "A=${A}x\nA=${A}y", "A=1\n'A'=2\nexport A=3"]
WRITTEN += ["A=${B}\nB=1", "B=1\nA=${B}", "A=${A}", "A=${A:-d}", "A=${EMPTY:-d}", "EMPTY=\nA=${EMPTY:-d}", "B\nA=${B:-d}", "B\nA=x${B}y"]
WRITTEN += ["A='${B}'", 'A="${B}"', "A='\\${B}'", 'A="\\${B}"', "A=\\${B}", "A=$${B}", "A=${B}${NAME}", "A=x${B}y${NAME}z", "A=${ B }", "A=${B }"]
WRITTEN += ["A=${}", "A=${:-d}", "A=${B:-}", "A=${Q:-}", "A=${Q:-d e}", "A=${Q:-d #e}", "A=${Q:-d}e}", "A=${Q:-${B}}", "A=${Q:-${B:-x}}", "A=${Q-d}"]
WRITTEN += ["A=${B:d}", "A=${B:+d}", "A=${B:?d}", "A=${B:", "A=${B:-", "A=${B", "A=${", "A=$", "A=$B", "A=$(B)", "A=${B:${NAME}}", "A=${B:x:${NAME}"]
WRITTEN += ["A='${B\n}'", "A='${Q:-x\ny}'", "A=${Q:-a:b}", "A=${a${B}", "A=${a${B}}", "A=${B:-'x'}", 'A="${Q:-\\"x\\"}"', "A=${é}", "é=1\nA=${é}", "A=${a b}"]
WRITTEN += ["'a b'=1\nA=${a b}", "A=1\nB='${A}'\nC=${B}", "X=$\nA=${X}{B}", "A=${${B}}", "A=${{B}}", "A=${X:-${A}", "A=${:${B}", "A=${B:-x:-y}", "A= ${B} # ${NAME}"]
WRITTEN += ["export", "export\nA=1", "export \nA=1", "export A", "export A\nB=1", "export  A = 1", "export\tA=1", "export=1", "export =1\nA=1", "export export=1"]
WRITTEN += ["export export A=1\nB=1", "exports=1", "exportA=1", "EXPORT A=1\nB=1", "export # c\nA=1", "export #\n", "export 'A'=1", "export 'A B'=1", " export A=1"]
WRITTEN += ["'A'=1", "'A' = 1", "'A", "'A\n'=1\nB=1", "'A\r\nB'=1", "''=1\nB=1", "'A'B=1\nC=1", "A'B'=1", '"A"=1', '"A B"=1\nC=1', "'A'", "'A' # c", "'A=1'=2"]
WRITTEN += ["A B=1\nC=1", "A:1", "A: 1\nB=1", "A.B=1", "A-B=1", "1A=1", "A#B=1\nC=1", "#A=1\nB=1", "A\\=1", "$A=1", "${A}=1", "A[0]=1", "é=1", "日=本", "A\t=1", "A=\t1"]
WRITTEN += ["A='x\nB=1\nC='y'\nD=1", 'A="x\nB=1\nC="y"\nD=1', "A='x\nB=\"y\"\nC=1", "A='it's'\nB=1", "A=it's\nB='it'", "A='x\\'\nB=1", "A='x' y\nB=1", "A='x\ny' z\nB=1"]
WRITTEN += ["A=1\n\n\n  \n# c\n\nB=2\n", "\n\nA=1", "A=1\n   ", "A=1\n#c", "A=1\n\nB='x\n\ny'\n\nC=1", "=\n=\n'\n\"\nA=1\n", "A=1\r\nB='x\r\ny'\r\n# c\r\n", "A=1\rB=2\r\nC=3\n"]
WRITTEN += ["A='x\ry\r\nz\n'", 'A="\\r\\n"\r\n', "A=\r\nB=1", "A= \r\nB=1", "A\r\nB", "=\r\nA=1\r\n", "'x\r\nA=1\r\n", "A='x' y\r\r\nB=1", "A=1\n\r\nB=2", "A=1\n\rB=2"]
WRITTEN += ["-----BEGIN KEY-----\nMIIE+a/b==\n-----END KEY-----\n", "A={\n  \"a\": 1\n}\n", "A=[\n1,\n]\nB=2", "set A=1\nB=1", "A+=1", "A=1;B=2", "A=1 B=2", "A=1, B=2", "A := 1"]
WRITTEN += ["SECRET_KEY=django-insecure-#x$y(z)&\n", "SECRET_KEY='a$b#c(d)%e'\n", "DATABASE_URL=postgres://u:p%40ss@h:5432/d?x=1#f\n", "EMAIL='Ann <ann@example.com>'"]
WRITTEN += ["SECRET_KEY=b,a\nSECRET_KEY_FALLBACKS=b,a\nSECRET_KEY_RING=eyJ2IjoxfQ\n", "A=q+/w==\n", "A=$2b$12$abc\n", "A='$2b$12$abc'", "A=pa$$word", "A=a`b`c", "A=`a`"]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
