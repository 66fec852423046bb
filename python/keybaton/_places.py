"""The places a program is given its ring in: a folder, or the environment."""

import os
import stat
from pathlib import Path

from ._errors import Trouble
from ._texts import Names, Texts, is_blank

FOLDER = "KEYBATON_DIR"


def from_folder(names: Names) -> Texts | None:
    """The texts in the folder KEYBATON_DIR; None where the variable is not set.

    Where it is set the key is read there and nowhere else: an older key in the environment must not stand in for a
    mount that failed.
    """
    set_to = os.environ.get(FOLDER)
    if not set_to:
        return None
    folder = Path(set_to)
    if not folder.is_dir():
        raise Trouble(f"{FOLDER} is {folder}, which is not a folder", f"mount the folder there, or unset {FOLDER}")
    signing = _read(folder / names.signing)
    if signing is None:
        raise Trouble(
            f"{FOLDER} is {folder}, which has no file {names.signing}",
            f"write the key into that file, or unset {FOLDER} to look elsewhere",
        )
    return Texts(str(folder), signing, _read(folder / names.fallbacks), _read(folder / names.record))


def from_environment(names: Names) -> Texts | None:
    """The texts in the environment; None where the signing key is not set, or is set to nothing."""
    signing = os.environ.get(names.signing, "")
    if is_blank(signing):
        return None
    fallbacks = os.environ.get(names.fallbacks)
    for name, value in ((names.signing, signing), (names.fallbacks, fallbacks or "")):
        if _is_path_to(name, value):
            raise Trouble(
                f"{name} in the environment is the path of a file, which is no secret",
                "in GitLab make the variable's type Variable; elsewhere name the file's folder with KEYBATON_DIR",
            )
    return Texts("the environment", signing, fallbacks, os.environ.get(names.record))


def _is_path_to(name: str, value: str) -> bool:
    """Whether it is the path of a file called like its variable, as GitLab gives variables of type File to jobs."""
    is_absolute = value.startswith("/") or value[1:3] in (":\\", ":/")
    return is_absolute and value.replace("\\", "/").rpartition("/")[2] == name


def _read(path: Path) -> str | None:
    """A file's text, without the one newline that editors and `echo` leave; None where there is no file."""
    try:
        # Looked at first: opening a pipe waits for somebody to write.
        data = path.read_bytes() if stat.S_ISREG(path.stat().st_mode) else None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Trouble(f"{path} cannot be read ({error.strerror})", "let the user that runs this program read it")
    if data is None:
        raise Trouble(f"{path} is not a file")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Trouble(f"{path} is not UTF-8 text", "keys are text: write it again as UTF-8")
    return text[:-1].removesuffix("\r") if text.endswith("\n") else text
