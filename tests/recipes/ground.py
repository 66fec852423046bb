"""Projects for the recipes, and what is typed in them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve() / "debug" / "keybaton"


@dataclass(frozen=True)
class Ground:
    folder: Path

    def project(self, name: str = "shop", files: dict[str, str] | None = None) -> Path:
        """A Django project in a git repository, as `keybaton init` leaves it."""
        folder = self.folder / name
        for path, text in {**SHOP, **(files or {})}.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        self.run("git init --quiet && keybaton init --write --no-input", folder)
        assert (folder / "keybaton.toml").exists()
        return folder

    def run(self, line: str, folder: Path, **extra: str) -> str:
        """What a shell prints there, on both of its streams, with `extra` in its environment."""
        path = os.pathsep.join([str(PROGRAM.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
        there = {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8", "COLUMNS": "120", **extra}
        shell = ["sh", "-c", f"exec 2>&1\n{line}"]
        nobody, heard = subprocess.DEVNULL, subprocess.PIPE
        return subprocess.run(shell, cwd=folder, env=there, stdin=nobody, stdout=heard, text=True, timeout=300).stdout


SHOP = {
    "manage.py": """\
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
""",
    "requirements.txt": "django\ngunicorn\nkeybaton\n",
    "shop/__init__.py": "",
    "shop/settings.py": """\
import keybaton

SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
""",
    "shop/urls.py": """\
from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.urls import path


def home(request):
    signing.dumps("as Django signs")
    return HttpResponse(f"signs, and accepts {1 + len(settings.SECRET_KEY_FALLBACKS)}\\n")


urlpatterns = [path("", home)]
""",
    "shop/wsgi.py": """\
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_wsgi_application()
""",
}
