"""A site: a ring, a database with users in it, and the project that instances serve from them."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from services import Services

from postgres import PostgresError

CHECKOUT = Path(__file__).resolve().parents[2]
USERS = 4
RING_FILES = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING")


class Way(Enum):
    """How a new ring reaches the instances."""

    RESTART = "rolling restart"
    RELOAD = "reload in place"
    WATCH = "run --watch"


class Who(Enum):
    """Whose middleware finds the user."""

    STOCK = "stock Django"
    OURS = "keybaton"


class Place(Enum):
    """Where the tables and the cache are."""

    DEBIAN = "PostgreSQL, Redis"
    FILES = "SQLite, files"


class Server(Enum):
    """What serves, with how many instances; each writes where it listens."""

    GTHREAD = "gunicorn gthread"
    SYNC = "gunicorn sync"
    GEVENT = "gunicorn gevent"
    PRELOAD = "gunicorn --preload"
    UVICORN = "uvicorn"

    @property
    def instances(self) -> int:
        return {Server.SYNC: 4, Server.GEVENT: 3}.get(self, 2)

    @property
    def workers(self) -> int:
        """Processes of one instance that serve."""
        return 2 if self is Server.PRELOAD else 1


@dataclass(frozen=True)
class Setup:
    django: str
    engine: str
    way: Way
    who: Who
    place: Place = Place.DEBIAN
    server: Server = Server.GTHREAD
    fence: str = "warn"

    def __str__(self) -> str:
        return f"Django {self.django}, {self.sessions}, {self.way.value}, {self.server.value}, {self.who.value}"

    @property
    def sessions(self) -> str:
        """The engine, and what it keeps the sessions in where that is not said by its name."""
        debian = {"db": "PostgreSQL", "cached_db": "PostgreSQL, Redis", "cache": "Redis"}
        files = {"db": "SQLite", "cached_db": "SQLite, files", "cache": "files"}
        where = (debian if self.place is Place.DEBIAN else files).get(self.engine)
        return f"{self.engine} ({where})" if where else self.engine

    @property
    def is_ours(self) -> bool:
        return self.who is Who.OURS

    @property
    def middleware(self) -> list[str]:
        sessions = "django.contrib.sessions.middleware.SessionMiddleware"
        if self.is_ours:
            return ["keybaton.django.FenceMiddleware", sessions, "keybaton.django.AuthenticationMiddleware"]
        follows = ["shop.following.following"] if self.way is not Way.RESTART else []
        return [sessions, *follows, "django.contrib.auth.middleware.AuthenticationMiddleware"]

    @property
    def sockets(self) -> str:
        return f"{'keybaton.channels' if self.is_ours else 'channels.auth'}.AuthMiddlewareStack"


@dataclass
class Site:
    folder: Path
    python: Path
    program: Path
    setup: Setup
    services: Services
    name: str
    extra: dict[str, str] = field(default_factory=dict)

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
            "FLEET": json.dumps(self._facts()),
            "KEYBATON_DIR": str(self.ring),
            **self.extra,
        }

    def _facts(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "folder": str(self.folder),
            "engine": self.setup.engine,
            "has_app": self.setup.is_ours,
            "middleware": self.setup.middleware,
            "sockets": self.setup.sockets,
            "fence": self.setup.fence,
            "postgres": self.services.cluster.variables if self.setup.place is Place.DEBIAN else None,
            "redis": str(self.services.redis),
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
        texts = ((self.ring / name).read_text().strip() for name in RING_FILES[:2])
        return hashlib.sha256(",".join(texts).encode()).hexdigest()

    def record(self) -> dict[str, Any]:
        text = (self.ring / "SECRET_KEY_RING").read_text().strip()
        record: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return record

    def texts(self) -> dict[str, str]:
        """The ring as variables, for a process that is to have it as it is now."""
        return {name: (self.ring / name).read_text().strip() for name in RING_FILES}

    def keybaton(self, *words: str, given: str = "") -> None:
        self._run([str(self.program), *words], {"PATH": "/usr/bin:/bin"}, given)

    @contextmanager
    def rotating(self, until: str) -> Iterator[subprocess.Popen[bytes]]:
        """`keybaton rotate --wait`, which asks the processes; it has to end well by itself."""
        manage = json.dumps([str(self.python), "-m", "django"])
        (self.folder / "keybaton.toml").write_text(f"{CONFIGURATION}manage = {manage}\n")
        words = ["rotate", f"--wait={until}", "--new" if until == "promote" else "--continue", "--no-input"]
        with (self.folder / "rotation.log").open("wb") as log:
            running = subprocess.Popen(
                [str(self.program), *words], cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        try:
            yield running
            code = running.wait()
        finally:
            running.kill()
            running.wait()
        if code != 0:
            raise AssertionError(f"{self.setup}: rotate: {(self.folder / 'rotation.log').read_text()[-2000:]}")

    def manage(self, *words: str, **more: str) -> str:
        return self._run([str(self.python), "-m", "django", *words], {**self.environment, **more}, "")

    def observed(self) -> dict[str, Any]:
        """What `manage.py keybaton observe` prints."""
        told: dict[str, Any] = json.loads(self.manage("keybaton", "observe"))
        return told

    def _run(self, command: list[str], environment: Mapping[str, str], given: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=environment, input=given, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise AssertionError(f"{self.setup}: `{' '.join(command[1:5])}`: {done.stderr[-2000:]}")
        return done.stdout


@contextmanager
def site(folder: Path, python: Path, program: Path, setup: Setup, services: Services) -> Iterator[Site]:
    """One with a ring of its own and a database of its own, in which the users are."""
    made = Site(folder, python, program, setup, services, f"site{next(services.numbers)}")
    made.ring.mkdir()
    (folder / "keybaton.toml").write_text(CONFIGURATION)
    made.keybaton("copy", "-", "dir:ring", "--create", given="made-up-" * 8)
    beginning = began(made)
    try:
        if setup.place is Place.FILES:
            shutil.copyfile(beginning, folder / "db.sqlite3")
        else:
            services.cluster.client("createdb", "--template", beginning, made.name)
        yield made
    finally:
        if setup.place is Place.DEBIAN:
            with suppress(PostgresError):
                services.cluster.client("dropdb", "--if-exists", "--force", made.name)


def began(site: Site) -> str:
    """A database with tables and users: each site of this Django begins with a copy, with the tables of the app too."""
    services, key = site.services, f"begin_{site.setup.django.replace('.', '')}_{site.setup.place.name.lower()}"
    with services.lock:
        if key not in services.begun:
            services.begun[key] = begin(site, key)
    return services.begun[key]


def begin(site: Site, key: str) -> str:
    services = site.services
    folder = services.folder / key
    folder.mkdir()
    setup = Setup(site.setup.django, "db", Way.RELOAD, Who.OURS, site.setup.place)
    first = Site(folder, site.python, site.program, setup, services, key, extra={"KEYBATON_THROWAWAY": "1"})
    if setup.place is Place.DEBIAN:
        services.cluster.client("createdb", key)
    first.manage("migrate", "--verbosity=0")
    first.manage("shell", "--command", ADD_USERS)
    return key if setup.place is Place.DEBIAN else str(folder / "db.sqlite3")


# Nothing that is signed in a scene has to last; with what is checked after a retirement none is of before.
CONFIGURATION = """
[environments.dev]
store = "dir:ring"
propagation = "0s"
longest-signature = "1s"
"""

ADD_USERS = f"""
from django.contrib.auth.models import User
User.objects.bulk_create(User(username=f"user{{n}}", password=f"made up {{n}}") for n in range({USERS}))
"""
