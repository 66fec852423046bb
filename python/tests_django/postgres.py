"""A PostgreSQL for as long as a command runs: python3 postgres.py COMMAND…

Debian's programs make a cluster in a folder that goes with it, which listens on a socket in that folder alone. As root
they run as the user `postgres`. The tests take its database where PGHOST is set.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """The variables that lead there."""
    folder = tempfile.mkdtemp(prefix="keybaton-postgres-")
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    shutil.chown(folder, user)
    data = f"{folder}/data"
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    try:
        _run(user, "initdb", "-D", data, "-A", "trust", "-U", "keybaton", "--no-sync")
        _run(user, "pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start")
        try:
            _run(user, "createdb", "-h", folder, "-U", "keybaton", "keybaton")
            yield {"PGHOST": folder, "PGUSER": "keybaton"}
        finally:
            _run(user, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _run(user: str, program: str, *words: str) -> None:
    newest = max(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    as_user = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*as_user, newest, *words], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise SystemExit(f"{program}: {done.stderr.decode()}")


if __name__ == "__main__":
    with cluster() as variables:
        sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, **variables}).returncode)
