"""A project as `startproject` makes it, with load() in its settings, under the Django that is installed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from standin import HANDOVER, NEW, OLD, SETTINGS, Program, answer, folder_of, installed, texts
from test_texts import BLANK

pytest.importorskip("django")

# Makes one of everything that SECRET_KEY signs, and says which of those given on stdin it accepts.
SIGN_AND_READ = """
import json, logging, sys, django
django.setup()
logging.disable()
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator as reset
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing

user = User(pk=1, username="ann", password="!made-up")
cookie = signing.get_cookie_signer(salt="s")
made = {
    "link": signing.dumps("it"),
    "cookie": cookie.sign("it"),
    "session": SessionStore().encode({"it": 1}),
    "login": user.get_session_auth_hash(),
    "reset": reset.make_token(user),
    "forged": signing.get_cookie_signer.__globals__["TimestampSigner"](key=b"django.http.cookies", salt="s").sign("it"),
}

def accepts(read, value):
    try:
        return bool(read(value))
    except signing.BadSignature:
        return False

readers = {
    "link": signing.loads,
    "cookie": lambda value: signing.get_cookie_signer(salt="s").unsign(value),
    "session": SessionStore().decode,
    "login": lambda value: value in [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()],
    "reset": lambda value: reset.check_token(user, value),
    "forged": lambda value: signing.get_cookie_signer(salt="s").unsign(value),
}
given = json.load(sys.stdin)
accepted = [sorted(kind for kind, value in one.items() if accepts(readers[kind], value)) for one in given]
print(json.dumps({"made": made, "accepted": accepted}))
"""
SIGNED = ["cookie", "link", "login", "reset", "session"]


class Project:
    """A Django project, and the package with a stand-in program, as `pip install --target` leaves them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program: Program = installed(folder / "site")
        self.settings = folder / "shop" / "settings.py"
        subprocess.run([sys.executable, "-m", "django", "startproject", "shop", folder], check=True)
        lines = self.settings.read_text().splitlines(keepends=True)
        self.settings.write_text("".join(SETTINGS if line.startswith("SECRET_KEY") else line for line in lines))

    def environment(self, held: dict[str, str]) -> dict[str, str]:
        """No PATH, no HOME: as a service has it."""
        return {
            "PYTHONPATH": f"{self.folder / 'site'}:{self.folder}",
            "DJANGO_SETTINGS_MODULE": "shop.settings",
            **held,
        }

    def python(self, *words: str | Path, given: str = "", **held: str) -> "subprocess.CompletedProcess[str]":
        """Runs Python on the project from a folder that is not the project's, without a terminal."""
        return subprocess.run(
            [sys.executable, *words],
            input=given,
            capture_output=True,
            text=True,
            env=self.environment(held),
            cwd="/",
            start_new_session=True,
            check=False,
        )

    def manage(self, *words: str, **held: str) -> "subprocess.CompletedProcess[str]":
        return self.python(self.folder / "manage.py", *words, **held)

    def signs_and_reads(self, given: list[dict[str, str]], **held: str) -> tuple[dict[str, str], list[list[str]]]:
        """What the project signs, and what it accepts of each of `given`."""
        done = self.python("-c", SIGN_AND_READ, given=json.dumps(given), **held)
        assert done.stderr == ""
        said = json.loads(done.stdout)
        return said["made"], said["accepted"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def signed(shop: Project) -> dict[str, dict[str, str]]:
    """What the project signs with the old key, and with the new one."""
    return {state: shop.signs_and_reads([], **texts(*HANDOVER[state]))[0] for state in ("settled", "promoted")}


Given = Callable[[Project, dict[str, str]], dict[str, str]]


def by_environment(shop: Project, held: dict[str, str]) -> dict[str, str]:
    return held


def by_folder(shop: Project, held: dict[str, str]) -> dict[str, str]:
    return {"KEYBATON_DIR": str(folder_of(shop.folder / "ring", held))}


def by_program(shop: Project, held: dict[str, str]) -> dict[str, str]:
    shop.program.does(answer(held))
    return {}


@pytest.mark.parametrize("given", [by_environment, by_folder, by_program])
def test_the_checks_for_deployment_have_nothing_against_the_key(given: Given, shop: Project) -> None:
    done = shop.manage("check", "--deploy", **given(shop, texts(NEW, f"{NEW},{OLD}")))
    assert "System check identified" in done.stderr
    assert "security.W009" not in done.stderr
    assert "security.W025" not in done.stderr


def test_what_one_state_of_the_ring_signs_the_next_one_reads(shop: Project, signed: dict[str, dict[str, str]]) -> None:
    made = [signed["settled"], signed["promoted"]]
    accepted = {state: shop.signs_and_reads(made, **texts(*held))[1] for state, held in HANDOVER.items()}
    assert accepted == {
        "settled": [SIGNED, []],
        "staged": [SIGNED, SIGNED],
        "promoted": [SIGNED, SIGNED],
        "retired": [[], SIGNED],
    }


def test_an_empty_fallback_lets_anybody_sign_where_settings_split_it(
    shop: Project, signed: dict[str, dict[str, str]]
) -> None:
    plain = "\nimport os\nSECRET_KEY_FALLBACKS = os.environ.get('SECRET_KEY_FALLBACKS', '').split(',')\n"
    (shop.folder / "shop" / "plain.py").write_text(f"from .settings import *{plain}")
    _, [accepted] = shop.signs_and_reads([signed["promoted"]], DJANGO_SETTINGS_MODULE="shop.plain", **texts(NEW, ""))
    assert "forged" in accepted


def test_an_empty_fallback_lets_nobody_sign_with_load(shop: Project, signed: dict[str, dict[str, str]]) -> None:
    (shop.folder / "shop" / "traps.py").write_text(
        "import os\nfrom .settings import *\nTRAPS = []\n"
        f"for os.environ['SECRET_KEY_FALLBACKS'] in {BLANK!r}:\n"
        "    TRAPS += keybaton.load()[1]\n"
        "SECRET_KEY_FALLBACKS = TRAPS\n"
    )
    _, [accepted] = shop.signs_and_reads([signed["promoted"]], DJANGO_SETTINGS_MODULE="shop.traps", **texts(NEW, ""))
    assert accepted == SIGNED


def test_without_a_key_there_is_one_clear_error(shop: Project) -> None:
    shop.program.does("echo 'error: no keybaton.toml found' >&2; echo 'hint: run keybaton init' >&2; exit 3")
    done = shop.manage("check")
    assert done.returncode == 1
    assert done.stderr.endswith(
        "django.core.exceptions.ImproperlyConfigured: there is no SECRET_KEY: KEYBATON_DIR is not set,"
        f" SECRET_KEY is not in the environment, and {shop.program.path} says: no keybaton.toml found\n"
        "hint: run keybaton init\n"
    )
    assert done.stderr.count("Traceback") == 1


def test_a_throw_away_key_is_enough_for_commands_that_sign_nothing(shop: Project) -> None:
    done = shop.manage("makemigrations", "--check", KEYBATON_THROWAWAY="1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "No changes detected\n", "")


def test_the_development_server_reloads_by_itself(shop: Project) -> None:
    shop.program.does(answer(texts(NEW, NEW)))
    before, port = len(shop.program.calls), free_port()
    with subprocess.Popen(
        [sys.executable, shop.folder / "manage.py", "runserver", f"127.0.0.1:{port}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=shop.environment({}),
        cwd="/",
        start_new_session=True,
    ) as server:
        try:
            wait_for(lambda: answers(port))
            loaded = len(shop.program.calls) - before
            wait_for(lambda: edited(shop.settings) and len(shop.program.calls) - before > loaded)
            wait_for(lambda: answers(port))
        finally:
            os.killpg(server.pid, signal.SIGKILL)
    assert loaded == 2  # the parent that watches, and the server


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def edited(file: Path) -> bool:
    """Saves a file again: the first time may come before the server begins to watch."""
    file.touch()
    return True


def wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < until, "waited for a minute"
        time.sleep(0.05)
