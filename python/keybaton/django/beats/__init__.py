"""Each process of a project reports which keys it really uses, and hears below which revision nobody may serve.

# Expected flow

A process beats before its first request, task or command, and every 15 s after that: it writes its row, *then* reads
the floor. The writer of a rotation raises the floor, *then* reads the rows, so that one of them sees the other.

# Guarantees

A request that finds the lease run out (60 s from before the last beat) beats before it goes on: a process that was
stopped or frozen serves nothing by what it knew before. No database error gets out of here.

# Assumptions

The database of `KEYBATON["DATABASE"]` is the primary, and the same one for every process.

# Caveats

A process whose key has no record reports nothing, and neither does one that runs tests or was given a throw-away key.
"""

from .beater import check, heard, is_due, stop
from .report import Standing

__all__ = ["Standing", "check", "heard", "is_due", "stop"]
