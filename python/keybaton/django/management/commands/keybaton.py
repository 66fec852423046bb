"""manage.py keybaton: what the project reports, as JSON; anything else is the program, which knows the project then."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from keybaton import _program
from keybaton.django.commands import COMMANDS


class Command(BaseCommand):  # type: ignore[misc]
    help = "observe, describe, floor show|raise|reset; anything else runs the program keybaton"
    requires_system_checks: tuple[str, ...] = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """Takes the words as they are: they are the program's, where they are not ours."""
        try:
            self.handle(words=_without_options(argv[2:]))
        except CommandError as error:
            self.stderr.write(str(error))
            sys.exit(error.returncode)
        finally:
            connections.close_all()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", nargs="*")

    def handle(self, *_: Any, words: list[str], **__: Any) -> None:
        first, rest = (words[0], words[1:]) if words else ("", [])
        if first in COMMANDS:
            self.stdout.write(json.dumps(_answered(first, rest)))
        else:
            _run(words)


def _without_options(words: list[str]) -> list[str]:
    """What manage.py itself takes and has taken already: --settings and --pythonpath, with their values."""
    left: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*left, word, *rest]
        if word in OPTIONS:
            next(rest, None)
        elif word.partition("=")[0] not in OPTIONS:
            left.append(word)
    return left


def _answered(name: str, words: list[str]) -> dict[str, Any]:
    try:
        return COMMANDS[name](words)
    except CommandError:
        raise
    except Exception as error:  # noqa: BLE001, whatever it is the reader gets one sentence
        raise CommandError(f"keybaton {name}: the project cannot be asked ({type(error).__name__}: {error})") from None


def _run(words: list[str]) -> None:
    program = _program.find()
    if program is None:
        raise CommandError(f"the program keybaton is not installed beside this package; {_program.REINSTALL}")
    command, environment = [str(program), *words], {**os.environ, "KEYBATON_MANAGE": json.dumps(_manage())}
    if sys.platform == "win32":
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)
    os.execve(program, command, environment)  # noqa: S606


def _manage() -> list[str]:
    """How this was started: with a file manage.py, or as `python -m django`."""
    script = Path(sys.argv[0]).absolute()
    is_module = script.name == "__main__.py" or script.stem == "django-admin"
    return [sys.executable, "-m", "django"] if is_module else [sys.executable, str(script)]


OPTIONS = ("--settings", "--pythonpath")
