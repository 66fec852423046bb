"""Keys as they are drawn: what docs/generate.md says of them, and whether a .env file brings them back."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_urlsafe

from django.core.management.utils import get_random_secret_key
from dotenv import dotenv_values
from projects import CHECKOUT, PROGRAM, Project, with_dotenv

EACH = 100


def findings(folder: Path) -> Iterator[str]:
    yield from wrong_figures()
    place = folder / "drawn"
    place.mkdir()
    for name, draw in DRAWN.items():
        for number, key in enumerate(draw() for _ in range(EACH)):
            yield from copied(place / f"{number}.env", name, key)
    for number in range(5):
        yield from kept_by_init(folder / f"init-{number}")


def copied(file: Path, name: str, key: str) -> Iterator[str]:
    file.unlink(missing_ok=True)
    command = [str(PROGRAM), "copy", "-", f"dotenv:{file}"]
    done = subprocess.run(command, input=f"{key}\n", capture_output=True, text=True, cwd=file.parent)
    if re.search(r"\$\{[^}]*\}", key):
        if file.exists() or "holds a ${…}" not in done.stderr:
            yield f"a key with ${{…}} should be refused, since python-dotenv changes it: {key!r} {done.stderr}"
    elif done.returncode or dotenv_values(file)["SECRET_KEY"] != key:
        yield f"a key of {name} did not come back: {key!r} {done.stderr}"


def kept_by_init(home: Path) -> Iterator[str]:
    """The key that stood in .env signs as before, as python-dotenv reads it to Django."""
    project = with_dotenv(home)
    before = dotenv_values(project.folder / ".env")["SECRET_KEY"]
    project.run("keybaton init --plain --write --no-input")
    signs = signed_with(project)
    if signs != before or "SECRET_KEY_RING" not in dotenv_values(project.folder / ".env"):
        yield f"`keybaton init` did not keep {before!r}: Django has {signs!r}"


def signed_with(project: Project) -> str:
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    environment = "DJANGO_SETTINGS_MODULE=shop.settings"
    return project.run(f"{environment} python -c '{show}'").removesuffix("\n")


def wrong_figures() -> Iterator[str]:
    """The table's characters, bits and share of `$`, against the alphabet that is really drawn from."""
    page = (CHECKOUT / "docs" / "generate.md").read_text("utf-8")
    rows = re.findall(r"\| `--format (\w+)` \| (\d+) of (\d+) \| (\d+) \| (never|\d+ %) \|", page)
    if len(rows) != len(FORMATS):
        yield f"docs/generate.md has {len(rows)} rows with figures, and there are {len(FORMATS)} formats"
    for format_, *told in rows:
        keys = [drawn_by_keybaton(format_) for _ in range(EACH)]
        length, alphabet = len(keys[0]), len(set("".join(keys)))
        share = f"{1 - (1 - 1 / alphabet) ** length:.0%}".replace("%", " %") if "$" in "".join(keys) else "never"
        real = [str(length), str(alphabet), str(round(length * math.log2(alphabet))), share]
        if told != real:
            yield f"docs/generate.md says of --format {format_} {told}, and it is {real}"


def drawn_by_keybaton(format_: str) -> str:
    return printed([str(PROGRAM), "generate", "--format", format_])


def drawn_by_openssl() -> str:
    return printed(["openssl", "rand", "-base64", "48"])


def printed(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.removesuffix("\n")


FORMATS = ("alnum", "django", "base64", "urlsafe", "hex", "powershell")
DRAWN: dict[str, Callable[[], str]] = {
    "Django": get_random_secret_key,
    "openssl": drawn_by_openssl,
    "Python's secrets": lambda: token_urlsafe(48),
    "somebody's hand": lambda: f"{get_random_secret_key()}${{HOME}}",
    "the look of PowerShell": lambda: drawn_by_keybaton("powershell"),
}
