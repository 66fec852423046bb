"""A PostgreSQL for as long as a command runs: python3 python/tests/postgres.py COMMAND…

Debian's programs make a cluster in a folder that goes with it, which listens on a socket in that folder alone. As root
they run as the user `postgres`. The tests of the app take its database where PGHOST is set.
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


class PostgresError(Exception):
    """One of PostgreSQL's programs is missing or has failed; the text says which."""


class Cluster:
    """One that can be stopped and started again."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder, self._user = folder, user
        self._is_running = False

    @property
    def variables(self) -> dict[str, str]:
        """What leads there."""
        return {"PGHOST": str(self._folder), "PGUSER": "keybaton"}

    def make(self) -> None:
        """Once, before it is started."""
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "keybaton", "--no-sync")

    def start(self) -> None:
        """Returns when it answers."""
        options = f"-c listen_addresses= -c unix_socket_directories={self._folder} -c fsync=off -c max_connections=400"
        self._run("pg_ctl", "-D", self._data, "-w", "-o", options, "-l", str(self._folder / "log"), "start")
        self._is_running = True

    def stop(self) -> None:
        """At once, whoever is connected."""
        if self._is_running:
            self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")
        self._is_running = False

    def client(self, program: str, *words: str, given: str | None = None) -> str:
        """What one of PostgreSQL's own clients prints."""
        return _ran([newest(program), *words], {**os.environ, **self.variables}, given)

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, program: str, *words: str) -> None:
        as_user = ["runuser", "-u", self._user, "--"] if os.geteuid() == 0 else []
        _ran([*as_user, newest(program), *words], dict(os.environ), None)


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A new one, with a database `keybaton`; it ends and goes with the block."""
    folder = Path(tempfile.mkdtemp(prefix="keybaton-postgres-"))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    shutil.chown(folder, user)
    made = Cluster(folder, user)
    try:
        made.make()
        made.start()
        try:
            made.client("createdb", "keybaton")
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder)


def newest(program: str) -> str:
    """The place of one of Debian's programs, which are there once for each version."""
    found = list(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    if not found:
        raise PostgresError(f"there is no {program} here: please install PostgreSQL, Debian's package postgresql")
    return str(max(found))


def _ran(command: list[str], environment: dict[str, str], given: str | None) -> str:
    """Its output goes through files: a server that it starts would hold a pipe open."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        done = subprocess.run(
            command, cwd="/", env=environment, input=given, stdout=output, stderr=errors, text=True, check=False
        )
        output.seek(0)
        errors.seek(0)
        if done.returncode != 0:
            raise PostgresError(f"{' '.join(command)}: {errors.read()}")
        return output.read()


def main(command: list[str]) -> int:
    try:
        with cluster() as running:
            return subprocess.run(command, env={**os.environ, **running.variables}, check=False).returncode
    except PostgresError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
