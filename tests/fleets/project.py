"""A Django project that several instances serve."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Setup:
    """What a project is made of."""

    engine: str
    middleware: str
    django: str = ""

    def __str__(self) -> str:
        return f"{self.engine} sessions, {'keybaton' if 'keybaton' in self.middleware else 'stock'} middleware"


@dataclass(frozen=True)
class Site:
    folder: Path
    python: Path
    setup: Setup
    package: Path

    @property
    def ring(self) -> Path:
        return self.folder / "ring"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": f"{self.package}:{self.folder}:/tmp/fl-extra",
            "DJANGO_SETTINGS_MODULE": "shop.settings",
            "KEYBATON_DIR": str(self.ring),
        }

    def manage(self, *words: str) -> str:
        command = [str(self.python), "-m", "django", *words]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"django {words[0]}: {done.stderr[-2000:]}")
        return done.stdout


def made(site: Site, users: int) -> None:
    """Writes the project, and its database with users in it. Its ring is there already."""
    (site.folder / "shop").mkdir()
    for name, text in (("__init__.py", ""), ("settings.py", SETTINGS), ("urls.py", URLS), ("wsgi.py", WSGI)):
        (site.folder / "shop" / name).write_text(text.format(setup=site.setup) if name == "settings.py" else text)
    site.manage("migrate", "--verbosity=0")
    site.manage("shell", "--command", ADD_USERS.format(users=users))


SETTINGS = """\
from pathlib import Path

import keybaton

SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
FOLDER = Path(__file__).resolve().parent.parent
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "{setup.middleware}"]
ROOT_URLCONF = "shop.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "db.sqlite3",
        "OPTIONS": {{"timeout": 20}},
    }}
}}
CACHES = {{"default": {{"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": FOLDER / "cache"}}}}
SESSION_ENGINE = "django.contrib.sessions.backends.{setup.engine}"
SESSION_FILE_PATH = str(FOLDER)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""

URLS = """\
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import path


def sign_in(request):
    login(request, User.objects.get(username=request.GET["name"]))
    return HttpResponse("ok")


def me(request):
    return HttpResponse(request.user.get_username())


def put(request):
    name = request.user.get_username()
    request.session[request.GET["key"]] = 1
    return HttpResponse(name)


def stored(request):
    return HttpResponse(" ".join(key for key in request.session.keys() if not key.startswith("_")))


urlpatterns = [path("sign-in/", sign_in), path("me/", me), path("put/", put), path("stored/", stored)]
"""

WSGI = """\
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
"""

ADD_USERS = """
from django.contrib.auth.models import User
for number in range({users}):
    User.objects.create_user(f"user{{number}}", password="made up")
"""
