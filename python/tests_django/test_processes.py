"""The app in processes of its own."""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree

import pytest
from project import PACKAGES, Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with databases():
        (tmp_path / "shop").mkdir()
        (tmp_path / "shop/__init__.py").write_text("")
        (tmp_path / "shop/tests.py").write_text(SUITE)
        yield Project(tmp_path)


@contextlib.contextmanager
def databases() -> Iterator[None]:
    """One for the project, where it is in PostgreSQL."""
    if "PGHOST" not in os.environ:
        yield
        return
    subprocess.run(["createdb", "project"], check=True)  # noqa: S607
    yield
    subprocess.run(["dropdb", "project"], check=True)  # noqa: S607, it fails where a connection was left open


def test_a_process_reports_while_it_lives_and_no_longer(project: Project) -> None:
    project.manage("migrate", "--verbosity=0")
    for how, left in (("stops", 0), ("killed", 1)):
        with subprocess.Popen(
            [sys.executable, "server.py"],
            cwd=project.folder,
            env=project.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            assert server.stdin
            assert server.stdout
            assert server.stdout.readline() == "ok\n"
            (beat,) = project.observed()["beats"]
            assert (beat["role"], beat["revision"]) == ("web", 5)
            server.communicate(how, timeout=60)
        assert len(project.observed()["beats"]) == left


def test_a_command_with_an_option_named_command_runs(project: Project) -> None:
    assert project.manage("shell", "--command", "print('it runs')").endswith("it runs\n")


def test_observe_prints_one_line_and_an_error_is_one_sentence(project: Project) -> None:
    assert project.observed()["missing"]
    assert project.manage("keybaton", "observe").count("\n") == 1
    for words in (["floor", "raise", "ab", "1"], ["observe", "--all"]):
        done = project.run("manage.py", "keybaton", *words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


@pytest.mark.skipif("PGHOST" in os.environ, reason="a file that cannot be made is SQLite's")
def test_a_database_that_is_away_is_one_sentence_too(project: Project) -> None:
    done = project.run("manage.py", "keybaton", "observe", NAME="missing/db.sqlite3")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_other_words_run_the_program_which_knows_how_to_ask_back(project: Project) -> None:
    folder = project.folder / "installed"
    copytree(PACKAGES / "keybaton", folder / "keybaton")
    (folder / "bin").mkdir()
    program = folder / "bin/keybaton"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$KEYBATON_MANAGE" "$@"\nexit 3\n')
    program.chmod(0o755)
    path = os.pathsep.join([str(folder), project.environment["PYTHONPATH"]])
    said = ["--settings=settings", "run", "-e", "dev", "--pythonpath", ".", "--", "it", "--settings", "x"]
    done = project.run("manage.py", "keybaton", *said, PYTHONPATH=path)
    asked, *words = done.stdout.splitlines()
    assert (done.returncode, words) == (3, ["run", "-e", "dev", "--", "it", "--settings", "x"])
    again = subprocess.run(
        [*json.loads(asked), "keybaton", "observe"], cwd=project.folder, env=project.environment, capture_output=True
    )
    assert json.loads(again.stdout)["missing"]


def test_a_throw_away_key_builds_and_tests_and_serves_nobody(project: Project) -> None:
    without = {name: text for name, text in project.environment.items() if not name.startswith("SECRET_KEY")}
    project.environment = {**without, "KEYBATON_THROWAWAY": "1"}
    for words in (["migrate", "--verbosity=0"], ["check"], ["test"]):
        project.manage(*words)
    refused = project.run("server.py")
    assert refused.stdout == ""
    assert "ImproperlyConfigured: the key of this process is a throw-away one" in refused.stderr
    assert "hint: unset KEYBATON_THROWAWAY" in refused.stderr
    assert project.run("server.py", KEYBATON_FENCE="off").stdout == "ok\n"


@pytest.mark.parametrize("more", [[], ["--parallel=2"]])
def test_the_suite_of_a_project_passes_unchanged_with_the_app(project: Project, more: list[str]) -> None:
    project.manage("migrate", "--verbosity=0")
    done = project.run("-W", "error::ResourceWarning", "manage.py", "test", *more)
    assert done.returncode == 0, done.stderr
    assert "Ran 5 tests" in done.stderr
    assert not project.observed()["beats"]


@pytest.mark.skipif(not find_spec("pytest_django"), reason="it is installed beside PostgreSQL alone")
def test_so_it_does_with_pytest_in_parallel(project: Project) -> None:
    project.manage("migrate", "--verbosity=0")
    words = ["-p", "no:cacheprovider", "--ds=settings", "--numprocesses=2", "shop/tests.py"]
    done = project.run("-W", "error::ResourceWarning", "-m", "pytest", *words)
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
    assert not project.observed()["beats"]


@pytest.mark.skipif("PGHOST" not in os.environ, reason="SQLite has no users")
def test_each_user_of_the_database_can_do_what_its_grants_are_for(project: Project) -> None:
    project.manage("migrate", "--verbosity=0")
    page = (PACKAGES.parent / "docs/django.md").read_text()
    (grants,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    roles = ("instance", "observer", "rotator")
    psql("".join(f"CREATE ROLE {role} LOGIN;" for role in roles) + grants)
    try:
        for role in roles:
            served = project.run("server.py", PGUSER=role)
            assert served.stdout == "ok\n"
            assert served.stderr.count("cannot report its keys") == (role != "instance"), served.stderr
            assert project.run("manage.py", "keybaton", "observe", PGUSER=role).returncode == 0
            for words, allowed in ALLOWED.items():
                done = project.run("manage.py", "keybaton", *words.split(), PGUSER=role)
                assert (done.returncode == 0) == (role in allowed), done.stderr
    finally:
        psql("".join(f"DROP OWNED BY {role}; DROP ROLE {role};" for role in roles))


# What besides observing; the site's processes themselves are not asked, and read all sessions anyway.
ALLOWED = {"floor raise ab 1": ("rotator",), "floor reset ab": ("rotator",), "describe": ("rotator",)}


def psql(words: str) -> None:
    subprocess.run(["psql", "-qd", "project", "-v", "ON_ERROR_STOP=1", "-c", words], check=True)  # noqa: S607


SUITE = """\
from django.contrib.auth.models import User
from django.test import LiveServerTestCase, SimpleTestCase, TestCase, TransactionTestCase
from urllib.request import urlopen

from keybaton.django.models import Beat


class Pages(SimpleTestCase):
    def test_a_page_without_a_database(self):
        self.assertEqual(self.client.get("/").status_code, 200)


class Queries(TestCase):
    def test_a_page_makes_no_query(self):
        with self.assertNumQueries(0):
            self.client.get("/")
        self.assertFalse(Beat.objects.exists())

    def test_a_user_is_found(self):
        self.client.force_login(User.objects.create_user("ann"))
        with self.assertNumQueries(0):
            self.client.get("/")


class Transactions(TransactionTestCase):
    def test_a_page(self):
        self.client.get("/")
        self.assertFalse(Beat.objects.exists())


class Live(LiveServerTestCase):
    def test_a_page(self):
        with urlopen(self.live_server_url) as answer:
            self.assertEqual(answer.status, 200)
"""


def test_a_project_without_users_can_have_the_app(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_USERS],
        cwd=tmp_path,
        env={"PYTHONPATH": str(PACKAGES)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


WITHOUT_USERS = """
import django
from django.conf import settings
from django.core.management import call_command

sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(
    SECRET_KEY="made up, made up, made up, made up, made up, made up",
    INSTALLED_APPS=["keybaton.django"],
    MIDDLEWARE=["keybaton.django.FenceMiddleware"],
    DATABASES={"default": sqlite},
)
django.setup()
call_command("check", "--deploy", "--tag", "security", "--fail-level", "CRITICAL")
call_command("check")
"""


def test_asgi_py_imports_what_it_needs_before_django_is_set_up(project: Project) -> None:
    asgi = """
from django.core.asgi import get_asgi_application
from keybaton.django import with_lifespan

application = with_lifespan(get_asgi_application())
"""
    done = project.run("-c", asgi)
    assert (done.returncode, done.stderr) == (0, "")
