"""Install the Debian packages that tests need, where they are missing: python3 tools/apt.py strace acl"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cache import ToolError, locked, say

# A package stands beside the program, or the pattern of the file, that shows it is there.
SHOWN_BY = {
    "acl": "setfacl",
    "bash": "bash",
    "bash-completion": "/usr/share/bash-completion/bash_completion",
    "buildah": "buildah",
    "dash": "dash",
    "debian-archive-keyring": "/usr/share/keyrings/debian-archive-keyring.gpg",
    "debootstrap": "/usr/sbin/debootstrap",
    "direnv": "direnv",
    "docker-compose": "docker-compose",
    "faketime": "faketime",
    "fish": "fish",
    "gcc": "cc",
    "git": "git",
    "jq": "jq",
    "kubernetes-client": "kubectl",
    "libc6-dev": "cc",
    "mandoc": "mandoc",
    "mariadb-server": "/usr/sbin/mariadbd",
    "openssl": "openssl",
    "postgresql": "/usr/lib/postgresql/*/bin/initdb",
    "python3-dev": "/usr/include/python3*/Python.h",
    "redis-server": "redis-server",
    "ruby-dotenv": "/usr/share/rubygems-integration/*/specifications/dotenv-*.gemspec",
    "ruby-foreman": "foreman",
    "strace": "strace",
    "zsh": "zsh",
}


def main(packages: list[str]) -> int:
    if not missing_of(packages):
        return 0
    with locked("apt"):
        return install_all(missing_of(packages))


def missing_of(packages: list[str]) -> list[str]:
    return [package for package in packages if not is_there(SHOWN_BY[package])]


def install_all(missing: list[str]) -> int:
    if not missing:
        return 0
    how = as_root()
    if shutil.which("apt-get") is None or how is None:
        raise ToolError(f"please install {', '.join(missing)}: there is no apt-get here that may be used")
    say(f"installing {', '.join(missing)} with apt-get")
    install = [*how, "apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *missing]
    if talk(install) != 0:
        say("once more after apt-get update")
        talk([*how, "apt-get", "update", "--quiet"])
        if talk(install) != 0:
            raise ToolError(f"apt-get could not install {', '.join(missing)}: please install them by hand")
    return 0


def is_there(sign: str) -> bool:
    return shutil.which(sign) is not None or any(Path("/").glob(sign.lstrip("/")))


def as_root() -> list[str] | None:
    """What to write before a command so that root runs it; None where nothing does."""
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if os.geteuid() == 0:
        return quiet
    return ["sudo", *quiet] if shutil.which("sudo") else None


def talk(command: list[str]) -> int:
    return subprocess.run(command, stdout=sys.stderr).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
