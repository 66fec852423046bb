"""The shells, each with keybaton's completions installed as the README says."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from terminal import Terminal


@dataclass(frozen=True)
class Completed:
    """What a Tab does to the line, and what it shows where several words are possible."""

    line: str
    offers: frozenset[str]


class Shell(Protocol):
    name: str

    def complete(self, folder: Path, typed: str) -> Completed: ...


class Typed:
    """A shell whose user presses Tab in a terminal, and then a key that prints the line."""

    def __init__(self, name: str, command: list[str], start: list[str], world: Mapping[str, str]) -> None:
        self.name = name
        self.command, self.start, self.world = command, start, world

    def complete(self, folder: Path, typed: str) -> Completed:
        terminal = Terminal(self.command, folder, self.world)
        try:
            # What is typed before the shell draws its prompt stands on the screen twice.
            terminal.type("; ".join(self.start) + "; PS1='READY''> '\n")
            terminal.until("READY> ")
            terminal.type(typed + "\t")
            terminal.type("\x18\x0c")
            said = terminal.until("LINE<")
            return Completed(terminal.until(">LINE"), offered(said))
        finally:
            terminal.close()


class Fish:
    """fish says itself what a Tab would offer."""

    name = "fish"

    def __init__(self, world: Mapping[str, str]) -> None:
        self.world = world

    def complete(self, folder: Path, typed: str) -> Completed:
        ask = ["fish", "--command", "complete --do-complete $argv[1]", typed]
        said = subprocess.run(ask, cwd=folder, env=self.world, capture_output=True, text=True, check=True).stdout
        offers = frozenset(line.partition("\t")[0] for line in said.splitlines())
        if len(offers) != 1:
            return Completed(typed, offers)
        [only] = offers
        before = typed[: typed.rindex(" ") + 1]
        # It quotes what it puts into the line, and ends the word unless that may go on.
        return Completed(before + only.replace(" ", "\\ ") + ("" if only[-1] in "/:" else " "), frozenset())


def offered(said: str) -> frozenset[str]:
    """The words between the line that was typed and the next prompt; zsh writes what a word is behind `--`."""
    lines = said.split("\n")[1:]
    shown = [line for line in lines if line.strip() and "READY> " not in line]
    return frozenset(word for line in shown for word in re.split(r" +-- ", line)[0].split())


def installed(program: Path, home: Path, world: Mapping[str, str]) -> list[Shell]:
    def script(shell: str) -> str:
        done = subprocess.run([program, "completions", shell], capture_output=True, text=True, check=True, env=world)
        return done.stdout

    for place, shell in ((".zfunc/_keybaton", "zsh"), (".config/fish/completions/keybaton.fish", "fish")):
        file = home / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(script(shell))
    bash = ["bash", "--norc", "--noprofile", "-i"]
    return [
        Typed("bash", bash, BASH, world),
        Typed("bash with bash-completion", bash, [f"source {BASH_COMPLETION}", *BASH], world),
        Typed("zsh", ["zsh", "-f", "-i"], ZSH, world),
        Fish(world),
    ]


def home_of(folder: Path, program: Path) -> dict[str, str]:
    """The environment of a user who has nothing but this home and this program."""
    path = f"{program.parent}{os.pathsep}{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {"HOME": str(folder), "PATH": path, "TERM": "dumb", "LANG": "C.UTF-8"}


BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"
BASH = [
    "source <(keybaton completions bash)",
    "bind 'set show-all-if-ambiguous on'",
    "bind 'set completion-display-width 0'",
    "bind 'set completion-query-items 0'",
    "bind 'set page-completions off'",
    "bind 'set bell-style none'",
    """bind -x '"\\C-x\\C-l": echo; echo "LINE<$READLINE_LINE>LINE"'""",
]
ZSH = [
    "fpath+=(~/.zfunc)",
    "autoload -Uz compinit",
    "compinit -u",
    "setopt no_auto_menu no_list_ambiguous auto_list no_always_last_prompt no_beep",
    "LISTMAX=10000",
    'show() { print; print -r -- "LINE<$BUFFER>LINE" }',
    "zle -N show",
    "bindkey '^X^L' show",
]
