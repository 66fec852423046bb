"""Asking the program that came in the same wheel."""

import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from ._errors import Trouble
from ._texts import Names, Texts

LIMIT_SECONDS = 10.0
GUARD = "KEYBATON_LOADING"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the program found. `local`: the store is on this machine."""

    texts: Texts
    local: bool
    warnings: tuple[str, ...]


def ask(names: Names, folder: Path, limit: float | None = None, *, local_only: bool = False) -> Answer:
    """The ring of the project around this folder, from the store its configuration names; `limit` in seconds.

    `local_only`: a store on a network is not asked, and there is no ring then.
    """
    if os.environ.get(GUARD):
        raise Trouble(
            f"{GUARD} is set: keybaton itself started this process to find the key",
            "a store or hook of keybaton.toml must not run the project's settings",
        )
    program = find()
    if program is None:
        looked = ", ".join(str(place) for place in places())
        raise Trouble(
            f"the program keybaton is not in {looked}",
            REINSTALL,
        )
    options = ["--local-only"] if local_only else []
    return _run(program, names, folder, options, LIMIT_SECONDS if limit is None else limit)


def find() -> Path | None:
    """The program of this package's own wheel. PATH is not asked: it may be empty, or name another one."""
    name = "keybaton.exe" if sys.platform == "win32" else "keybaton"
    files = (place / name for place in places())
    return next((file for file in files if file.is_file() and os.access(file, os.X_OK)), None)


def places() -> list[Path]:
    """The folders where an installer puts the program: beside this package first, then where this Python does."""
    packages = Path(__file__).absolute().parent.parent
    found = [packages / "bin"]  # pip install --target
    if packages.name in ("site-packages", "dist-packages"):
        above = packages.parents[0 if sys.platform == "win32" else 1]  # Lib, or lib/python3.x
        found.append(above.parent / ("Scripts" if sys.platform == "win32" else "bin"))
    for scheme in (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")):
        found.append(Path(sysconfig.get_path("scripts", scheme)))
    return list(dict.fromkeys(found))


def _run(program: Path, names: Names, folder: Path, options: list[str], limit: float) -> Answer:
    command: list[str | Path] = [program, "load", "--ring", names.signing, "--from", folder, *options]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit,
            cwd=folder,
            env={**os.environ, GUARD: "1"},
            start_new_session=True,  # no terminal to ask on
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # the same on Windows
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Trouble(f"{program} did not answer within {limit:g} s", f"see what it waits for: {program} status")
    except OSError as error:
        raise Trouble(f"{program} cannot be run ({error.strerror})", REINSTALL)
    answer = _answer(done.stdout, names) if done.returncode == 0 else None
    if answer is None:
        raise _refusal(program, done)
    return answer


def _answer(printed: bytes, names: Names) -> Answer | None:
    """What the program printed; None where that is not an answer."""
    try:
        said = json.loads(printed)
    except (ValueError, RecursionError):
        return None
    texts = said.get("texts") if isinstance(said, dict) else None
    if not isinstance(texts, dict):
        return None
    signing, fallbacks, record = (texts.get(name) for name in (names.signing, names.fallbacks, names.record))
    if not isinstance(signing, str) or not _is_text(fallbacks) or not _is_text(record):
        return None
    warnings = said.get("warnings")
    store = str(said.get("store") or "the configured store")
    return Answer(
        Texts(store, signing, fallbacks, record),
        local=said.get("local") is True,
        warnings=tuple(map(str, warnings)) if isinstance(warnings, list) else (),
    )


def _is_text(value: object) -> TypeGuard[str | None]:
    return value is None or isinstance(value, str)


def _refusal(program: Path, done: "subprocess.CompletedProcess[bytes]") -> Trouble:
    """Why there is no answer. Only lines meant for the user are repeated: others might show a key."""
    lines = done.stderr.decode(errors="replace").splitlines()
    sentence, hint = _after("error: ", lines), _after("hint: ", lines)
    if sentence:
        return Trouble(f"{program} says: {sentence}", hint)
    if done.returncode == 0:
        return Trouble(f"{program} gave an answer that is not one", REINSTALL)
    how = f"exit code {done.returncode}" if done.returncode > 0 else f"signal {-done.returncode}"
    return Trouble(f"{program} ended with {how} and did not say why", f"see what it says to: {program} status")


def _after(label: str, lines: list[str]) -> str:
    return "; ".join(line.removeprefix(label) for line in lines if line.startswith(label))[:LONGEST_MESSAGE]


REINSTALL = "install it again: python -m pip install --force-reinstall keybaton"
LONGEST_MESSAGE = 2000
