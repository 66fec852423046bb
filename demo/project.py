"""A Django project as `startproject` makes it, with users and a page that needs a login."""

from __future__ import annotations

import re
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from programs import DemoError, Tools

USERS = tuple(f"user{number:02}" for number in range(1, 21))
PASSWORD = "made up for the demo"  # noqa: S105


@dataclass(frozen=True)
class Project:
    folder: Path
    tools: Tools

    @property
    def settings(self) -> Path:
        return self.folder / "shop" / "settings.py"

    def literal_key(self) -> str:
        """The key that `startproject` wrote into the settings."""
        found = KEY_LINE.search(self.settings.read_text())
        if found is None:
            raise DemoError(f"{self.settings} has no line SECRET_KEY = '…'")
        return found["key"]

    def swap_key(self) -> None:
        """Do as Django's documentation says: new key in, old key to the fallbacks."""
        old, new = self.literal_key(), secrets.token_urlsafe(48)
        swapped = f"SECRET_KEY = {new!r}\nSECRET_KEY_FALLBACKS = [{old!r}]\n"
        text = self.settings.read_text()
        self.settings.write_text(KEY_LINE.sub(lambda _: swapped, text))

    def add_the_app(self) -> None:
        """Do as docs/django.md says: the app, and the line of middleware that `keybaton init` has not put in."""
        with self.settings.open("a") as settings:
            settings.write(THE_APP)
        self.tools.run("python", "manage.py", "migrate", "--verbosity=0", cwd=self.folder)

    def put_djangos_middleware_back(self) -> None:
        """Undo the one line of `keybaton init` that keeps users logged in."""
        text = self.settings.read_text()
        if text.count(OURS) != 1:
            raise DemoError(f"{self.settings} does not name {OURS} once")
        self.settings.write_text(text.replace(OURS, DJANGOS))

    def holds(self, key: str) -> bool:
        """Whether a file that the settings are read from still has this key."""
        files = [self.settings, *self.folder.glob(".env*")]
        return any(key in file.read_text() for file in files)


def make_project(folder: Path, tools: Tools) -> Project:
    folder.mkdir()
    run = ["python", "-m", "django", "startproject", "shop", "."]
    tools.run(*run, cwd=folder)
    project = Project(folder, tools)
    with project.settings.open("a") as settings:
        settings.write(MORE_SETTINGS)
    (folder / "shop" / "urls.py").write_text(URLS)
    tools.run("python", "manage.py", "migrate", "--verbosity=0", cwd=folder)
    tools.run("python", "manage.py", "shell", "--command", ADD_USERS, cwd=folder)
    let_two_instances_share(folder / "db.sqlite3")
    return project


def let_two_instances_share(database: Path) -> None:
    """In WAL mode, which the file remembers, readers do not wait for a writer."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


KEY_LINE = re.compile(r"^SECRET_KEY = (['\"])(?P<key>.*)\1\n", re.MULTILINE)

OURS = "keybaton.django.AuthenticationMiddleware"
DJANGOS = "django.contrib.auth.middleware.AuthenticationMiddleware"

# Sessions stand in the database, as Django does it unless told otherwise, and live
# on while they are used, as many sites have it. (Without that, users whom a rollout
# sends to the login form come back by themselves when it is over, as long as no page
# has stored anything in their session meanwhile.) The hasher is the one that Django's
# documentation gives for tests: how long forty logins take is not measured here.
MORE_SETTINGS = """
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
LOGIN_URL = "admin:login"
SESSION_SAVE_EVERY_REQUEST = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"] = {"timeout": 20}
"""

THE_APP = """
INSTALLED_APPS.append("keybaton.django")
MIDDLEWARE.insert(0, "keybaton.django.FenceMiddleware")
"""

URLS = """\
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import path


@login_required
def me(request):
    return HttpResponse(request.user.username)


def health(request):
    return HttpResponse("ok")


urlpatterns = [
    path("admin/", admin.site.urls),
    path("me/", me),
    path("health/", health),
]
"""

ADD_USERS = f"""
from django.contrib.auth.models import User
for name in {USERS!r}:
    User.objects.create_user(name, password={PASSWORD!r}, is_staff=True)
"""
