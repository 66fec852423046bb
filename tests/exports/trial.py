"""Each key, exported for one reader, and what that one reads."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from keys import PROGRAM, Key


@dataclass(frozen=True)
class Reader:
    """A program that reads a format: given what was exported for each key, it tells the variables that it finds."""

    format: str
    name: str
    read: Callable[[Path, list[str]], list[dict[str, str]]]
    # It is not the one that the format is for: what it has to read unchanged are the keys that keybaton draws.
    only_easy: bool = False


@dataclass
class Outcome:
    reader: Reader
    read: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)

    def line(self) -> str:
        told = f"{self.reader.format} by {self.reader.name}: {self.read} read back"
        return f"{told}, {self.refused} refused, {len(self.failures)} not as they were"


class Trial:
    def __init__(self, folder: Path, keys: list[Key]) -> None:
        self._folder, self._keys = folder, keys
        self._exported: dict[tuple[int, str], subprocess.CompletedProcess[str]] = {}

    def of(self, reader: Reader) -> Outcome:
        outcome, texts, expected = Outcome(reader), [], []
        for number, key in enumerate(self._keys):
            if reader.only_easy and not key.is_easy:
                continue
            done = self._export(number, key, reader.format)
            if done.returncode == 0:
                texts.append(done.stdout)
                expected.append(self._variables(number, key))
            else:
                outcome.refused += 1
                outcome.failures += self._wrongly_refused(key, reader, done)
        place = self._folder / reader.format / reader.name
        place.mkdir(parents=True)
        for wanted, found in zip(expected, reader.read(place, texts), strict=True):
            same = {name: found.get(name) for name in wanted} == wanted
            outcome.read += same
            if not same:
                shown = {name: found.get(name) for name in wanted if found.get(name) != wanted[name]}
                outcome.failures.append(f"{reader.format}, {reader.name}: {wanted!r} came back as {shown!r}")
        return outcome

    def _wrongly_refused(self, key: Key, reader: Reader, done: subprocess.CompletedProcess[str]) -> list[str]:
        says = done.stderr.splitlines()
        is_told = done.returncode == 6 and len(says) == 2 and says[1].startswith("hint: nothing was printed")
        if key.is_easy or not is_told or key.text in done.stderr:
            return [f"{reader.format}: {key.text!r} was refused: {done.stderr}"]
        return []

    def _export(self, number: int, key: Key, format_: str) -> subprocess.CompletedProcess[str]:
        """Once, also where several programs read the format."""
        if (number, format_) not in self._exported:
            words = ["export", "--format", format_, "--store", f"dir:{self._ring(number, key)}"]
            self._exported[number, format_] = self._run(words)
        return self._exported[number, format_]

    def _variables(self, number: int, key: Key) -> dict[str, str]:
        """As JSON says it, which is held to what was put in."""
        found: dict[str, str] = json.loads(self._export(number, key, "json").stdout)
        assert found["SECRET_KEY"] == key.text
        return found

    def _ring(self, number: int, key: Key) -> Path:
        """A folder with the key, and with itself among the fallbacks as keybaton would write it."""
        ring = self._folder / "rings" / str(number)
        if not ring.exists():
            is_awkward = "," in key.text or key.text.startswith("[")
            fallbacks = json.dumps([key.text, "made-up"]) if is_awkward else f"{key.text},made-up"
            texts = {"SECRET_KEY": key.text, "SECRET_KEY_FALLBACKS": fallbacks}
            ring.mkdir(parents=True)
            for name, text in texts.items():
                (ring / name).write_bytes(f"{text}\n".encode())
        return ring

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        command = [str(PROGRAM), *words]
        # Carriage returns as they are.
        done = subprocess.run(command, cwd=self._folder, capture_output=True, stdin=subprocess.DEVNULL)
        return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())
