"""Who beats."""

import secrets
import socket
from dataclasses import dataclass, field

from .lease import clocks


@dataclass
class Process:
    """This process. The id is drawn, since process ids come back, and every container has a process 1."""

    role: str
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    host: str = field(default_factory=lambda: socket.gethostname()[:255])

    @property
    def age(self) -> float:
        """Seconds since the apps were loaded, also where that was before a fork: what copied a key did it then."""
        return clocks().boot - _IMPORTED


_IMPORTED = clocks().boot
