"""Projects as readers of the pages have them, and the shell in which they type."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve() / "debug" / "keybaton"
LOCAL = CHECKOUT / "docs" / "local.md"


class Project:
    def __init__(self, home: Path) -> None:
        self.home, self.folder = home, home / "shop"
        self.folder.mkdir(parents=True)
        # Where `pip install --user` puts it, and where load() looks for it.
        (home / ".local" / "bin").mkdir(parents=True)
        (home / ".local" / "bin" / "keybaton").symlink_to(PROGRAM)

    def run(self, line: str) -> str:
        """What a shell prints in the project, on both of its streams."""
        path = [self.home / ".local" / "bin", Path(sys.executable).parent, os.environ["PATH"]]
        somebody = {"NAME": "Somebody", "EMAIL": "somebody@example.com"}
        there = {
            **{f"GIT_{part}_{name}": text for part in ("AUTHOR", "COMMITTER") for name, text in somebody.items()},
            "PATH": os.pathsep.join(map(str, path)),
            "HOME": str(self.home),
            "PYTHONPATH": str(CHECKOUT / "python"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        shell = ["sh", "-c", f"exec 2>&1\n{line}"]
        nobody, heard = subprocess.DEVNULL, subprocess.PIPE
        done = subprocess.run(shell, cwd=self.folder, env=there, stdin=nobody, stdout=heard, text=True, timeout=120)
        return done.stdout


def bare(home: Path) -> Project:
    return Project(home)


def fresh(home: Path) -> Project:
    """As startproject makes it, in a repository."""
    project = Project(home)
    project.run("django-admin startproject shop . && git init --quiet && git add --all && git commit --quiet -m Begin")
    return project


def set_up(home: Path) -> Project:
    """One on which `keybaton init` was run."""
    project = fresh(home)
    project.run("keybaton init --write --no-input")
    return project


def with_dotenv(home: Path) -> Project:
    """One whose settings read .env with the lines that docs/local.md has, and whose key Django has drawn."""
    project = fresh(home)
    [lines] = re.findall(r"^```python\n(.*?)^```$", LOCAL.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    settings = project.folder / "shop" / "settings.py"
    settings.write_text(
        re.sub(r"^SECRET_KEY = .*\n", lambda _: lines, settings.read_text("utf-8"), flags=re.MULTILINE), "utf-8"
    )
    draw = "from django.core.management.utils import get_random_secret_key as draw; print(draw())"
    project.run(f"""umask 077; printf 'SECRET_KEY="%s"\\n' "$(python -c '{draw}')" > .env""")
    return project
