"""Projects to measure on: a fresh startproject, and a grown one of 5,000 files. The same each time."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

FILES = 5_000
WORDS = ["order", "basket", "invoice", "customer", "address", "delivery", "price", "stock", "page", "search", "filter"]
# How often each kind stands in a grown project, and about how many lines a file of it has.
KINDS = [(".py", 45, 140), (".html", 25, 60), (".js", 12, 200), (".css", 6, 150), (".po", 7, 300), (".txt", 5, 40)]


def startproject(python: Path, folder: Path) -> Path:
    """What Django's own command makes, in a git repository."""
    folder.mkdir()
    django(python, folder, "startproject", "shop", ".")
    git(folder, "init", "--quiet")
    return folder


def grown(python: Path, folder: Path) -> Path:
    """The same with 5,000 files around it, tracked by git, and a key in .env."""
    startproject(python, folder)
    chance = random.Random(5_000)
    suffixes, weights, lengths = zip(*KINDS, strict=True)
    for number in range(FILES - 8):
        kind = chance.choices(range(len(KINDS)), weights)[0]
        path = (
            folder / f"apps/{WORDS[number % len(WORDS)]}{number // 75}/{chance.choice(WORDS)}_{number}{suffixes[kind]}"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(suffixes[kind], lengths[kind], chance))
    (folder / ".gitignore").write_text("/.env\n__pycache__/\n")
    git(folder, "add", "--all")
    return folder


def git(folder: Path, *words: str) -> None:
    subprocess.run([shutil.which("git") or "git", *words], cwd=folder, check=True)


def django(python: Path, folder: Path, *words: str) -> None:
    subprocess.run([python, "-m", "django", *words], cwd=folder, check=True)


def text(suffix: str, lines: int, chance: random.Random) -> str:
    return "".join(line(suffix, chance) for _ in range(chance.randint(lines // 3, lines * 2)))


def line(suffix: str, chance: random.Random) -> str:
    first, second, third = chance.choices(WORDS, k=3)
    if suffix == ".py":
        return chance.choice(PYTHON).format(a=first, b=second, c=third, n=chance.randrange(10_000))
    if suffix == ".html":
        return f'  <div class="{first}-{second}">{{{{ {first}.{third} }}}} {second} {third}</div>\n'
    if suffix == ".po":
        return f'#: apps/{first}/{second}.py:{chance.randrange(900)}\nmsgid "{first} {second}"\nmsgstr "{third}"\n\n'
    return f"  {first}.{second} = function ({third}) {{ return {third}.{first}; }};\n"


PYTHON = [
    "def {a}_{b}_{n}({c}: str) -> str:\n    return {c}.replace('{a}', '{b}')\n\n\n",
    "class {a}{n}(Base):\n    {b} = Field(max_length={n}, default='{c}')\n    {c} = Field(null=True)\n\n\n",
    "{a}_{n} = {{'{b}': {n}, '{c}': '{a} {b} {c}'}}\n",
    "# the {a} of a {b} is its {c}\n",
    "TIMEOUT_{n} = int(os.environ.get('{a}_{b}', '{n}'))\n",
]
