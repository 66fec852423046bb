"""Debian's programs, unpacked once into the cache and run from there: nothing is installed.

A script before each program tells it where its libraries are.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from cache import locked, say

from debian import Archive

RELEASE = "bookworm"


@dataclass(frozen=True)
class Bundle:
    name: str
    # Grows with each change of what is unpacked.
    recipe: int
    packages: list[str]
    # Each with the folder that it is in.
    programs: dict[str, str]
    # Variables that they need; `{}` is where all is unpacked.
    variables: dict[str, str] = field(default_factory=dict)

    def folder(self) -> Path:
        """Where the programs are."""
        with locked(f"{self.name}-{RELEASE}-{self.recipe}") as there:
            if not there.exists():
                say(f"unpacking {self.name} of Debian {RELEASE} into {there} (once; some 20 MB)")
                with tempfile.TemporaryDirectory(prefix=f"{self.name}-", dir=there.parent) as scratch:
                    self._unpack(Path(scratch), there).rename(there)
        return there / "bin-with-libraries"

    def _unpack(self, scratch: Path, there: Path) -> Path:
        unpacked = scratch / "unpacked"
        Archive(scratch / "apt", RELEASE).unpack(self.packages, unpacked)
        shutil.rmtree(unpacked / "usr/share/doc", ignore_errors=True)
        scripts = unpacked / "bin-with-libraries"
        scripts.mkdir()
        found = [*unpacked.glob("lib/*-linux-gnu"), *unpacked.glob("usr/lib/*-linux-gnu")]
        libraries = [path for folder in found for path in (folder, folder / "systemd", folder / "swtpm")]
        paths = ":".join(str(there / path.relative_to(unpacked)) for path in libraries if path.is_dir())
        own = [f"LD_LIBRARY_PATH={paths}", *(f"{name}={text.format(there)}" for name, text in self.variables.items())]
        for program, where in self.programs.items():
            script = scripts / program
            script.write_text(f'#!/bin/sh\nexport {" ".join(own)}\nexec {there}/{where}/{program} "$@"\n')
            script.chmod(0o755)
        return unpacked
