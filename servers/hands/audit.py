"""What the API server wrote down of the calls for Secrets."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any


class Audit:
    def __init__(self, log: Path) -> None:
        self._log = log

    def calls_of(self, program: str) -> list[dict[str, Any]]:
        """Every call of programs that call themselves so, once all have ended: only their end names what was made."""
        end = time.monotonic() + PATIENCE
        while True:
            lines = [json.loads(line) for line in self._log.read_text().splitlines()]
            calls = [line for line in lines if line.get("userAgent", "").startswith(program)]
            begun = [line for line in calls if line["stage"] == "RequestReceived"]
            ended = {line["auditID"]: line for line in calls if line["stage"] != "RequestReceived"}
            if all(line["auditID"] in ended for line in begun):
                return [ended[line["auditID"]] for line in begun]
            if time.monotonic() > end:
                raise TimeoutError("a call has been under way for too long")
            time.sleep(0.01)


PATIENCE = 10
