"""A Django project on drive C, and what its developer does there."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import tty
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from build import on_path
from root import Root

DRIVE = "root/.wine/drive_c"
HOME = "keybaton-tests"
SECONDS = 60


@dataclass(frozen=True)
class Done:
    """How a program ended. The text is as it was printed, line ends included."""

    code: int
    out: str
    err: str

    def must(self, code: int = 0) -> Done:
        assert self.code == code, f"ended with {self.code}, not {code}\n{self.out}\n{self.err}"
        return self

    def says(self, *texts: str) -> Done:
        for text in texts:
            assert text in self.out + self.err, f"does not say {text!r}:\n{self.out}\n{self.err}"
        return self


@dataclass(frozen=True)
class Shop:
    """The project's folder, seen from here; `where` is what Windows calls it."""

    root: Root
    folder: Path
    where: str

    def keybaton(self, *words: str, stdin: str = "", **world: str) -> Done:
        return self.does("keybaton", *words, stdin=stdin, **world)

    def does(self, *words: str, stdin: str = "", **world: str) -> Done:
        command = self._command(words, world)
        done = subprocess.run(command, input=stdin.encode(), capture_output=True, timeout=SECONDS)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def in_a_console(self, *words: str) -> Done:
        """The same with a terminal, which makes Wine give the program a console."""
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        command = ["setsid", "--ctty", "--wait", *self._command(words, {"TERM": "xterm"})]
        with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as running:
            os.close(theirs)
            said = b"".join(read_to_end(ours))
            os.close(ours)
            return Done(running.wait(SECONDS), said.decode(errors="replace"), "")

    @contextmanager
    def keeps_open(self, name: str, how: str) -> Iterator[subprocess.Popen[bytes]]:
        """Another program has a file open meanwhile. It lets go of it where its standard input is closed."""
        command = self._command(["hand", how, name], {})
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdin
            assert holder.stdout
            said = holder.stdout.readline()
            assert said.strip() == b"held", f"the hand said {said!r} of {name}"
            try:
                yield holder
            finally:
                holder.stdin.close()
                holder.wait(SECONDS)

    def file(self, name: str) -> Path:
        return self.folder / name

    def read(self, name: str) -> bytes:
        return self.file(name).read_bytes()

    def write(self, name: str, text: str) -> None:
        self.file(name).parent.mkdir(parents=True, exist_ok=True)
        self.file(name).write_bytes(text.encode())

    def key(self, *words: str) -> str:
        """The key that a program gets, as `load()` would be told it."""
        told = self.keybaton("load", "--from", ".", *words).must()
        return str(json.loads(told.out)["texts"]["SECRET_KEY"])

    def status(self, *words: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.keybaton("status", "--json", *words).must().out)
        return told

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.folder.rglob(".keybaton-*"))

    def _command(self, words: tuple[str, ...] | list[str], world: Mapping[str, str]) -> list[str]:
        inside = "/" + str(self.folder.relative_to(self.root.folder))
        return self.root.command(["wine", *words], inside, {"WINEPATH": on_path(), **world})


def opened(root: Root, number: int) -> Shop:
    """A fresh project, in a folder with a space and a letter that no old code page of the West shares with Wine's."""
    name = f"My Shöp {number}"
    folder = root.folder / DRIVE / HOME / name
    shop = Shop(root, folder, rf"C:\{HOME}\{name}")
    shop.write("manage.py", MANAGE)
    shop.write("shop/__init__.py", "")
    shop.write("shop/settings.py", SETTINGS)
    return shop


def read_to_end(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            some = os.read(terminal, 4096)
        except OSError:  # the last program that had it has ended
            return
        if not some:
            return
        yield some


MANAGE = """\
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
"""
SETTINGS = """\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "django-insecure-made-up-for-the-tests-of-keybaton-0123456789"
DEBUG = True
"""
