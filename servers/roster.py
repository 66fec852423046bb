"""Every server, by the name that the command line has for it."""

from __future__ import annotations

from collections.abc import Callable

import openbao
from stage import Stage

SERVERS: dict[str, Callable[[Stage], None]] = {
    "vault": openbao.start,
}
