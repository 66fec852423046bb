"""The wheel as installers leave it, and its real program.

Runs where KEYBATON_TEST_WHEEL is the path of a wheel that `maturin build` or `pip wheel .` made.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from standin import NEW, OLD, OTHER, SETTINGS

WHEEL = os.environ.get("KEYBATON_TEST_WHEEL", "")
pytestmark = pytest.mark.skipif(not WHEEL, reason="KEYBATON_TEST_WHEEL names no wheel")

# This environment's Python, and the one it was made from, which has a user site.
INNER, OUTER = sys.executable, os.path.realpath(sys.executable)
FOUND = "from keybaton import _program; print(_program.find())"


def run(python: str | Path, *words: str | Path, **held: str) -> str:
    """What Python prints on both streams, without PATH or HOME."""
    done = subprocess.run(
        [python, *words], env=held, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", check=False
    )
    return done.stdout + done.stderr


def install(*where: str | Path, python: str | Path = INNER, **held: str) -> None:
    words = ("-m", "pip", "install", "-q", "--no-index", "--no-deps", "--disable-pip-version-check", *where, WHEEL)
    printed = run(python, *words, PIP_BREAK_SYSTEM_PACKAGES="1", PIP_ROOT_USER_ACTION="ignore", **held)
    assert "ERROR" not in printed, printed


def version() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `pip install --target` installed into."""
    folder = tmp_path_factory.mktemp("target")
    install("--target", folder)
    return folder


def test_in_a_virtual_environment_the_program_is_found(tmp_path: Path) -> None:
    run(OUTER, "-m", "venv", tmp_path)
    install(python=tmp_path / "bin" / "python")
    assert run(tmp_path / "bin" / "python", "-c", FOUND) == f"{tmp_path}/bin/keybaton\n"


def test_after_a_user_install_the_program_is_found(tmp_path: Path) -> None:
    install("--user", python=OUTER, PYTHONUSERBASE=str(tmp_path))
    assert run(OUTER, "-c", FOUND, PYTHONUSERBASE=str(tmp_path)) == f"{tmp_path}/bin/keybaton\n"


def test_after_an_install_into_a_folder_the_program_is_found(target: Path) -> None:
    assert run(INNER, "-c", FOUND, PYTHONPATH=str(target)) == f"{target}/bin/keybaton\n"


def test_after_an_install_under_a_prefix_the_program_is_found(tmp_path: Path) -> None:
    install("--prefix", tmp_path)
    path = next(tmp_path.glob(f"lib*/{version()}/*-packages"))
    assert run(INNER, "-c", FOUND, PYTHONPATH=str(path)) == f"{tmp_path}/bin/keybaton\n"


def test_the_wheel_holds_the_package_with_its_types_and_no_tests(target: Path) -> None:
    for file in ("py.typed", "channels.py", "django/middleware.py", "django/_engines/_db.py"):
        assert (target / "keybaton" / file).is_file()
    assert sorted(entry.name for entry in target.iterdir() if "dist-info" not in entry.name) == [
        "bin",
        "keybaton",
        "share",
    ]


def test_man_finds_the_manual_of_the_program_on_the_path(tmp_path: Path) -> None:
    run(OUTER, "-m", "venv", tmp_path)
    install(python=tmp_path / "bin" / "python")
    page = tmp_path / "share" / "man" / "man1" / "keybaton-rotate.1"
    assert page.read_text().startswith(".TH keybaton-rotate 1")
    if man := shutil.which("man"):
        assert run(man, "--where", "keybaton", "rotate", PATH=f"{tmp_path / 'bin'}:{os.defpath}").splitlines()[
            -1
        ] == str(page)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The settings of a project whose key stands in .env."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".env").write_text(f"SECRET_KEY={NEW}\nSECRET_KEY_FALLBACKS={NEW},{OLD}\nDEBUG=1\n")
    (tmp_path / ".env").chmod(0o600)
    (tmp_path / "keybaton.toml").write_text(
        'default-environment = "dev"\n\n[environments.dev]\nstore = "dotenv:.env"\npropagation = "0s"\n'
    )
    file = tmp_path / "shop" / "settings.py"
    file.parent.mkdir()
    file.write_text(f"{SETTINGS}print(SECRET_KEY, SECRET_KEY_FALLBACKS)\n")
    return file


def test_the_program_gives_the_ring_of_the_store_that_the_project_names(target: Path, shop: Path) -> None:
    printed = run(INNER, "-W", "ignore", shop, PYTHONPATH=str(target))
    assert printed == f"{NEW} ['{NEW}', '{OLD}']\n"


def test_a_whole_handover_reaches_the_settings(target: Path, shop: Path) -> None:
    project = shop.parents[1]
    for name in (".env", "keybaton.toml"):
        (project / name).unlink()
    module = shop.relative_to(project).with_suffix("").as_posix().replace("/", ".")
    (project / "manage.py").write_text(f'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{module}")\n')
    shop.write_text(
        f"{SETTINGS}ring = keybaton.ring()\n"
        "print(ring.phase, [(key.role, key.why) for key in ring.keys], ring.role_of(SECRET_KEY),"
        " [ring.role_of(key) for key in SECRET_KEY_FALLBACKS])\n"
    )
    seen = []
    for words in (["init"], ["stage"], ["promote"], ["retire", "--force", "--reason", "made up"]):
        subprocess.run(
            [target / "bin" / "keybaton", *words, "--no-input"], cwd=project, check=True, capture_output=True
        )
        seen.append(run(INNER, "-W", "error", shop, PYTHONPATH=str(target)))
    assert seen == [
        "settled [('signing', None)] signing ['signing']\n",
        "staged [('next', None), ('signing', None)] signing ['next', 'signing']\n",
        "promoted [('signing', None), ('retiring', 'replaced')] signing ['signing', 'retiring']\n",
        "settled [('signing', None)] signing ['signing']\n",
    ]


def test_django_starts_with_the_middleware_that_init_puts_in(target: Path, tmp_path: Path) -> None:
    pytest.importorskip("django")
    (tmp_path / ".git").mkdir()
    program = target / "bin" / "keybaton"
    subprocess.run([INNER, "-m", "django", "startproject", "shop", tmp_path], check=True)
    subprocess.run([program, "init", "--write", "--no-input"], cwd=tmp_path, check=True, capture_output=True)
    held = {"PYTHONPATH": f"{target}:{tmp_path}", "DJANGO_SETTINGS_MODULE": "shop.settings"}
    assert run(INNER, tmp_path / "manage.py", "check", **held) == "System check identified no issues (0 silenced).\n"
    assert run(INNER, "-W", "error", "-c", ASK, **held) == "200 AnonymousUser ['keybaton.django']\n"


# One request, and whose AuthenticationMiddleware it has met.
ASK = """
import django
django.setup()
from django.conf import settings
from django.test import Client
answer = Client(SERVER_NAME="localhost").get("/admin/login/")
whose = [name.rpartition(".")[0] for name in settings.MIDDLEWARE if name.endswith(".AuthenticationMiddleware")]
print(answer.status_code, answer.wsgi_request.user, whose)
"""


def test_a_key_that_hides_the_projects_own_is_warned_about(target: Path, shop: Path) -> None:
    printed = run(INNER, shop, PYTHONPATH=str(target), SECRET_KEY=OTHER)
    assert f"{OTHER} []\n" in printed
    assert "KeybatonWarning: SECRET_KEY in the environment is used, and it is not in the ring" in printed
    assert NEW not in printed


def test_a_key_that_is_the_projects_own_is_not(target: Path, shop: Path) -> None:
    assert run(INNER, shop, PYTHONPATH=str(target), SECRET_KEY=NEW) == f"{NEW} []\n"


def test_without_a_key_in_the_store_the_program_says_what_to_do(target: Path, shop: Path) -> None:
    (shop.parents[1] / ".env").write_text("DEBUG=1\n")
    printed = run(INNER, shop, PYTHONPATH=str(target))
    assert "there is no SECRET_KEY: KEYBATON_DIR is not set, SECRET_KEY is not in the environment, and " in printed
    assert f" and {target}/bin/keybaton says: " in printed
    assert "\nhint: " in printed
    assert printed.count("Traceback") == 1
