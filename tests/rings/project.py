"""The shop: a project with sessions in cookies, messages, a signed link, simplejwt and a field that is encrypted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve() / "debug" / "keybaton"


class Project:
    """As `startproject` makes it, with the shop in it, and the key of SECRET_KEY in `.env`."""

    def __init__(self, folder: Path, python: Path) -> None:
        self.folder, self.python = folder, python
        folder.mkdir(parents=True)
        path = [folder / ".local" / "bin", python.parent, *os.environ["PATH"].split(os.pathsep)]
        self.environment = {
            "PATH": os.pathsep.join(map(str, path)),
            "HOME": str(folder),
            "PYTHONPATH": f"{CHECKOUT / 'python'}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        # Where `pip install --user` puts it, and where load() looks for it.
        (folder / ".local" / "bin").mkdir(parents=True)
        (folder / ".local" / "bin" / "keybaton").symlink_to(PROGRAM)
        self.must("django-admin startproject shop .")
        shutil.copytree(Path(__file__).parent / "shop", folder / "shop", dirs_exist_ok=True)
        settings = (folder / "shop" / "settings.py").read_text()
        kept = "\n".join(line for line in settings.splitlines() if not line.startswith("SECRET_KEY"))
        (folder / "shop" / "settings.py").write_text(f"{kept}\n{BEFORE}")
        self.must("keybaton init --write --no-input")
        self.configure(f"manage = {json.dumps(['python', 'manage.py'])}\n")
        self.must("python manage.py migrate --verbosity=0")
        self.must("python manage.py shell -c 'from shop.people import make; make()'")

    def configure(self, lines: str) -> None:
        """More for the environment."""
        file = self.folder / "keybaton.toml"
        head, rest = file.read_text().split("[environments.dev]\n")
        file.write_text(f"{head}[environments.dev]\n{lines}{rest}")

    def put(self, lines: str) -> None:
        """At the end of the settings."""
        file = self.folder / "shop" / "settings.py"
        file.write_text(f"{file.read_text()}\n{lines}")

    def run(self, line: str) -> tuple[int, str]:
        """The exit code, and what a shell prints on both of its streams."""
        shell = ["sh", "-c", f"exec 2>&1\n{line}"]
        nobody, heard = subprocess.DEVNULL, subprocess.PIPE
        done = subprocess.run(
            shell, cwd=self.folder, env=self.environment, stdin=nobody, stdout=heard, text=True, timeout=300
        )
        return done.returncode, done.stdout

    def must(self, line: str) -> str:
        code, printed = self.run(line)
        assert code == 0, f"$ {line}\n{printed}"
        return printed


# Every use hangs on SECRET_KEY.
BEFORE = """
import keybaton

SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()

INSTALLED_APPS = [*INSTALLED_APPS, "keybaton.django", "shop"]
MIDDLEWARE = ["keybaton.django.FenceMiddleware", *MIDDLEWARE]
ALLOWED_HOSTS = ["127.0.0.1"]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
"""
