"""A project that has the app, in a database of its own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.core.management import call_command

FOLDER = Path(tempfile.mkdtemp(prefix="keybaton-django-"))

settings.configure(
    SECRET_KEY="the old key, made up " * 3,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "db.sqlite3"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "keybaton.django.AuthenticationMiddleware",
    ],
    ROOT_URLCONF="views",
    SESSION_FILE_PATH=str(FOLDER),
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    USE_TZ=True,
    CACHES={
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": FOLDER / "cache"}
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
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
