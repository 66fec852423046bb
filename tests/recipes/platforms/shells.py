"""Real shells load the key, clear it, and put it nowhere else.

PowerShell is not to be had: its file is held to its documented rules for quotes.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from ground import Ground
from toolbox import tools_venv

# What a shell runs, and how a program of the session sees the key.
SEES = "printenv SECRET_KEY SECRET_KEY_FALLBACKS SECRET_KEY_RING | wc -l"
LOADED, CLEARED = "3", "0"


def bash(ground: Ground) -> Iterator[str]:
    project, key = made(ground, "bash")
    yield from checked(ground, project, "sh keybaton.sh")
    for shell in ("bash --norc", "dash"):
        yield from session(ground, project, shell, ". ./keybaton.sh && keybaton_load", key)
        yield from traced(ground, project, shell, key)
    yield from remembered(ground, project, "HISTFILE=history bash --norc --noprofile -i", key)


def zsh(ground: Ground) -> Iterator[str]:
    project, key = made(ground, "zsh")
    yield from session(ground, project, "zsh --no-rcs", ". ./keybaton.sh && keybaton_load", key)
    yield from traced(ground, project, "zsh --no-rcs", key)
    # It asks a new user whether it may write a file that it misses, and without files it keeps no history.
    (project / ".zshrc").touch()
    yield from remembered(ground, project, "HOME=. HISTFILE=history HISTSIZE=99 SAVEHIST=99 zsh -i", key)


def fish(ground: Ground) -> Iterator[str]:
    project, key = made(ground, "fish")
    yield from ground.run("fish --no-execute keybaton.fish", project).splitlines()
    yield from session(ground, project, "fish --no-config", "source keybaton.fish; and keybaton_load", key)
    printed = ground.run("fish --no-config -c 'source keybaton.fish; set fish_trace 1; keybaton_load'", project)
    if key in printed or "fish prints the key" not in printed:
        yield f"fish prints the key, where it traces: {printed.replace(key, 'KEY')}"


def direnv(ground: Ground) -> Iterator[str]:
    project, key = made(ground, "direnv")
    yield from checked(ground, project, "bash .envrc")
    ground.run("direnv allow", project)
    yield from equal("direnv", ground.run("direnv exec . printenv SECRET_KEY", project).split()[-1:], [key])
    # What direnv's hook does at each prompt.
    prompt = 'eval "$(direnv export bash 2> /dev/null)"'
    after = f"sleep 1; keybaton stage > /dev/null; {prompt}; test $before != $SECRET_KEY_RING && echo follows"
    line = f"{prompt}; before=$SECRET_KEY_RING; {after}"
    yield from equal(
        "after a rotation direnv", ground.run(f"bash -c {shlex.quote(line)}", project).split(), ["follows"]
    )
    yield from nothing(ground, project, f"bash -c {shlex.quote(f'{prompt}; {SEES}')}", "direnv")
    theirs, key = made(ground, "direnv", {".envrc": "export COLOUR=red\n"})
    (theirs / ".envrc").write_text("export COLOUR=red\nsource_env .envrc.keybaton\n")
    seen = ground.run("direnv allow; direnv exec . printenv COLOUR SECRET_KEY", theirs).split()[-2:]
    yield from equal("direnv beside somebody's lines", seen, ["red", key])


def powershell(ground: Ground) -> Iterator[str]:
    for variant in ("session", "secretmanagement"):
        project, key = made(ground, f"powershell --variant {variant}")
        text = (project / "keybaton.ps1").read_text()
        if key in text:
            yield "keybaton.ps1 has the key in it"
        # Within single quotes nothing but a doubled one means anything; what is left is code, and has no other quotes.
        code = re.sub(r"'(?:[^']|'')*'", "", re.sub(r"^#.*$", "", text, flags=re.MULTILINE))
        if re.search("['\"`\u2018\u2019\u201a\u201b]", code):
            yield f"keybaton.ps1 has a quote that is not closed: {code}"
        if any(code.count(a) != code.count(b) for a, b in ("{}", "()", "[]")):
            yield f"keybaton.ps1 has a bracket that is not closed: {code}"


def made(ground: Ground, words: str, files: dict[str, str] | None = None) -> tuple[Path, str]:
    """A project with what the recipe makes, and its key."""
    project = ground.project(re.sub(r"\W+", "-", words) + ("-theirs" if files else ""), files)
    ground.run(f"keybaton recipe {words} --write", project)
    found = re.search(r"^SECRET_KEY=['\"]?([^'\"\n]+)", (project / ".env").read_text(), re.MULTILINE)
    assert found, "the project has no key"
    return project, found[1]


def session(ground: Ground, project: Path, shell: str, load: str, key: str) -> Iterator[str]:
    """It is there for programs, then gone; and where the store is away, nothing is."""
    lines = f"{SEES}; {load}; {SEES}; printenv SECRET_KEY; keybaton_clear; {SEES}"
    seen = ground.run(f"{shell} -c {shlex.quote(lines)}", project).split()
    yield from equal(shell, seen, [CLEARED, LOADED, key, CLEARED])
    yield from nothing(ground, project, f"{shell} -c {shlex.quote(f'{load}; {SEES}')}", shell)


def nothing(ground: Ground, project: Path, line: str, who: str) -> Iterator[str]:
    (project / ".env").rename(project / "away")
    printed = ground.run(line, project)
    (project / "away").rename(project / ".env")
    yield from equal(f"without a store, {who}", printed.split()[-1:], [CLEARED])


def traced(ground: Ground, project: Path, shell: str, key: str) -> Iterator[str]:
    printed = ground.run(f"{shell} -c '. ./keybaton.sh; set -x; keybaton_load'", project)
    if key in printed or "the shell prints the key" not in printed:
        yield f"{shell} prints the key, where it traces: {printed.replace(key, 'KEY')}"


def remembered(ground: Ground, project: Path, shell: str, key: str) -> Iterator[str]:
    """The history of a session has what was typed: the words that load the key, and the key where somebody typed it."""
    for typed, stands in ((". ./keybaton.sh && keybaton_load", False), (f"export SECRET_KEY={key}", True)):
        ground.run(f"rm -f history; printf '%s\\n' {shlex.quote(typed)} exit | {shell}", project)
        history = (project / "history").read_text()
        if typed not in history or (key in history) is not stands:
            yield f"the history of {shell} is another one: {history.replace(key, 'KEY')}"


def checked(ground: Ground, project: Path, words: str) -> Iterator[str]:
    shell, file = words.split()
    yield from ground.run(f"{tools_venv()}/bin/shellcheck --shell={shell} {file}", project).splitlines()


def equal(who: str, seen: list[str], wanted: list[str]) -> Iterator[str]:
    if seen != wanted:
        # Lengths alone: one of them may be a key.
        yield f"{who} sees {[text if len(text) < 12 else len(text) for text in seen]}"
