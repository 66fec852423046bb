"""A small Debian with Wine and a cross compiler, in a folder of the cache.

The outer machine's Debian may be older than the Wine that today's Rust programs need, so this one is sid. It is made
once; each run then works in namespaces of its own, so that no mount and no process can outlive it.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cache import ToolError, cache_folder, say

# Cargo brings its own std; the C compilers are for build scripts and for linking.
PACKAGES = ["cargo", "gcc", "gcc-mingw-w64-x86-64", "libc6-dev", "rust-src", "rustc", "wine", "wine64"]
MIRROR = "http://deb.debian.org/debian"


@dataclass(frozen=True)
class Root:
    """The folder, and the namespaces in which it is the whole world."""

    folder: Path
    inside: list[str]

    def command(self, words: list[str], folder: str, world: Mapping[str, str]) -> list[str]:
        """What to start so that `words` run in there."""
        names = [f"{name}={value}" for name, value in world.items()]
        clean = ["env", "--ignore-environment", f"--chdir={folder}", *WORLD, *names]
        return [*self.inside, "chroot", str(self.folder), *clean, *words]

    def run(self, words: list[str], folder: str = "/", **world: str) -> None:
        talk(self.command(words, folder, world))


def made() -> Path:
    """The folder of the root, made where it is missing. The caller holds the lock."""
    if os.geteuid() != 0:
        raise ToolError("this test makes a Debian of its own, which only root can: run it as root")
    wanted = hashlib.sha256(" ".join(PACKAGES).encode()).hexdigest()[:10]
    folder = cache_folder() / f"windows-root-{wanted}"
    if not folder.exists():
        say(f"making a Debian sid with Wine in {folder} (minutes, and some GB)")
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        make(unfinished)
        unfinished.rename(folder)
    return folder


def make(folder: Path) -> None:
    bootstrap = ["debootstrap", "--variant=minbase", "--include=ca-certificates", "sid", str(folder), mirror()]
    talk(bootstrap)
    use_the_network_as_here(folder)
    with entered(folder, {}) as root:
        install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *PACKAGES]
        root.run(install, DEBIAN_FRONTEND="noninteractive")
        root.run(["apt-get", "clean"])
        root.run(["wine", "wineboot", "--init"])
        root.run(["wineserver", "--wait"])


def mirror() -> str:
    """Where this machine's own apt finds Debian."""
    ask = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    listed = subprocess.run(ask, capture_output=True, text=True).stdout.split()
    return next((uri for uri in listed if uri.rstrip("/").endswith("/debian")), MIRROR)


def use_the_network_as_here(folder: Path) -> None:
    """Names are resolved, and proxies used, as on the outer machine."""
    shutil.copyfile("/etc/resolv.conf", folder / "etc/resolv.conf")
    told = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True).stdout
    proxies = [line for line in told.splitlines() if "::Proxy" in line]
    (folder / "etc/apt/apt.conf.d/90outer").write_text("".join(f"{line}\n" for line in proxies))


@contextmanager
def entered(folder: Path, shared: Mapping[Path, str]) -> Iterator[Root]:
    """Namespaces in which `folder` has /proc, /dev and the `shared` folders of this machine, each at its own place.

    Their first process ends when its standard input does: with this context, or with this process, however it ends.
    The kernel then ends all others in there and undoes the mounts.
    """
    mounts = [["-t", "proc", "proc", "proc"], ["--rbind", "/dev", "dev"], ["-t", "tmpfs", "tmpfs", "tmp"]]
    mounts += [["--bind", str(outer), inner.lstrip("/")] for outer, inner in shared.items()]
    for *_, place in mounts:
        (folder / place).mkdir(parents=True, exist_ok=True)
    lines = [shlex.join(["mount", *what, str(folder / place)]) for *what, place in mounts]
    script = "\n".join(["set -e", *lines, "echo ready", "exec cat"])
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script]
    with subprocess.Popen(unshare, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdin
        assert first.stdout
        try:
            if first.stdout.readline() != b"ready\n":
                raise ToolError("no namespaces of its own can be had here: the test wants root")
            enter = ["nsenter", f"--target={child_of(first.pid)}", "--mount", "--pid"]
            yield Root(folder, enter)
        finally:
            first.stdin.close()
            first.wait()


def child_of(process: int) -> int:
    """unshare stands before the first process inside."""
    [child] = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(child)


def talk(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if done.returncode != 0:
        raise ToolError(f"`{' '.join(command)}` ended with {done.returncode}")


WORLD = [
    "HOME=/root",
    "LC_ALL=C.UTF-8",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/x86_64-linux-gnu/wine",
    "WINEDEBUG=-all",
    # No windows are drawn, and no .NET or browser is offered for download.
    "WINEDLLOVERRIDES=mscoree,mshtml,winex11.drv,winewayland.drv=",
]
