"""The settings of a project that several instances serve; what the scenes change stands in the environment."""

import json
import os
from pathlib import Path
from typing import Any

import keybaton

SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
FLEET: dict[str, Any] = json.loads(os.environ["FLEET"])
FOLDER = Path(FLEET["folder"])
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    *(["keybaton.django"] if FLEET["has_app"] else []),
]
MIDDLEWARE = FLEET["middleware"]
KEYBATON = {"FENCE": FLEET["fence"], "EXEMPT": ["/live/", "/ready/"]}
ROOT_URLCONF = "shop.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES: dict[str, Any] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "db.sqlite3",
        "OPTIONS": {"timeout": 30},
    }
}
CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": FOLDER / "cache"}
}
if FLEET["postgres"]:
    DATABASES["default"] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": FLEET["name"],
        "HOST": FLEET["postgres"]["PGHOST"],
        "USER": FLEET["postgres"]["PGUSER"],
    }
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"unix://{FLEET['redis']}",
        "KEY_PREFIX": FLEET["name"],
    }
SESSION_ENGINE = f"django.contrib.sessions.backends.{FLEET['engine']}"
SESSION_FILE_PATH = str(FOLDER)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
