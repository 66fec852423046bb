"""Press Tab in real shells, and see what keybaton's completions make of the line.

    make test-shells                         all of it
    python3 tests/shells --only "zsh"        the cases of that name

PowerShell is not among them: none of the package registries that the tests use has it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shells import Completed, Shell, home_of, installed

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Case:
    """What is typed before Tab, and either the line after it or the words that are offered."""

    typed: str
    line: str | None = None
    offers: frozenset[str] | None = None

    def wrong(self, found: Completed) -> str | None:
        if self.line is not None and found.line != self.line:
            return f"the line became {found.line!r}, not {self.line!r}; offered: {sorted(found.offers)}"
        if self.offers is not None and found.offers != self.offers:
            return f"offered {sorted(found.offers)}, not {sorted(self.offers)}; the line is {found.line!r}"
        return None


def cases(stores: set[str]) -> Iterator[Case]:
    yield Case("keybaton ro", line="keybaton rotate ")
    yield Case("keybaton re", offers=frozenset({"recipe", "retire", "revoke"}))
    yield Case("keybaton recipe sys", line="keybaton recipe systemd ")
    yield Case("keybaton status --js", line="keybaton status --json ")
    yield Case("keybaton status -e ", offers=frozenset({"dev", "production"}))
    yield Case("keybaton status -e p", line="keybaton status -e production ")
    yield Case("keybaton -e production status --ring ", offers=frozenset({"JWT_SIGNING_KEY", "SECRET_KEY"}))
    yield Case("keybaton status --ring=J", line="keybaton status --ring=JWT_SIGNING_KEY ")
    yield Case("keybaton copy ", offers=frozenset({"-", *stores}))
    yield Case("keybaton copy - ", offers=frozenset(stores))
    yield Case("keybaton diff do", line="keybaton diff dotenv:")
    yield Case("keybaton diff - dotenv:.e", line="keybaton diff - dotenv:.env ")
    yield Case("keybaton diff - dotenv:od", line="keybaton diff - dotenv:odd\\ name.env ")
    yield Case("keybaton status --store dir:se", line="keybaton status --store dir:secrets/")
    yield Case("keybaton status --store=dotenv:.e", line="keybaton status --store=dotenv:.env ")
    yield Case("keybaton completions z", line="keybaton completions zsh ")
    yield Case("keybaton check man", line="keybaton check manage.py ")
    yield Case("keybaton run -- shopser", line="keybaton run -- shopserver ")
    yield Case("keybaton run -e dev -- cat man", line="keybaton run -e dev -- cat manage.py ")


def main() -> int:
    options = arguments()
    failures, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        project, program = lay_out(home), options.program.resolve()
        world = home_of(home, program)
        told = subprocess.run([program, "stores", "--json"], env=world, capture_output=True, text=True, check=True)
        stores = {f"{row['scheme']}:{'' if row['local'] else '//'}" for row in json.loads(told.stdout)}
        for shell in installed(program, home, world):
            for case in [*cases(stores), Case("keybaton status -e zzz", line="keybaton status -e zzz")]:
                if options.only in f"{shell.name}: {case.typed}":
                    count += 1
                    failures += tried(shell, project, case)
            if options.only in f"{shell.name}: nowhere":
                count += 1
                failures += tried(shell, home / "bin", Case("keybaton status --ring ", line="keybaton status --ring "))
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{count - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not count else 0


def tried(shell: Shell, folder: Path, case: Case) -> list[str]:
    wrong = case.wrong(shell.complete(folder, case.typed))
    return [f"{shell.name}: {case.typed!r}: {wrong}"] if wrong else []


def lay_out(home: Path) -> Path:
    """A project, and a program that no other completion knows."""
    project = home / "shop"
    (project / "secrets").mkdir(parents=True)
    for name in (".env", "odd name.env", "manage.py"):
        (project / name).touch()
    (project / "keybaton.toml").write_text(CONFIGURATION)
    (home / "bin").mkdir()
    server = home / "bin" / "shopserver"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    return project


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 tests/shells", description=__doc__.partition("\n")[0])
    parser.add_argument("--program", type=Path, default=built_program(), help="the keybaton to test")
    parser.add_argument("--only", default="", metavar="TEXT", help="the cases with this in their name")
    return parser.parse_args()


def built_program() -> Path:
    target = Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target"))
    return target / "debug" / "keybaton"


CONFIGURATION = """\
default-environment = "dev"

[environments.dev]
store = "dotenv:.env"

[environments.production]
store = "dir:secrets"

[environments.production.rings.JWT_SIGNING_KEY]
store = "file:jwt.txt"
"""

if __name__ == "__main__":
    sys.exit(main())
