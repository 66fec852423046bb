"""A MariaDB for as long as a test runs, in a folder that goes with it. As root it runs as the user `mysql`.

It listens on a socket in that folder alone, and its clock is in a zone that is not UTC, as on many servers.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

FOUND_IN = "/usr/sbin:/usr/local/sbin"


@contextlib.contextmanager
def server() -> Iterator[dict[str, str]]:
    """The variables that lead to a new one, with a database `keybaton`, and one that stays empty."""
    folder = Path(tempfile.mkdtemp(prefix="keybaton-mariadb-"))
    user = "mysql" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    try:
        shutil.chown(folder, user)
        with _running(folder, user) as socket:
            _client(socket, "CREATE DATABASE keybaton; CREATE DATABASE empty")
            yield {"MYSQL_UNIX_PORT": str(socket)}
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _running(folder: Path, user: str) -> Iterator[Path]:
    where = ["--no-defaults", f"--datadir={folder / 'data'}", f"--user={user}"]
    subprocess.run(
        [_program("mariadb-install-db"), *where, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    socket = folder / "socket"
    how = ["--skip-networking", "--default-time-zone=+05:00", "--character-set-server=utf8mb4"]
    command = [_program("mariadbd"), *where, *how, f"--socket={socket}", f"--log-error={folder / 'log'}"]
    with subprocess.Popen(command) as running:
        try:
            _await(socket, running, folder / "log")
            yield socket
        finally:
            running.terminate()


def _await(socket: Path, running: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        if running.poll() is not None:
            raise RuntimeError(log.read_text())
        with contextlib.suppress(subprocess.CalledProcessError):
            return _client(socket, "SELECT 1")
        time.sleep(0.1)
    raise RuntimeError(log.read_text())


def _client(socket: Path, statements: str) -> None:
    command = ["mariadb", "--no-defaults", f"--socket={socket}", "--user=root", "--execute", statements]
    subprocess.run(command, check=True, capture_output=True)


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:{FOUND_IN}")
    if not found:
        raise FileNotFoundError(f"there is no {name} here: please install MariaDB, Debian's package mariadb-server")
    return found
