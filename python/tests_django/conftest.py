"""A project that has the app, in a database of its own.

PostgreSQL where PGHOST leads to one, MariaDB where MYSQL_UNIX_PORT does, else SQLite.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

if TYPE_CHECKING:
    from rings import Ours

FOLDER = Path(tempfile.mkdtemp(prefix="keybaton-django-"))


def database(name: str) -> dict[str, object]:
    if "PGHOST" in os.environ:
        return in_postgres(name)
    return in_mariadb(name, os.environ["MYSQL_UNIX_PORT"]) if "MYSQL_UNIX_PORT" in os.environ else in_sqlite(name)


def in_sqlite(name: str) -> dict[str, object]:
    folder = FOLDER if name != "away" else FOLDER / "missing"
    names = {"default": "db", "readonly": "db"}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"file:{folder / names.get(name, name)}.sqlite3" + ("?mode=ro" if name == "readonly" else ""),
        "OPTIONS": {"uri": True},
    }


def in_mariadb(name: str, socket: str) -> dict[str, object]:
    import pymysql

    pymysql.version_info = (2, 2, 8, "final", 0)  # it stands in for mysqlclient, which has to be compiled
    pymysql.install_as_MySQLdb()
    return {
        "ENGINE": "django.db.backends.mysql",
        "NAME": name if name == "empty" else "keybaton",
        "USER": "root",
        "HOST": socket if name != "away" else f"{socket}.missing",
        "OPTIONS": {"init_command": "SET SESSION TRANSACTION READ ONLY"} if name == "readonly" else {},
    }


def in_postgres(name: str) -> dict[str, object]:
    """Its own databases stand in for a file that is new."""
    names = {"empty": "postgres"}
    readonly = {"options": "-c default_transaction_read_only=on"} if name == "readonly" else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": names.get(name, "keybaton"),
        "PORT": "1" if name == "away" else "",
        "OPTIONS": readonly,
    }


settings.configure(
    SECRET_KEY="the old key, made up " * 3,
    DATABASES={name: database(name) for name in ("default", "empty", "readonly", "away")},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "keybaton.django",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "keybaton.django.AuthenticationMiddleware",
    ],
    ROOT_URLCONF="views",
    SESSION_FILE_PATH=str(FOLDER),
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    USE_TZ=True,
    KEYBATON={"THREAD": False},  # one that follows KEYBATON_DIR would do so in the midst of other tests
    CACHES={
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": FOLDER / "cache"}
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.test import Client  # noqa: E402
from shop import ENGINES, OLD  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def _tables() -> Iterator[None]:
    call_command("migrate", verbosity=0)
    yield
    from django.db import connections

    connections.close_all()
    shutil.rmtree(FOLDER)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    with override_settings(SESSION_ENGINE=f"django.contrib.sessions.backends.{request.param}"):
        yield request.param


@pytest.fixture
def ann() -> Iterator[User]:
    assert settings.SECRET_KEY == OLD
    user = User.objects.create_user("ann", password="made up")
    yield user
    user.delete()


@pytest.fixture
def browser(engine: str, ann: User) -> Client:
    """Ann's, signed in with the old key, something in her cart."""
    client = Client()
    client.force_login(ann)
    assert client.get("/put/?cart=mine").content == b"ann"
    return client


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> "Iterator[Ours]":
    """This process has a ring, revision 5, and no thread."""
    from rings import Ours

    from keybaton.django.models import Beat, Floor

    with override_settings(KEYBATON={"THREAD": False}, SECRET_KEY="", SECRET_KEY_FALLBACKS=[]):
        ours = Ours(monkeypatch)
        ours.has(5)
        yield ours
    for model in (Beat, Floor):
        model.objects.all().delete()
