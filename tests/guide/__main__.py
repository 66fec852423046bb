"""The pages that a reader begins with: what they show is what happens, in a fresh project with the real programs.

    python3 tests/guide

Walked are their transcripts, with Django, python-dotenv, git and openssl. Keys that Django, openssl and keybaton draw
are taken in and read back. And docs/guide.md is held to what is there: pages, commands, tests.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.append(str(CHECKOUT / "tools"))

from cache import ToolError  # noqa: E402
from toolbox import environment  # noqa: E402


def main() -> int:
    python = environment("guide", Path(__file__).with_name("requirements.txt")) / "bin" / "python"
    if Path(sys.executable) != python:
        os.execv(python, [str(python), str(Path(__file__).parent)])
    return try_all()


def try_all() -> int:
    import drawn
    import table
    from walks import WALKS, walk

    with tempfile.TemporaryDirectory(prefix="keybaton-guide-") as folder:
        findings = {each.name: list(walk(each, Path(folder, str(at)))) for at, each in enumerate(WALKS)}
        findings["keys that others draw"] = list(drawn.findings(Path(folder)))
    findings["docs/guide.md"] = list(table.findings())
    for name, found in findings.items():
        print(*found, f"{name}: {'not as it says' if found else 'as it says'}", sep="\n")
    failed = sum(bool(found) for found in findings.values())
    print(f"{len(findings) - failed} passed, {failed} failed")
    return min(failed, 1)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolError as error:
        sys.exit(f"error: {error}")
