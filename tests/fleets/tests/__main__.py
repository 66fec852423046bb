"""A run of the fleets that is ended before it is over: python3 tests/fleets/tests"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import suppress
from pathlib import Path

FLEETS = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
STARTED = ("redis-server", "postgres", "uvicorn")
SCENE = "a clock ten minutes ahead"


class Ending(unittest.TestCase):
    def test_what_it_has_started_ends_with_it(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number), tempfile.TemporaryDirectory() as folder:
                Path(folder).chmod(0o711)
                self.must_end(number, folder)

    def must_end(self, number: signal.Signals, folder: str) -> None:
        command = [sys.executable, str(FLEETS), "--only", SCENE]
        environment = {**os.environ, "TMPDIR": folder}
        with subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.PIPE) as run:
            self.wait_for_processes(run, folder)
            began = time.monotonic()
            run.send_signal(number)
            run.wait(PATIENCE)
        assert run.returncode == 128 + number
        assert time.monotonic() - began < 20
        assert processes(folder) == {}
        assert list(Path(folder).iterdir()) == []

    def wait_for_processes(self, run: subprocess.Popen[bytes], folder: str) -> None:
        """Until PostgreSQL, Redis and an instance run."""
        end = time.monotonic() + PATIENCE
        while not all(any(name in words for words in processes(folder).values()) for name in STARTED):
            assert time.monotonic() < end
            assert run.poll() is None
            time.sleep(0.05)


def processes(folder: str) -> dict[int, str]:
    """Those that run in this folder, or were told of it."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().decode()
            if folder in words or str((process / "cwd").readlink()).startswith(folder):
                found[int(process.name)] = words
    return found


if __name__ == "__main__":
    unittest.main()
