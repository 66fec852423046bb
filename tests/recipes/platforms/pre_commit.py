"""The real pre-commit, with the hooks of this repository: a commit with a key is refused, one without is made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cache import cache_folder
from ground import CHECKOUT, PROGRAM, Ground

from platforms.pipelines import wheel

PROGRAMS = Path(sys.executable).parent


def trials(ground: Ground) -> Iterator[str]:
    hooks = repository_of_the_hooks(ground)
    for name, configuration in {
        "built": f"repos: [{{repo: {hooks}, rev: v0.1.0, hooks: [{{id: keybaton-check}}]}}]\n",
        "found": f"repos: [{{repo: {hooks}, rev: v0.1.0, hooks: [{{id: keybaton-check-system}}]}}]\n",
        "installed": of_the_page(),
    }.items():
        yield from (f"{name}: {failure}" for failure in refuses_a_key(ground, name, configuration))


def repository_of_the_hooks(ground: Ground) -> Path:
    """This checkout as a release would have it, with what is not committed yet."""
    hooks = ground.folder / "hooks"
    listed = git(CHECKOUT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in listed:
        if (CHECKOUT / name).is_file():
            (hooks / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, hooks / name)
    git(hooks, "init", "--quiet")
    git(hooks, "add", "--all")
    git(hooks, "commit", "--quiet", "--message", "A release")
    git(hooks, "tag", "v0.1.0")
    return hooks


def of_the_page() -> str:
    """The first block of docs/pre-commit.md."""
    page = (CHECKOUT / "docs" / "pre-commit.md").read_text("utf-8")
    return page.split("```yaml\n")[1].split("```")[0]


def refuses_a_key(ground: Ground, name: str, configuration: str) -> Iterator[str]:
    folder = ground.project(name)
    (folder / ".pre-commit-config.yaml").write_text(configuration)
    pre_commit = [str(PROGRAMS / "pre-commit"), "install", "--install-hooks"]
    installed = subprocess.run(pre_commit, cwd=folder, env=environment(ground), stdout=-1, stderr=-2, text=True)
    if installed.returncode:
        yield f"pre-commit does not install it:\n{installed.stdout}"
    code, said = commit(ground, folder)
    if code or "keybaton check" not in said:
        yield f"a project without a finding is not committed:\n{said}"
    (folder / "shop/production.py").write_text('SECRET_KEY = "made-up-key-of-a-settings-file"\n')
    code, said = commit(ground, folder)
    if not code or "shop/production.py:1:14: error: the key stands in the source" not in said:
        yield f"a key is committed:\n{said}"
    if "production.py" in git(folder, "log", "--name-only"):
        yield "a key is in the history"


def commit(ground: Ground, folder: Path) -> tuple[int, str]:
    git(folder, "add", "--all")
    words = ["git", *WHO, "commit", "--message", "A change"]
    done = subprocess.run(words, cwd=folder, env=environment(ground), stdout=-1, stderr=-2, text=True)
    return done.returncode, done.stdout


def environment(ground: Ground) -> dict[str, str]:
    """Cargo's dev profile without the stores of others: quick to build. It has a folder of its own, for while Cargo
    puts a program into the place of another one, there is none for the tests beside.
    """
    path = os.pathsep.join([str(PROGRAM.parent), os.environ["PATH"]])
    ours = {
        "PATH": path,
        "PRE_COMMIT_HOME": str(ground.folder / "pre-commit"),
        "MATURIN_PEP517_ARGS": "--profile dev --no-default-features",
        "CARGO_TARGET_DIR": str(cache_folder() / "hooks-target"),
    }
    return {**os.environ, **ours, "PIP_FIND_LINKS": str(wheel().parent)}


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *WHO, *words], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


WHO = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
