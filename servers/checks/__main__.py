"""Hold a running stand-in to what its platform documents, through the platform's own client.

    python3 servers aws -- python3 servers/checks aws
    python3 servers moto -- python3 servers/checks aws

`awsmini`, too. The same checks run against each server; what one is known to get wrong stands in a list beside them, and
is a failure as soon as it gets it right.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHECKS = Path(__file__).resolve().parent
SERVERS = CHECKS.parent
sys.path.insert(0, str(SERVERS.parent / "tools"))

from cache import ToolError  # noqa: E402
from toolbox import environment  # noqa: E402


def main(names: list[str]) -> int:
    unknown = [name for name in names if not (CHECKS / name / "conftest.py").exists()]
    if unknown or not names:
        raise ToolError(f"there are no checks {', '.join(unknown) or 'named'}")
    python = environment("servers", SERVERS / "requirements.txt") / "bin" / "python"
    # The settings of this project's pytest are those of its own Python tests.
    words = ["-B", "-m", "pytest", "--quiet", "--tb=short", "-c", os.devnull, "-p", "no:cacheprovider"]
    return subprocess.run([python, *words, *(CHECKS / name for name in names)]).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
