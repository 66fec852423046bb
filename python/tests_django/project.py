"""A project on disk, run by processes of its own: in PostgreSQL where PGHOST leads to one, else in SQLite."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rings import A, record

import keybaton

PACKAGES = Path(keybaton.__file__).parents[1]


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in FILES.items():
            (folder / name).write_text(text)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "PGHOST", "PGUSER")},
            "PYTHONPATH": os.pathsep.join([str(PACKAGES), os.environ.get("PYTHONPATH", "")]),
            "DJANGO_SETTINGS_MODULE": "settings",
            "SECRET_KEY": A,
            "SECRET_KEY_FALLBACKS": A,
            "SECRET_KEY_RING": record(5, A, [A]),
        }

    def run(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def manage(self, *words: str) -> str:
        done = self.run("manage.py", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def observed(self) -> Any:
        return json.loads(self.manage("keybaton", "observe"))


MANAGE = """\
import sys
from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
"""

SETTINGS = """\
import os
from pathlib import Path

import keybaton

SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "keybaton.django", "shop",
]
MIDDLEWARE = [
    "keybaton.django.FenceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "keybaton.django.AuthenticationMiddleware",
]
ROOT_URLCONF = "urls"
ALLOWED_HOSTS = ["*"]
STATIC_URL = "/static/"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if "PGHOST" in os.environ:
    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "project"}}
else:
    name = os.environ.get("NAME", "db.sqlite3")
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).parent / name}}
"""

URLS = """\
from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("", lambda request: HttpResponse("ok"))]
"""

# One request in this process, by way of WSGI as a server makes it; then it waits to be told how to go on.
SERVER = """\
import os
import sys
from wsgiref.util import setup_testing_defaults

from django.core.wsgi import get_wsgi_application

environ = {}
setup_testing_defaults(environ)
print(b"".join(get_wsgi_application()(environ, lambda *_: None)).decode(), flush=True)
if sys.stdin.readline() == "killed":
    os._exit(1)
"""

FILES = {"manage.py": MANAGE, "settings.py": SETTINGS, "urls.py": URLS, "server.py": SERVER}
