"""Two files that take each other's names in one step, where the system can do that."""

import errno
import os
from functools import cache
from pathlib import Path
from typing import Any

try:
    import ctypes
except ImportError:  # built without libffi
    ctypes = None  # type: ignore[assignment]

# <fcntl.h> and <linux/fs.h>.
AT_FDCWD = -100
RENAME_EXCHANGE = 2
# What kernels and file systems answer that do not know it: NFS, say.
UNKNOWN = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


def exchange(one: Path, other: Path) -> None:
    """renameat2(2), which glibc has since 2.28.

    NotImplementedError where the C library or the file system has no such thing; FileNotFoundError where either file
    is not there.
    """
    function = _function()
    if function is None:
        raise NotImplementedError
    if function(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) != 0:
        raise _error(ctypes.get_errno())


@cache
def _function() -> Any:
    if ctypes is None or os.name != "posix":
        return None
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)


def _error(number: int) -> Exception:
    return NotImplementedError() if number in UNKNOWN else OSError(number, os.strerror(number))
