"""A project leaves in the middle of a handover: Django alone goes on. docs/django.md walks the same way."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from project import PACKAGES, Project
from rings import A, B, record

from test_processes import databases

PAGE = PACKAGES.parent / "docs" / "django.md"
STAGED = {"SECRET_KEY": A, "SECRET_KEY_FALLBACKS": f"{B},{A}", "SECRET_KEY_RING": record(6, A, [B, A])}
PROMOTED = {"SECRET_KEY": B, "SECRET_KEY_FALLBACKS": f"{B},{A}", "SECRET_KEY_RING": record(7, B, [B, A])}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with databases():
        project = Project(tmp_path)
        (tmp_path / "shop").mkdir()
        (tmp_path / "shop/__init__.py").write_text("")
        (tmp_path / "visit.py").write_text(VISIT)
        (tmp_path / "urls.py").write_text(URLS)
        project.manage("migrate", "--verbosity=0")
        yield project


def test_users_stay_and_nothing_is_left_behind(project: Project) -> None:
    assert visits(project, "ann", "bob", sign_in=True) == {"ann": "ann", "bob": "bob"}
    for step in (STAGED, PROMOTED):
        project.environment |= step
        assert visits(project, "ann") == {"ann": "ann"}
    assert visits(project, "eve", sign_in=True) == {"eve": "eve"}
    walk(project)
    # Ann was brought up to the new key by the app; Eve signed in with it; Bob is kept by Django's own fallbacks.
    assert visits(project, "ann", "bob", "eve") == {"ann": "ann", "bob": "bob", "eve": "eve"}
    for words in (["check"], ["migrate", "--check"], ["makemigrations", "--check"]):
        project.manage(*words)
    assert "keybaton" not in project.manage("showmigrations") + project.manage("dumpdata", "contenttypes")


def test_the_package_can_go_too(project: Project) -> None:
    assert visits(project, "ann", sign_in=True) == {"ann": "ann"}
    project.environment |= PROMOTED
    walk(project)
    without = (
        (project.folder / "settings.py").read_text().replace("keybaton.load()", PLAIN).replace("import keybaton\n", "")
    )
    (project.folder / "settings.py").write_text(without)
    project.environment["PYTHONPATH"] = project.environment["PYTHONPATH"].removeprefix(str(PACKAGES))
    assert project.run("-c", "import keybaton").returncode != 0
    assert visits(project, "ann") == {"ann": "ann"}


def walk(project: Project) -> None:
    """What the page says: the commands while the app is there, then the lines of the settings, then the rest."""
    section = PAGE.read_text().partition("## Leaving")[2].partition("\n## ")[0]
    before, after = re.findall(r"^    python (manage\.py .*)$", section, re.MULTILINE)
    project.manage(*before.split()[1:], "--verbosity=0")
    settings = (project.folder / "settings.py").read_text()
    for ours, theirs in re.findall(r"^\| `(.*)` \| (.*) \|$", section, re.MULTILINE):
        assert f'"{ours}",' in settings
        settings = settings.replace(f'"{ours}",', "" if theirs == "nothing" else f'"{theirs[1:-1]}",')
    (project.folder / "settings.py").write_text(settings)
    assert "keybaton.django" not in settings
    project.manage(*after.split()[1:])


def visits(project: Project, *names: str, sign_in: bool = False) -> object:
    """Whom a page greets that is opened with each one's cookies."""
    done = project.run("visit.py", *(["--sign-in"] if sign_in else []), *names)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


PLAIN = """os.environ["SECRET_KEY"], [
    key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key.strip()
]"""

URLS = """\
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import path


def sign_in(request):
    login(request, User.objects.get_or_create(username=request.GET["name"])[0])
    return HttpResponse()


urlpatterns = [
    path("sign-in/", sign_in), path("me/", lambda request: HttpResponse(request.user.get_username())),
]
"""

VISIT = """\
import json
import pickle
import sys
from pathlib import Path

import django

django.setup()

from django.test import Client

names = [name for name in sys.argv[1:] if name != "--sign-in"]
greeted = {}
for name in names:
    browser, jar = Client(), Path(name + ".cookies")
    if "--sign-in" in sys.argv:
        browser.get("/sign-in/?name=" + name)
    else:
        browser.cookies = pickle.loads(jar.read_bytes())
    greeted[name] = browser.get("/me/").content.decode()
    jar.write_bytes(pickle.dumps(browser.cookies))
print(json.dumps(greeted))
"""
