"""Cases of `init`: a project before and after, and at any kill in between."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from program import Program

KEY = "django-insecure-made-up-for-the-crash-tests-of-keybaton"
MANAGE = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
DJANGOS = "django.contrib.auth.middleware.AuthenticationMiddleware"
OURS = "keybaton.django.AuthenticationMiddleware"
LITERAL = f"""\
from pathlib import Path

BASE_DIR = Path(__file__)
SECRET_KEY = "{KEY}"
MIDDLEWARE = [
    "{DJANGOS}",
]
"""
LOOKUP = 'import os\nfrom pathlib import Path\n\nSECRET_KEY = os.environ["SECRET_KEY"]\nDEBUG = True\n'
LOADED = "SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()"
ENV = f"DEBUG=on\nSECRET_KEY='{KEY}'\nMAIL_FROM='Ann'\n"
IGNORED = ["/.env", ".keybaton-*.tmp"]
WORDS = ["init", "--write", "--no-input"]


@dataclass(frozen=True)
class Beginning:
    """A project as `init` finds it, and how many keys its ring has afterwards."""

    name: str
    settings: str
    keys: int
    env: str = ""
    ignored: str = ""


BEGINNINGS = [
    Beginning("init, key in the settings", LITERAL, keys=2),
    Beginning("init, key in the settings and a .gitignore", LITERAL, keys=2, ignored="*.pyc\n"),
    Beginning("init, key in .env", LOOKUP, keys=1, env=ENV),
]


@dataclass(frozen=True)
class BeginningCase:
    beginning: Beginning
    program: Program

    @property
    def name(self) -> str:
        return self.beginning.name

    def prepare(self, folder: Path) -> BeginningRun:
        subprocess.run([shutil.which("git") or "git", "init", "--quiet"], cwd=folder, check=True)
        (folder / "shop").mkdir()
        files = {"manage.py": MANAGE, "shop/settings.py": self.beginning.settings}
        files |= {".env": self.beginning.env} if self.beginning.env else {}
        files |= {".gitignore": self.beginning.ignored} if self.beginning.ignored else {}
        for name, text in files.items():
            (folder / name).write_text(text)
        return BeginningRun(self, folder)


class BeginningRun:
    """A prepared project: the words of the command, and what must hold."""

    def __init__(self, case: BeginningCase, folder: Path) -> None:
        self.beginning, self.program, self.folder = case.beginning, case.program, folder
        self.words = WORDS

    def check_serving(self) -> None:
        """After a kill: whatever the settings read, it is the key that signed before, and git does not see it."""
        settings, env = self.text("shop/settings.py"), self.text(".env")
        assert settings in (self.beginning.settings, self.wired()), "the settings are neither the old nor the new ones"
        if settings == self.wired():
            assert self.state() == "whole", "the settings read a ring that is not whole"
        if env != self.beginning.env:
            assert self.variable("SECRET_KEY") == KEY, "the ring signs with another key"
            assert set(IGNORED) <= set(self.text(".gitignore").splitlines()), "git sees the file of keys"
        assert self.of_others(env) == self.of_others(self.beginning.env), "a line of others changed in .env"
        assert self.text(".gitignore").startswith(self.beginning.ignored), "a line of others changed in .gitignore"

    def go_on(self) -> None:
        """Run again, it comes to the same end as without a kill, and nothing is left over."""
        done = self.program.run(self.folder, *self.words)
        assert done.code == 0, f"run again, it ends with {done.code}: {done.output}"
        assert self.text("shop/settings.py") == self.wired(), "run again, it does not change the settings"
        assert self.state() == "whole", f"at the end status calls the ring {self.state()}"
        assert self.variable("SECRET_KEY") == KEY, "at the end another key signs"
        accepted = self.variable("SECRET_KEY_FALLBACKS").split(",")
        assert (accepted[-1], len(accepted)) == (KEY, self.beginning.keys), f"{len(accepted)} keys are accepted"
        assert self.text(".gitignore") == self.beginning.ignored + "".join(f"{line}\n" for line in IGNORED)
        assert 'store = "dotenv:.env"' in self.text("keybaton.toml")
        left = [path.name for path in self.folder.rglob(".keybaton-*")]
        assert not left, f"left over: {left}"

    def wired(self) -> str:
        """The settings as they should become."""
        old = self.beginning.settings
        new = re.sub(r"(?m)^SECRET_KEY = .*$", LOADED, old)
        return new.replace("import Path\n", "import Path\n\nimport keybaton\n").replace(DJANGOS, OURS)

    def text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    def variable(self, name: str) -> str:
        found = re.search(rf"(?m)^{name}=(.*)$", self.text(".env"))
        return found[1].strip("'") if found else ""

    def of_others(self, env: str) -> str:
        return re.sub(r"(?m)^SECRET_KEY\w*=.*\n", "", env)

    def state(self) -> str:
        done = self.program.run(self.folder, "status", "--json", "--store", "dotenv:.env")
        assert done.code == 0, f"status ends with {done.code}: {done.output}"
        return str(json.loads(done.output).get("state", "whole"))


def beginning_cases(program: Program) -> list[BeginningCase]:
    return [BeginningCase(beginning, program) for beginning in BEGINNINGS]
