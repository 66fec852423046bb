"""`run --watch`: a ring that is followed, and what the program keeps while its store is away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

from ground import KEY, Ground, Place
from offline import USED
from rude import always, gone

PATIENCE = 60.0
# Several looks, of which each is to find the store away.
A_WHILE = 6.0


class WatchScene:
    def __init__(self, ground: Ground, place: Place) -> None:
        self.ground, self.place = ground, place
        self.name = f"watch, {place.name}"
        self.tried = 0
        self.folder = ground.stage.folder / self.name.replace(", ", "-").replace(" ", "-")
        self.runtime, self.log = self.folder / "run", self.folder / "log"

    @property
    def patience(self) -> float:
        return 0

    def end(self) -> Iterator[str]:
        return iter(())

    def begin(self) -> Iterator[str]:
        self.runtime.mkdir(parents=True)
        url = self.place.fresh()
        text = f'[environments.production]\nstore = {json.dumps(url)}\npropagation = "1m"\noffline = "1d"\n'
        (self.folder / "keybaton.toml").write_text(text)
        begun = self.ground.run(self.place.straight, "copy", "-", url, "--create", given=KEY)
        if begun.code != 0:
            raise AssertionError(f"{self.name}: {begun.error}")
        with self.log.open("w") as log, self.started(log.fileno()) as watching:
            try:
                yield from self.followed(watching)
            finally:
                self.place.proxy.begin()
                watching.kill()
        self.ground.must_show_no_secret(self.log.read_text())

    def followed(self, watching: subprocess.Popen[str]) -> Iterator[str]:
        yield from self.comes(lambda: self.text("SECRET_KEY") == KEY, "the key is not in the folder")
        self.place.proxy.begin(always(gone))
        yield from self.comes(lambda: "keeps SECRET_KEY as it was read last" in self.said(), "it does not warn")
        staged = self.ground.run(self.place.straight, "stage", folder=self.folder)
        yield from self.must_be(staged.code == 0, f"it is not staged: {staged.error}")
        time.sleep(A_WHILE)
        yield from self.must_be(self.text("SECRET_KEY_FALLBACKS") == KEY, "the last good ring does not stay")
        yield from self.must_be(self.said().count("\n") == 1, f"not one line: {self.said()}")

        self.place.proxy.begin()
        yield from self.comes(lambda: self.text("SECRET_KEY_FALLBACKS").count(",") == 1, "it is not followed")
        yield from self.must_be(self.said().count("\n") == 3, f"not three lines: {self.said()}")
        told = "can be read again" in self.said() and "the program gets revision 2" in self.said()
        yield from self.must_be(told, f"it says something else: {self.said()}")
        yield from self.a_later_start_has_the_new_ring()
        watching.send_signal(signal.SIGTERM)
        yield from self.must_be(watching.wait(PATIENCE) == 128 + signal.SIGTERM, f"it ends with {watching.returncode}")
        yield from self.must_be(not list(self.runtime.iterdir()), "the folder is left")

    def a_later_start_has_the_new_ring(self) -> Iterator[str]:
        """The copy that `offline` keeps is as new as what is followed."""
        self.place.proxy.begin(always(gone))
        late = subprocess.run(
            [self.ground.program, "run", "--watch", "--", "sh", "-c", 'cat "$KEYBATON_DIR/SECRET_KEY_FALLBACKS"'],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
        )
        well = late.returncode == 0 and late.stdout.count(",") == 1 and USED in late.stderr
        yield from self.must_be(well, f"a start with a copy: {late.returncode}, {late.stderr}")

    def started(self, log: int) -> subprocess.Popen[str]:
        words = ("run", "--watch", "--every", "1s", "--", "sleep", "600")
        return subprocess.Popen(
            [self.ground.program, *words], cwd=self.folder, env=self.environment(), text=True, stderr=log
        )

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        folders = {"HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder / "cache")}
        return {**kept, **folders, "XDG_RUNTIME_DIR": str(self.runtime), **self.place.through}

    def text(self, name: str) -> str:
        files = [folder / name for folder in self.runtime.iterdir()]
        return files[0].read_text() if files and files[0].exists() else ""

    def said(self) -> str:
        return self.log.read_text()

    def comes(self, is_so: Callable[[], bool], otherwise: str) -> Iterator[str]:
        end = time.monotonic() + PATIENCE
        while not (well := is_so()) and time.monotonic() < end:
            time.sleep(0.1)
        yield from self.must_be(well, f"{otherwise}: {self.said()}")

    def must_be(self, well: bool, otherwise: str) -> Iterator[str]:
        self.tried += 1
        if not well:
            yield f"{self.name}: {otherwise}"
