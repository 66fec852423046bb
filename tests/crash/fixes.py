"""The case of `check --fix`: files before and after, and at any kill in between."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from program import Program

KEY = "Zp4Lr8Xw2Kd6Vn9Tb3Hy7Mq5Gs1JcFeRaUoWiYtPzQxNvBmCkDlSjAhEgOuI0f3T"
SERVICE = """\
apiVersion: serving.knative.dev/v1
kind: Service
spec:
  template:
    spec:
      containers:
        - env:
            - name: SECRET_KEY
              valueFrom:
                secretKeyRef: {name: shop-key, key: "3"}  # the first one
"""
FILES = {".env": f"SECRET_KEY={KEY}\n", ".gitignore": "*.pyc", "a.yaml": SERVICE, "deploy/b.yaml": SERVICE}
FIXED = {
    ".env": FILES[".env"],
    ".gitignore": "*.pyc\n/.env\n",
    "a.yaml": SERVICE.replace('"3"', '"latest"'),
    "deploy/b.yaml": SERVICE.replace('"3"', '"latest"'),
}


class FixCase:
    """Two manifests, and a file of keys that git sees."""

    name = "check --fix"

    def __init__(self, program: Program) -> None:
        self.program = program

    def prepare(self, folder: Path) -> FixRun:
        subprocess.run([shutil.which("git") or "git", "init", "--quiet"], cwd=folder, check=True)
        (folder / "deploy").mkdir()
        for name, text in FILES.items():
            (folder / name).write_text(text)
        (folder / ".env").chmod(0o600)
        return FixRun(self.program, folder)


class FixRun:
    """Prepared files: the words of the command, and what must hold."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.words = ["check", "--fix"]

    def check_serving(self) -> None:
        """After a kill: each file is the old one or the new one."""
        for name, old in FILES.items():
            assert (self.folder / name).read_text() in (old, FIXED[name]), f"{name} is neither as it was nor fixed"

    def go_on(self) -> None:
        """Run again, all is fixed; what a kill left is at most named."""
        done = self.program.run(self.folder, *self.words)
        assert done.code in (0, 1), f"run again, it ends with {done.code}: {done.output}"
        for name, new in FIXED.items():
            assert (self.folder / name).read_text() == new, f"run again, it does not fix {name}"
