"""Hold the stand-ins to what their platforms document, through the platforms' own clients.

    python3 servers/tests                  all that start in seconds
    python3 servers/tests aws moto         these
    python3 servers/tests awsmini          this one is built first, which takes minutes

The three for AWS stand before the same checks. What one of them is known to get wrong is in a list beside these, and
fails as soon as it is right.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent
SERVERS = TESTS.parent
sys.path.insert(0, str(SERVERS.parent / "tools"))

from cache import ToolError  # noqa: E402
from toolbox import environment  # noqa: E402

# The checks of each server.
CHECKS = {
    "aws": "aws",
    "awsmini": "aws",
    "azure": "test_azure.py",
    "gcp": "gcp",
    "github": "test_github.py",
    "gitlab": "test_gitlab.py",
    "heroku": "test_heroku.py",
    "keychain": "test_keychain.py",
    "moto": "aws",
}
BUILT_FIRST = {"awsmini"}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        raise ToolError(f"there are no checks of {', '.join(unknown)}; there are of {', '.join(CHECKS)}")
    python = environment("servers", SERVERS / "requirements.txt") / "bin" / "python"
    return max(check(python, name) for name in names or CHECKS if names or name not in BUILT_FIRST)


def check(python: Path, name: str) -> int:
    print(f"{name}:", flush=True)
    # The settings of this project's pytest are those of its own Python tests.
    words = ["-B", "-m", "pytest", "--quiet", "--tb=short", "-c", os.devnull, "-p", "no:cacheprovider"]
    return subprocess.run(
        [python, *words, TESTS / CHECKS[name]], env={**os.environ, "KEYBATON_TEST_AWS": name}
    ).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
