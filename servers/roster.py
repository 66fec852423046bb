"""Every server, by the name that the command line has for it."""

from __future__ import annotations

from collections.abc import Callable

import gcp
import openbao
from stage import Stage

SERVERS: dict[str, Callable[[Stage], None]] = {
    "gcp": gcp.start,
    "vault": openbao.start,
}
