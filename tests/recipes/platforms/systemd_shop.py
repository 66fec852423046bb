"""The project on that machine: users who log in, and processes that report."""

from __future__ import annotations

SETTINGS = """\
import keybaton

SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "keybaton.django"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "keybaton.django.AuthenticationMiddleware"]
NAME = "/var/lib/shop/db.sqlite3"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": NAME, "OPTIONS": {"timeout": 30}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""
URLS = """\
import time

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.core import signing
from django.http import HttpResponse
from django.urls import path


def home(request):
    signing.dumps("as Django signs")
    return HttpResponse(f"signs, and accepts {len(settings.SECRET_KEY_FALLBACKS)}\\n")


def slow(request):
    time.sleep(0.3)
    return home(request)


def log_in(request):
    user, _ = get_user_model().objects.get_or_create(username="ada")
    login(request, user)
    return home(request)


def who(request):
    return home(request) if request.user.is_authenticated else HttpResponse("nobody")


urlpatterns = [path("", home), path("slow", slow), path("login", log_in), path("who", who)]
"""
ASGI = """\
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
site = get_asgi_application()

# The apps are loaded by now.
from keybaton.django import with_lifespan

application = with_lifespan(site)
"""
FILES = {"shop/settings.py": SETTINGS, "shop/urls.py": URLS, "shop/asgi.py": ASGI}
