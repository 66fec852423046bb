"""A site: a ring, a database with users in it, and the project that instances serve from them."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


class Way(Enum):
    """How a new ring reaches the instances."""

    RESTART = "rolling restart"
    RELOAD = "reload in place"
    WATCH = "run --watch"


class Who(Enum):
    """Whose middleware finds the user."""

    STOCK = "stock Django"
    OURS = "keybaton"


@dataclass(frozen=True)
class Setup:
    django: str
    engine: str
    way: Way
    who: Who

    def __str__(self) -> str:
        return f"Django {self.django}, {self.engine}, {self.way.value}, {self.who.value}"

    @property
    def middleware(self) -> str:
        if self.who is Who.OURS:
            return "keybaton.django.AuthenticationMiddleware"
        stock = "django.contrib.auth.middleware.AuthenticationMiddleware"
        return f"shop.following.following {stock}" if self.way is not Way.RESTART else stock

    @property
    def sockets(self) -> str:
        return f"{'keybaton.channels' if self.who is Who.OURS else 'channels.auth'}.AuthMiddlewareStack"


@dataclass(frozen=True)
class Site:
    folder: Path
    python: Path
    program: Path
    setup: Setup

    @classmethod
    def made(cls, folder: Path, python: Path, program: Path, setup: Setup, users: int) -> Site:
        site = cls(folder, python, program, setup)
        site.ring.mkdir()
        (folder / "keybaton.toml").write_text('[environments.dev]\nstore = "dir:ring"\npropagation = "0s"\n')
        site.keybaton("copy", "-", "dir:ring", "--create", given="made-up-" * 8)
        site.manage("migrate", "--verbosity=0")
        site.manage("shell", "--command", ADD_USERS.format(users=users))
        return site

    @property
    def ring(self) -> Path:
        return self.folder / "ring"

    @property
    def environment(self) -> dict[str, str]:
        """What a process finds; under `keybaton run` it has its ring from there."""
        return {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": f"{CHECKOUT / 'python'}:{Path(__file__).parent}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": "shop.settings",
            "FLEET_FOLDER": str(self.folder),
            "FLEET_ENGINE": self.setup.engine,
            "FLEET_MIDDLEWARE": self.setup.middleware,
            "FLEET_SOCKETS": self.setup.sockets,
            "KEYBATON_DIR": str(self.ring),
        }

    def command(self, *words: str) -> list[str]:
        """Python with these words, as this site starts its processes."""
        return [*self._before(), str(self.python), *words]

    def _before(self) -> list[str]:
        match self.setup.way:
            case Way.RELOAD:
                return []
            case Way.RESTART:
                return [str(self.program), "run", "--"]
            case Way.WATCH:
                return [str(self.program), "run", "--watch", "--every", "1s", "--"]

    def keys(self) -> str:
        """A mark of the keys in the ring, as a process gives it that has taken them over."""
        texts = ((self.ring / name).read_text().strip() for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS"))
        return hashlib.sha256(",".join(texts).encode()).hexdigest()

    def keybaton(self, *words: str, given: str = "") -> None:
        self._run([str(self.program), *words], {"PATH": "/usr/bin:/bin"}, given)

    def manage(self, *words: str) -> None:
        self._run([str(self.python), "-m", "django", *words], self.environment, "")

    def _run(self, command: list[str], environment: dict[str, str], given: str) -> None:
        done = subprocess.run(
            command, cwd=self.folder, env=environment, input=given, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise AssertionError(f"{self.setup}: `{' '.join(command[1:4])}`: {done.stderr[-2000:]}")


ADD_USERS = """
from django.contrib.auth.models import User
User.objects.bulk_create(User(username=f"user{{number}}", password=f"made up {{number}}") for number in range({users}))
"""
