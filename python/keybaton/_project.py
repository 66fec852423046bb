"""Where the calling project is."""

import re
from dataclasses import dataclass
from pathlib import Path
from types import FrameType


@dataclass(frozen=True, slots=True)
class Caller:
    """The line that called load()."""

    file: Path
    line: int

    @property
    def folder(self) -> Path:
        """The folder to look upward from: the nearest that exists (a file in a zip archive has none of its own)."""
        return next((folder for folder in self.file.parents if folder.is_dir()), Path(self.file.anchor))


def caller_of(frame: FrameType) -> Caller:
    """The file a frame runs: as compiled, else as imported (the source may be gone), else the working folder."""
    names = (frame.f_code.co_filename, frame.f_globals.get("__file__"))
    files = (Path(name) for name in names if isinstance(name, str))
    file = next((file for file in files if file.is_file()), None) or Path("<unknown>")
    return Caller(file.absolute(), frame.f_lineno)


def configuration_above(folder: Path) -> Path | None:
    """The nearest keybaton.toml, or pyproject.toml with [tool.keybaton], up to the repository or a change of owner."""
    try:
        owner = folder.stat().st_uid
        for above in (folder, *folder.parents):
            if above.stat().st_uid != owner:
                return None
            if found := _configuration_in(above):
                return found
            if (above / ".git").exists():
                return None
    except OSError:
        return None
    return None


def _configuration_in(folder: Path) -> Path | None:
    own, shared = folder / "keybaton.toml", folder / "pyproject.toml"
    if own.is_file():
        return own
    return shared if shared.is_file() and TABLE.search(shared.read_bytes()) else None


# Enough to know whether asking the program is worth it; the program reads the file properly. (tomllib came with 3.11.)
TABLE = re.compile(rb"^\s*\[\s*tool\s*\.\s*keybaton\b", re.MULTILINE)
