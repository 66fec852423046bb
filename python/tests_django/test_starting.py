"""Processes of a real project that start with rings besides SECRET_KEY."""

import json
from pathlib import Path

import pytest
from project import Project
from rings import A, B

LINES = """
COOKIE_SIGNING_KEY, COOKIE_SIGNING_KEY_FALLBACKS = keybaton.load("COOKIE_SIGNING_KEY")
JWT_SIGNING_KEY, JWT_SIGNING_KEY_FALLBACKS = keybaton.load("JWT_SIGNING_KEY")
SIGNING_BACKEND = "keybaton.django.signing.CookieSigner"
"""
TOKENS = 'INSTALLED_APPS += ["rest_framework_simplejwt", "keybaton.simplejwt"]\n'
RINGS = {
    **dict.fromkeys(("COOKIE_SIGNING_KEY", "JWT_SIGNING_KEY"), B),
    **{f"{name}_FALLBACKS": f"{B},{A}" for name in ("COOKIE_SIGNING_KEY", "JWT_SIGNING_KEY")},
}
SIGN = """
import json
from django.conf import settings
from django.core import signing
from keybaton.django import _tokens
from rest_framework_simplejwt.state import token_backend

cookie = signing.get_cookie_signer().sign("it")
token = token_backend.encode({"it": 1})
settings.SECRET_KEY = "another, made up"
assert signing.get_cookie_signer().unsign(cookie) == "it" and token_backend.decode(token) == {"it": 1}
print(json.dumps(token_backend.signing_key))
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    (tmp_path / "shop.py").touch()
    file = tmp_path / "settings.py"
    file.write_text(file.read_text() + LINES)
    return project


def test_what_the_settings_name_signs_from_the_start(project: Project) -> None:
    pytest.importorskip("rest_framework_simplejwt")
    file = project.folder / "settings.py"
    file.write_text(file.read_text() + TOKENS)
    project.environment |= RINGS
    assert json.loads(project.manage("shell", "-v0", "-c", SIGN)) == B
    project.manage("check")


def test_a_ring_that_is_nowhere_stops_a_process_when_it_starts(project: Project) -> None:
    done = project.run("manage.py", "check")
    assert done.returncode == 1
    assert "there is no COOKIE_SIGNING_KEY: KEYBATON_DIR is not set" in done.stderr


def test_a_ring_that_the_settings_lack_is_found_before_anything_is_signed(project: Project) -> None:
    project.environment |= RINGS
    file = project.folder / "settings.py"
    file.write_text(file.read_text() + "del COOKIE_SIGNING_KEY_FALLBACKS\n")
    done = project.run("manage.py", "check")
    assert done.returncode == 1
    assert "(keybaton.E002) SIGNING_BACKEND asks for a ring, and the settings have no list" in done.stderr
    line = 'COOKIE_SIGNING_KEY, COOKIE_SIGNING_KEY_FALLBACKS = keybaton.load("COOKIE_SIGNING_KEY")'
    assert f"HINT: Put this into the settings: {line}. See " in done.stderr
