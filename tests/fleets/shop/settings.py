"""The settings of a project that several instances serve; what the scenes change stands in the environment."""

import os
from pathlib import Path

import keybaton

SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
FOLDER = Path(os.environ["FLEET_FOLDER"])
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", *os.environ["FLEET_MIDDLEWARE"].split()]
ROOT_URLCONF = "shop.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "db.sqlite3",
        "OPTIONS": {"timeout": 30},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": FOLDER / "cache"}}
SESSION_ENGINE = f"django.contrib.sessions.backends.{os.environ['FLEET_ENGINE']}"
SESSION_FILE_PATH = str(FOLDER)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
