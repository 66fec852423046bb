"""The programs that read what is exported. PowerShell is not among them: no registry that the tests use has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import compose
import docker
import github
import others
import supervisor_conf
import unit
import yaml
from dotenv import dotenv_values
from trial import Reader

Read = Callable[[Path, list[str]], list[dict[str, str]]]


def each(read: Callable[[Path], dict[str, str]], name: str = "exported") -> Read:
    """One key after another, as a file."""

    def all_of(folder: Path, texts: list[str]) -> list[dict[str, str]]:
        found = []
        for text in texts:
            (folder / name).write_bytes(text.encode())
            found.append(read(folder / name))
        return found

    return all_of


def shell(name: str, line: str) -> Read:
    return each(lambda file: dumped([name, "-c", line.format(file=file)], file.parent))


def dumped(command: list[str], folder: Path) -> dict[str, str]:
    there = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=folder, env=there, capture_output=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr.decode()
    return dict(line.split("=", 1) for line in done.stdout.decode().split("\0") if line)


def direnv(file: Path) -> dict[str, str]:
    (file.parent / ".envrc").write_bytes(file.read_bytes())
    subprocess.run(["direnv", "allow"], cwd=file.parent, env={**os.environ, "HOME": str(file.parent)}, check=True)
    return dumped(["direnv", "exec", ".", "env", "-0"], file.parent)


def python_dotenv(file: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(file).items() if value is not None}


def honcho(file: Path) -> dict[str, str]:
    return dumped([f"{sys.prefix}/bin/honcho", "-e", str(file), "run", "env", "-0"], file.parent)


def manifest(file: Path) -> dict[str, str]:
    texts: dict[str, str] = yaml.safe_load(file.read_bytes())["stringData"]
    return texts


POSIX = "eval \"$(cat '{file}')\"; exec env -0"
READERS = (
    Reader("json", "Python", each(lambda file: dict(json.loads(file.read_bytes())))),
    Reader("shell", "dash", shell("dash", POSIX)),
    Reader("shell", "bash", shell("bash", POSIX)),
    Reader("shell", "zsh", shell("zsh", POSIX)),
    Reader("shell", "direnv", each(direnv)),
    Reader("fish", "fish", shell("fish", "source '{file}'; exec env -0")),
    Reader("dotenv", "python-dotenv", each(python_dotenv)),
    Reader("dotenv", "environs", each(others.environs)),
    Reader("dotenv", "pydantic-settings", each(others.pydantic)),
    Reader("dotenv", "django-environ", each(others.django_environ), only_easy=True),
    Reader("dotenv", "python-decouple", each(others.decouple), only_easy=True),
    Reader("dotenv", "Node.js", each(others.node), only_easy=True),
    Reader("dotenv", "uv", each(others.uv), only_easy=True),
    Reader("procfile", "honcho", each(honcho)),
    Reader("docker", "docker", docker.read),
    Reader("docker", "kubectl", each(others.kubectl)),
    Reader("compose", "docker-compose", compose.read),
    Reader("systemd", "systemd", unit.read),
    Reader("supervisor", "supervisord", supervisor_conf.read),
    Reader("k8s", "PyYAML", each(manifest)),
    Reader("gha", "the documented rules", each(github.read)),
    Reader("gha-mask", "the documented rules", each(github.masked)),
)
