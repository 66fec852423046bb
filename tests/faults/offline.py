"""A store that goes away: programs start with the copy that was kept where the configuration says so, and only then."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from ground import KEY, Done, Ground, Place
from proxy import Answer
from rude import HTML, always, gone, hang

CHECKOUT = Path(__file__).resolve().parent.parent.parent
USED = "a copy of the ring is used that was read"
DAY = 24 * 60 * 60


class OfflineScene:
    def __init__(self, ground: Ground, place: Place) -> None:
        self.ground, self.place = ground, place
        self.name = f"offline, {place.name}"
        self.tried = 0
        self.folder = ground.stage.folder / self.name.replace(", ", "-").replace(" ", "-")
        self.cache = self.folder / "cache"

    @property
    def patience(self) -> float:
        return 0

    def end(self) -> Iterator[str]:
        return iter(())

    def begin(self) -> Iterator[str]:
        url = self.place.fresh()
        self.folder.mkdir()
        begun = self.ground.run(self.place.straight, "copy", "-", url, "--create", given=KEY)
        if begun.code != 0:
            raise AssertionError(f"{self.name}: {begun.error}")
        yield from self.nothing_is_kept_unless_told(url)
        self.configure(url, 'offline = "1d"')
        yield from self.a_copy_stands_in()
        # What stands in the file is the same whatever the store is.
        if self.place is self.ground.places[0]:
            yield from self.only_a_copy_of_ours_stands_in()
            yield from self.only_reading_uses_it()
        yield from self.revoke_removes_it()
        yield from self.no_copy_outlives_the_wish_for_it()
        if self.place is self.ground.places[0]:
            yield from self.what_started_with_an_old_copy_is_restarted()

    def nothing_is_kept_unless_told(self, url: str) -> Iterator[str]:
        self.configure(url, "")
        yield from self.must(self.load(), 0, "", "it does not load")
        yield from self.must_be(not self.cache.exists(), "a copy is kept though nobody said so")

    def a_copy_stands_in(self) -> Iterator[str]:
        yield from self.must(self.away(self.load), 4, "no copy of the ring was kept", "there is no copy")
        loaded = self.load()
        [file] = self.files()
        modes = [stat & 0o777 for stat in (file.stat().st_mode, file.parent.stat().st_mode)]
        yield from self.must_be(modes == [0o600, 0o700], f"the modes are {modes}")
        offline = self.away(self.load)
        yield from self.must(offline, 0, "", "a copy is there")
        same = texts(offline) == texts(loaded) and KEY in texts(loaded).values()
        yield from self.must_be(same, "the copy is another ring")
        yield from self.must_be(USED in "".join(warnings(offline)), f"it does not warn: {warnings(offline)}")
        yield from self.must(self.away(self.run), 0, USED, "run finds a copy")
        yield from self.must(self.away(self.python), 0, USED, "the Python package finds a copy")
        began = time.monotonic()
        yield from self.must(self.away(self.python, hang), 0, USED, "the store says nothing")
        took = time.monotonic() - began
        yield from self.must_be(took < 12, f"it takes {took:.0f} s until a silent store is given up")
        denied = self.away(self.load, lambda: Answer(403, HTML, b"{}"))
        yield from self.must(denied, 4, "", "the store refuses")
        yield from self.must_be("copy" not in denied.error, f"a copy is thought of: {denied.error}")

    def only_a_copy_of_ours_stands_in(self) -> Iterator[str]:
        [file] = self.files()
        for what, spoil, told in SPOILT:
            if what == "of somebody else" and os.geteuid() != 0:
                continue
            spoil(file)
            yield from self.must(self.away(self.load), 4, told, f"the copy is {what}")
            if "old" not in what:
                kept = self.load()
                yield from self.must_be(told in "".join(warnings(kept)), f"no word of it when {what}: {kept.error}")
            file.parent.chmod(0o700)
            file.unlink()
            (self.folder / "elsewhere").unlink(missing_ok=True)
            self.load()
        names = (
            "AWS_ROLE_ARN",
            "AZURE_AUTHORITY_HOST",
            "KUBERNETES_SERVICE_HOST",
            "CI_SERVER_URL",
            "HEROKU_API_URL",
            "VAULT_NAMESPACE",
        )
        other = dict.fromkeys(names, "other")
        done = self.away(partial(self.load, other))
        yield from self.must(done, 4, "no copy of the ring was kept", "another server is meant")

    def only_reading_uses_it(self) -> Iterator[str]:
        for words in (("status",), ("stage",), ("rotate", "--no-input"), ("revoke", "--all", "--accept-logouts")):
            done = self.away(partial(self.do, *words))
            yield from self.must(done, 4, "", f"{words[0]} is asked")
            yield from self.must_be("copy" not in done.error, f"{words[0]} thinks of a copy: {done.error}")
        begun = self.do("rotate", "--new")
        plan = begun.output + begun.error
        yield from self.must_be("at the earliest 1d 2m after 1" in plan, f"the plan does not wait for copies: {plan}")
        yield from self.must_be(len(self.files()) == 1, "a revoke that failed removed the copy")

    def revoke_removes_it(self) -> Iterator[str]:
        done = self.do("revoke", "--all", "--accept-logouts")
        yield from self.must(done, 0, "removed the copy", "every key is revoked")
        yield from self.must_be("others who load" in done.error, f"nothing is said of other copies: {done.error}")
        both = "now: until then" in done.output and "later" not in done.output
        yield from self.must_be(both, f"what is to be done now is not clear: {done.output}")
        yield from self.must_be(
            not any(KEY in file.read_text() for file in self.files()), "the key is left after revoke"
        )
        yield from self.must(self.away(self.load), 4, "no copy of the ring was kept", "the copy was removed")
        url = self.url()
        by_hand = self.do("run", "--store", url, "--", "true", more={"KEYBATON_STORE": url})
        yield from self.must(by_hand, 0, "", "the store is named by hand")
        yield from self.must_be(
            len(self.files()) == 1, "what was cut off may be put back by a load() that is under way"
        )

    def no_copy_outlives_the_wish_for_it(self) -> Iterator[str]:
        # What was read in the second of the revocation could be older than it.
        time.sleep(1.1)
        yield from self.must(self.load(), 0, "", "another key is there")
        yield from self.must(self.away(self.load), 0, "", "a copy of it is there")
        configuration = self.folder / "keybaton.toml"
        configuration.write_text(configuration.read_text().replace('offline = "1d"', ""))
        yield from self.must(self.load(), 0, "", "no copy is wanted any more")
        yield from self.must_be(not self.files(), "a copy is left that is not wanted any more")
        configuration.write_text(configuration.read_text() + 'offline = "1d"\n')
        yield from self.must(self.load(), 0, "", "copies are wanted again")
        [file] = self.files()
        told = json.loads(file.read_text())
        file.write_text(json.dumps({**told, "until": told["read"] - 1}))
        (self.folder / ".env").write_text(f"SECRET_KEY={KEY}\n")
        here = self.do("load", "--store", "dotenv:.env", "--from", ".")
        yield from self.must(here, 0, "", "another store is used")
        yield from self.must_be(not self.files(), "a copy is left that is too old for anybody")

    def what_started_with_an_old_copy_is_restarted(self) -> Iterator[str]:
        url = self.place.fresh()
        self.ground.run(self.place.straight, "copy", "-", url, "--create", given=KEY)
        self.configure(url, 'offline = "1m"')
        waiting = self.do("rotate", "--new", "--wait")
        yield from self.must(waiting, 6, "after-write", "nobody would restart what started with a copy")
        self.configure(url, 'offline = "1m"\nafter-write = [["sh", "-c", "echo restarted >> restarts"]]')
        staged = self.do("rotate", "--new")
        yield from self.must(staged, 0, "", "a rotation begins")
        yield from self.must_be("runs after-write again" in staged.output, f"no word of a restart: {staged.output}")
        yield from self.must(self.do("promote"), 6, "with an older copy", "somebody may start with a copy")
        due = self.do("status", later="+3m")
        yield from self.must_be("after-write is due: a process that started" in due.output, f"status: {due.output}")
        again = self.do("rotate", "--continue", later="+3m")
        yield from self.must(again, 0, "", "copies are too old now")
        restarts = (self.folder / "restarts").read_text().split()
        yield from self.must_be(
            len(restarts) == 2, f"after-write ran {len(restarts)} times: {again.output}{again.error}"
        )
        yield from self.must_be("staged" in self.do("status", later="+4m").output, "it does not wait for the restart")
        promoted = self.do("rotate", "--continue", later="+6m")
        yield from self.must_be(
            "promoted " in promoted.output, f"it is not promoted: {promoted.output}{promoted.error}"
        )

    def configure(self, url: str, more: str) -> None:
        text = f'[environments.production]\nstore = {json.dumps(url)}\npropagation = "1m"\n{more}\n'
        (self.folder / "keybaton.toml").write_text(text)

    def url(self) -> str:
        [url] = re.findall(r'store = "([^"]*)"', (self.folder / "keybaton.toml").read_text())
        return str(url)

    def files(self) -> list[Path]:
        return sorted((self.cache / "keybaton" / "rings").glob("*.json"))

    def away(self, act: Callable[[], Done], how: Callable[[], Answer] = gone) -> Done:
        self.place.proxy.begin(always(how))
        try:
            return act()
        finally:
            self.place.proxy.begin()

    def load(self, more: dict[str, str] | None = None) -> Done:
        return self.do("load", "--from", ".", more=more)

    def run(self) -> Done:
        return self.do("run", "--", "sh", "-c", f'test "$SECRET_KEY" = {KEY}')

    def python(self) -> Done:
        code = PYTHON.format(folder=str(self.ground.program.parent), key=KEY)
        return self.do(
            "-W", "always", "-c", code, program=sys.executable, more={"PYTHONPATH": str(CHECKOUT / "python")}
        )

    def do(
        self,
        *words: str,
        program: str | Path | None = None,
        more: dict[str, str] | None = None,
        later: str | None = None,
    ) -> Done:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        home = {"HOME": str(self.ground.stage.folder / "home"), "XDG_CACHE_HOME": str(self.cache)}
        done = subprocess.run(
            [*(["faketime", "-f", later] if later else []), program or self.ground.program, *words],
            cwd=self.folder,
            env={**kept, **home, **self.place.through, **(more or {})},
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.ground.must_show_no_secret(done.stderr)
        return Done(done.returncode, done.stdout, done.stderr)

    def must(self, done: Done, code: int, told: str, when: str) -> Iterator[str]:
        well = done.code == code and told in done.error
        yield from self.must_be(well, f"when {when} it ends with {done.code}: {done.error}")

    def must_be(self, well: bool, otherwise: str) -> Iterator[str]:
        self.tried += 1
        if not well:
            yield f"{self.name}: {otherwise}"


def texts(done: Done) -> dict[str, str]:
    said: dict[str, Any] = json.loads(done.output or "{}")
    found: dict[str, str] = said.get("texts", {})
    return found


def warnings(done: Done) -> list[str]:
    said: dict[str, Any] = json.loads(done.output or "{}")
    found: list[str] = said.get("warnings", [])
    return found


def aged(file: Path) -> None:
    told = json.loads(file.read_text())
    file.write_text(json.dumps({**told, "read": told["read"] - DAY - 5}))


def linked(file: Path) -> None:
    elsewhere = file.parents[3] / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


SPOILT: tuple[tuple[str, Callable[[Path], object], str], ...] = (
    ("too old", aged, "and `offline` allows none older than 1d"),
    ("open to others", lambda file: file.chmod(0o644), "is open to others"),
    ("a link", linked, "is a link"),
    ("of somebody else", lambda file: os.chown(file, 12345, 12345), "belongs to somebody else"),
    ("in an open folder", lambda file: file.parent.chmod(0o755), "is open to others"),
)

PYTHON = """\
import pathlib
import keybaton
from keybaton import _program
_program.places = lambda: [pathlib.Path({folder!r})]
key, fallbacks = keybaton.load()
assert key == {key!r}
"""
