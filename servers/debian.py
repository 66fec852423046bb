"""Debian's packages, binary and source, unpacked into a folder without being installed.

They come from the mirror that this machine's apt knows, whatever release the machine itself has.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from cache import ToolError


class Archive:
    """One release of Debian, with lists of its own beside the machine's."""

    def __init__(self, folder: Path, release: str) -> None:
        must_have("apt-get", "dpkg-deb", "dpkg-source")
        self._folder = folder
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        sources = folder / "sources.list"
        sources.write_text("".join(f"{kind} {mirror()} {release} main\n" for kind in ("deb", "deb-src")))
        self._options = [
            f"-oDir::Etc::SourceList={sources}",
            "-oDir::Etc::SourceParts=/dev/null",
            f"-oDir::State::Lists={folder / 'lists'}",
            f"-oDir::Cache={folder / 'cache'}",
            # Root would fetch as the user _apt, who may not enter a private folder.
            "-oAPT::Sandbox::User=root",
        ]
        self._apt("update")

    def unpack(self, packages: list[str], into: Path) -> None:
        """What these packages would install, below `into`."""
        self._apt("download", *packages)
        for package in packages:
            [file] = self._folder.glob(f"{package}_*.deb")
            run(["dpkg-deb", "--extract", file, into], self._folder)

    def source(self, package: str) -> Path:
        """The folder of a source package, with Debian's patches."""
        self._apt("source", package)
        [folder] = (path for path in self._folder.glob(f"{package}-*") if path.is_dir())
        return folder

    def _apt(self, *words: str) -> None:
        run(["apt-get", "--quiet", *self._options, *words], self._folder)


def mirror() -> str:
    """The address of a Debian mirror, out of the machine's own list of sources."""
    asked = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)", "Created-By: Packages"]
    listed = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    for origin, _, address in (line.strip().rpartition(" ") for line in listed):
        # Before the first update apt knows no origins.
        if origin in ("Debian", "") and address.rstrip("/").endswith("/debian"):
            return address
    raise ToolError("apt knows no mirror of Debian here: add one to its list of sources")


def must_have(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise ToolError(f"there is no {' and no '.join(missing)} here: install dpkg-dev, on Debian or its kin")


def run(command: list[str | Path], folder: Path, environment: dict[str, str] | None = None) -> None:
    """What it says is talk: on stdout stands what the command beside the servers prints."""
    done = subprocess.run(command, cwd=folder, env=environment, stdout=sys.stderr)
    if done.returncode != 0:
        raise ToolError(f"`{' '.join(map(str, command))}` ended with {done.returncode}")
