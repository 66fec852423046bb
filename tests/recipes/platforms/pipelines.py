"""What the trials of both forges share: projects in every store, and a Python in which a job installs packages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ground import CHECKOUT, PROGRAM, Ground

# A job gets to these.
FAR = {
    "aws": "awssm://shop/django?region=eu-west-1",
    "parameters": "awsps:///shop/django",
    "google": "gcsm://my-project/shop-django",
    "azure": "akv://shop-vault/django",
    "vault": "vault://secret/shop/django",
    "cluster": "k8s://shop/django",
    "heroku": "heroku://shop-production",
    "gitlab": "gitlab://acme/shop?scope=production",
}
# And to no machine of their own.
NEAR = {"dotenv": "dotenv:.env", "dir": "dir:/run/secrets/shop", "systemd": "systemd:/etc/credstore.encrypted"}

FILES = {
    "requirements.txt": "django\nkeybaton\n",
    "shop/tests.py": """\
import os

from django.conf import settings
from django.test import SimpleTestCase


class Keys(SimpleTestCase):
    def test_the_key_is_that_of_the_job(self):
        assert settings.SECRET_KEY == os.environ["SECRET_KEY"] and len(settings.SECRET_KEY) == 64

    def test_the_site_signs_with_it(self):
        assert self.client.get("/").content == b"signs, and accepts 1\\n"
""",
}


def project(ground: Ground, name: str, store: str, more: str = "") -> Path:
    """A project whose production ring lives there."""
    folder = ground.project(name, FILES)
    with (folder / "keybaton.toml").open("a") as configuration:
        configuration.write(f'\n[environments.production]\nstore = "{store}"\npropagation = "15m"\n{more}')
    return folder


def job_environment(ground: Ground, name: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of a machine of the forge: its Python has Django, its pip finds keybaton's wheel and no more."""
    venv = ground.folder / f"python-{name}"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    [packages] = venv.glob("lib/python*/site-packages")
    [ours] = Path(sys.executable).parent.parent.glob("lib/python*/site-packages")
    (packages / "ours.pth").write_text(f"{ours}\n")
    path = os.pathsep.join([str(venv / "bin"), os.environ["PATH"]])
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheel().parent), "PIP_ROOT_USER_ACTION": "ignore"}
    home = {"PATH": path, "HOME": str(ground.folder), "LANG": "C.UTF-8", "CI": "true"}
    return {**home, **pip, **(more or {})}


def wheel() -> Path:
    made = [sys.executable, str(CHECKOUT / "tools" / "wheel.py")]
    return Path(subprocess.run(made, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())


def key_of(folder: Path) -> str:
    """That of development, which stands in .env."""
    [line] = [line for line in (folder / ".env").read_text().splitlines() if line.startswith("SECRET_KEY=")]
    return line.partition("=")[2].strip("\"'")


def complaints(program: str, *words: str | Path, given: str = "") -> Iterator[str]:
    """What a program of our own Python says that finds something in what it reads."""
    command = [str(Path(sys.executable).parent / program), *map(str, words)]
    done = subprocess.run(command, input=given, stdout=-1, stderr=-2, text=True)
    if done.returncode:
        yield f"{program} says\n{given}\n{done.stdout}"


def beside(target: str, server: str, folder: Path) -> Iterator[str]:
    """What `BESIDE` has for the target, in a process whose environment is that of a server."""
    inner = [sys.executable, str(Path(__file__).parents[1]), target, "--beside", server, str(folder)]
    command = [sys.executable, str(CHECKOUT / "servers"), server, "--", *inner]
    done = subprocess.run(command, stdout=-1, stderr=-2, text=True)
    if done.returncode:
        yield f"beside {server}:\n{done.stdout}"


def keybaton(folder: Path, *words: str) -> str:
    """What it prints there, with the variables of this process."""
    done = subprocess.run([PROGRAM, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=-1, stderr=-2, text=True)
    return done.stdout


def aws_variables() -> dict[str, str]:
    """What a sign-in leaves in the environment, and where the stand-in is."""
    return {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "SSL_CERT"))}
