"""The programs that read what is exported. PowerShell is not among them: no registry that the tests use has it."""

from __future__ import annotations

import json
import os
import subprocess
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
from others import dumped
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


def direnv(file: Path) -> dict[str, str]:
    (file.parent / ".envrc").write_bytes(file.read_bytes())
    subprocess.run(["direnv", "allow"], cwd=file.parent, env={**os.environ, "HOME": str(file.parent)}, check=True)
    return dumped(["direnv", "exec", ".", "env", "-0"], file.parent)


def python_dotenv(file: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(file).items() if value is not None}


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
    Reader("dotenv", "npm's dotenv", each(others.npm_dotenv), only_easy=True),
    Reader("dotenv", "npm's dotenv-expand", each(others.npm_dotenv_expand), only_easy=True),
    Reader("dotenv", "dotenvx", each(others.dotenvx), only_easy=True),
    Reader("dotenv", "varlock", each(others.varlock), only_easy=True),
    Reader("dotenv", "mise", each(others.mise), only_easy=True),
    Reader("dotenv", "just", each(others.just), only_easy=True),
    Reader("dotenv", "Task", each(others.task), only_easy=True),
    Reader("dotenv", "Ruby's dotenv", each(others.ruby_dotenv), only_easy=True),
    Reader("procfile", "foreman", each(others.foreman)),
    Reader("procfile", "honcho", each(others.honcho)),
    Reader("docker", "docker", docker.read),
    Reader("docker", "kubectl", each(others.kubectl)),
    Reader("compose", "docker-compose", compose.read),
    Reader("systemd", "systemd", unit.read),
    Reader("supervisor", "supervisord", supervisor_conf.read),
    Reader("k8s", "PyYAML", each(manifest)),
    Reader("gha", "the documented rules", each(github.read)),
    Reader("gha-mask", "the documented rules", each(github.masked)),
)
