"""Start servers that stores are tested against, run a command beside them, and end them.

    python3 servers vault -- cargo test --package keybaton-stores --test conformance
    python3 servers vault -- sh                    to try something by hand

The command finds in its environment what each platform's own programs look there for, and in KEYBATON_TEST_HANDS a
socket through which the platforms' official clients do what a test asks for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SERVERS = Path(__file__).resolve().parent
sys.path.insert(0, str(SERVERS.parent / "tools"))

from cache import ToolError  # noqa: E402
from toolbox import environment  # noqa: E402


def main(words: list[str]) -> int:
    if "--" not in words:
        raise ToolError("name servers, then -- and a command")
    at = words.index("--")
    names, command = words[:at], words[at + 1 :]
    python = environment("servers", SERVERS / "requirements.txt") / "bin" / "python"
    if Path(sys.executable) != python:
        os.execv(python, [str(python), str(SERVERS), *words])
    return beside(names, command)


def beside(names: list[str], command: list[str]) -> int:
    from hands.desk import Desk
    from roster import SERVERS as ROSTER
    from stage import Stage

    unknown = [name for name in names if name not in ROSTER]
    if unknown or not names:
        raise ToolError(f"there is no server {', '.join(unknown) or 'named'}; there are {', '.join(ROSTER)}")
    with tempfile.TemporaryDirectory(prefix="keybaton-servers-") as folder, Stage(Path(folder)) as stage:
        for name in names:
            ROSTER[name](stage)
        with Desk(stage) as desk:
            there = {"KEYBATON_TEST_STORES": ",".join(desk.stores), "KEYBATON_TEST_HANDS": str(desk.socket)}
            code = subprocess.run(command, env={**os.environ, **stage.environment, **there}).returncode
            for said in stage.ended():
                print(said, file=sys.stderr)
            return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
