"""The Django project and the service that a page of a store on one machine is about, on a machine of their own."""

from __future__ import annotations

from pathlib import Path

from cache import CHECKOUT
from toolbox import environment

from machine import Machine
from stage import Stage

FOLDER = "/srv/shop"
# Of the machine.
PYTHON = "python3.11"


def on_a_machine(stage: Stage, program: Path, project: Path) -> Machine:
    """A machine that has the project, the program, the package, Django and a server for it."""
    for name, text in {**PROJECT, "shop.service": UNIT}.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    venv = environment("demo", CHECKOUT / "demo" / "requirements.txt")
    [packages] = venv.glob("lib/python*/site-packages")
    shared = {
        program: "/usr/local/bin/keybaton",
        packages: f"/usr/local/lib/{PYTHON}/dist-packages",
        CHECKOUT / "python" / "keybaton": "/usr/lib/python3/dist-packages/keybaton",
    }
    machine = Machine(stage, shared, {project: FOLDER})
    machine.run("mv shop.service /etc/systemd/system/", FOLDER)
    return machine


SETTINGS = """\
import keybaton

SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
"""
URLS = """\
from django.conf import settings
from django.core.signing import dumps, loads
from django.http import HttpResponse
from django.urls import path


def hello(request):
    assert loads(dumps("signed")) == "signed"
    return HttpResponse(f"signs, and accepts {len(settings.SECRET_KEY_FALLBACKS)}\\n")


urlpatterns = [path("", hello)]
"""
WSGI = """\
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_wsgi_application()
"""
PROJECT = {"shop/settings.py": SETTINGS, "shop/urls.py": URLS, "shop/wsgi.py": WSGI}
UNIT = """\
[Service]
Type=notify
DynamicUser=yes
WorkingDirectory=/srv/shop
Environment=KEYBATON_DIR=%d
LoadCredentialEncrypted=SECRET_KEY
LoadCredentialEncrypted=SECRET_KEY_FALLBACKS
LoadCredentialEncrypted=SECRET_KEY_RING
ExecStart=python3 -m gunicorn --bind 127.0.0.1:8000 shop.wsgi
"""
