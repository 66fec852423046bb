"""What others do on one platform alone, to the same ring, and what each command says and ends with then."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ground import KEY, Ground, Place

from hands.hand import Also

PRODUCTION = """\
default-environment = "production"

[environments.production]
store = "{url}"
propagation = "0s"
after-write = [["touch", "followed"]]
"""


class OtherScene:
    """A project whose production has a ring of its own, and others who meddle."""

    def __init__(self, ground: Ground, place: Place, story: Story) -> None:
        self.ground, self.place, self.story = ground, place, story
        self.name = f"others, {place.name}: {story.__name__.replace('_', ' ')}"
        self.tried = 0
        self.url, self.folder = "", Path()

    @property
    def patience(self) -> float:
        return 0

    def end(self) -> Iterator[str]:
        return iter(())

    def begin(self) -> Iterator[str]:
        self.url = self.place.fresh()
        self.folder = self.ground.stage.folder / self.story.__name__
        self.folder.mkdir()
        (self.folder / "keybaton.toml").write_text(PRODUCTION.replace("{url}", self.url))
        yield from self.says(0, "begun", "copy", "-", self.url, "--create", given=KEY)
        yield from self.story(self)

    def says(self, code: int, told: str, *words: str, given: str = "") -> Iterator[str]:
        """What is wrong with what a command ends with and says."""
        self.tried += 1
        done = self.ground.run(self.place.straight, *words, given=given, folder=self.folder)
        said = done.output + done.error
        if done.code != code or told not in said:
            yield f"{self.name}: `keybaton {' '.join(words)}` ends with {done.code}, not {code}, and says: {said}"

    def others(self, do: str, what: object = None, **asked: Any) -> Any:  # noqa: ANN401 - whatever the hand knows
        hand = self.place.hand
        if not isinstance(hand, Also):
            raise TypeError(f"no hand can do {do} at {self.url}")
        return hand.also(self.url, {"do": do, "with": what or asked})


class MirrorOtherScene(OtherScene):
    """A project whose ring is in a file, and whose mirror gives its keys to nobody."""

    def begin(self) -> Iterator[str]:
        self.url = self.place.fresh()
        self.folder = self.ground.stage.folder / self.story.__name__
        self.folder.mkdir()
        mirrored = PRODUCTION.replace('"{url}"', f'"dotenv:.env"\nmirrors = ["{self.url}"]')
        (self.folder / "keybaton.toml").write_text(mirrored)
        yield from self.says(0, "begun", "copy", "-", "dotenv:.env", given=KEY)
        yield from self.says(0, "copied", "copy", "dotenv:.env", self.url, "--create")
        yield from self.story(self)


Story = Callable[[OtherScene], Iterator[str]]
FORCED = ("--force", "--reason", "a test")


def a_write_that_goes_over_another_is_a_conflict(scene: OtherScene) -> Iterator[str]:
    revoked = {"SECRET_KEY": "made-up-another", "SECRET_KEY_FALLBACKS": "made-up-another"}
    scene.others("play", overtake=[revoked])
    yield from scene.says(5, "went over one that another program made at the same moment (v4)", "stage")
    # It stands, so what follows a write did; the rest is the user's business.
    if not (scene.folder / "followed").exists():
        yield f"{scene.name}: after-write was not run"
    yield from scene.says(0, "staged: the next key", "status")


def no_step_goes_on_from_a_release_that_failed(scene: OtherScene) -> Iterator[str]:
    scene.others("command", ends="failed")
    yield from scene.says(0, "next     `heroku releases:output v4", "stage")
    yield from scene.says(0, "mend that and release again; then run `keybaton rotate` from", "rotate", "--continue")
    failed = "release v4 failed, so dynos still have the ring of v3"
    yield from scene.says(0, failed, "status")
    yield from scene.says(0, f'"why":"{scene.url}: {failed}"', "status", "--json")
    yield from scene.says(6, failed, "promote")
    scene.others("command", ends="succeeded")
    yield from scene.says(0, failed, "promote", *FORCED)
    yield from scene.says(6, "too early to retire", "retire")


def no_step_goes_on_from_a_release_that_is_not_out(scene: OtherScene) -> Iterator[str]:
    scene.others("command", ends="pending")
    yield from scene.says(0, "release v4 runs its release command first", "stage")
    yield from scene.says(6, "release v4 is not out yet", "promote")
    scene.others("end", ends="succeeded")
    yield from scene.says(6, "too early to promote", "promote")
    yield from scene.says(0, "release v5 runs its release command first", "promote", *FORCED)
    yield from scene.says(6, "release v5 is not out yet, so dynos still have the ring of v4", "retire")


def a_revocation_goes_on_whatever_was_not_released(scene: OtherScene) -> Iterator[str]:
    scene.others("command", ends="failed")
    yield from scene.says(0, "release v4 failed", "stage")
    told = "release v4 before this write had failed, so no dyno has what it changed"
    yield from scene.says(7, told, "revoke", "--all", "--accept-logouts")


def a_key_that_no_dyno_has_lost_is_called_so(scene: OtherScene) -> Iterator[str]:
    yield from scene.says(0, "see that every process is restarted, so that each accepts", "stage")
    yield from scene.says(0, "promoted", "promote", *FORCED)
    held = scene.ground.run(scene.place.straight, "status", "--json", folder=scene.folder)
    old = next(key["id"] for key in json.loads(held.output)["keys"] if key["role"] == "retiring")
    scene.others("command", ends="failed")
    mend = "shows what its command said; mend that and release again"
    for told in ("processes may still accept the old key", "release v6 failed, so dynos still have", mend):
        yield from scene.says(7, told, "revoke", old, "--accept-logouts")
    yield from scene.says(0, mend, "status")
    yield from scene.says(0, '"undelivered":{"why"', "status", "--json")
    scene.others("command", ends="succeeded")
    scene.others("release", description="Deploy 1a2b3c4d", status="succeeded")
    yield from scene.says(0, "is cut off already", "revoke", old, "--accept-logouts")
    yield from scene.says(0, '"undelivered":null', "status", "--json")


def what_after_write_has_released_is_no_key_that_is_still_accepted(scene: OtherScene) -> Iterator[str]:
    configuration = scene.folder / "keybaton.toml"
    waits = '"sh", "-c", "touch followed; until [ -e released ]; do sleep 0.1; done"'
    configuration.write_text(configuration.read_text().replace('"touch", "followed"', waits))
    scene.others("command", ends="pending")
    for told, *more in (("restarted now: until then the old key is accepted",), ('"undelivered":null', "--json")):
        with released_meanwhile(scene):
            yield from scene.says(0, told, "revoke", "--all", "--accept-logouts", *more)


@contextmanager
def released_meanwhile(scene: OtherScene) -> Iterator[None]:
    """The release command ends while after-write waits for it."""
    followed, released = scene.folder / "followed", scene.folder / "released"

    def release() -> None:
        while not followed.exists():
            time.sleep(0.05)
        scene.others("end", ends="succeeded")
        released.touch()

    thread = threading.Thread(target=release, daemon=True)
    thread.start()
    yield
    thread.join(timeout=10)
    followed.unlink(missing_ok=True)
    released.unlink(missing_ok=True)


def what_an_abort_has_not_released_is_said(scene: OtherScene) -> Iterator[str]:
    yield from scene.says(0, "staged ", "stage")
    scene.others("command", ends="pending")
    yield from scene.says(0, "wait until its release command has ended", "abort")


def a_promotion_in_a_pipeline_is_in_nobodys_way(scene: OtherScene) -> Iterator[str]:
    promotion = "Promote shop-staging v12 1a2b3c4d"
    scene.others("play", overtake=[promotion])
    yield from scene.says(0, "staged ", "stage")
    scene.others("release", description=promotion, status="failed")
    yield from scene.says(6, "too early to promote", "promote")
    yield from scene.says(0, "promoted", "promote", *FORCED)


def an_app_that_is_suspended_is_told_apart(scene: OtherScene) -> Iterator[str]:
    for words in (("status",), ("stage",)):
        scene.others("play", refuse=[["GET config-vars", 403, "suspended"]])
        yield from scene.says(4, "Heroku has suspended this app or its account", *words)


def a_program_that_knows_of_no_claim_makes_a_conflict(scene: OtherScene) -> Iterator[str]:
    scene.others("play", follow=[["update SECRET_KEY_RING", "SECRET_KEY", "made-up-another", "production"]])
    told = "another program wrote at the same moment"
    yield from is_taken_in(scene, told)


def a_program_that_knows_of_no_ring_makes_a_conflict(scene: OtherScene) -> Iterator[str]:
    scene.others("play", follow=[{"SECRET_KEY_FALLBACKS": "made-up-another"}])
    yield from is_taken_in(scene, "another program wrote right after this write (v5)")


def is_taken_in(scene: OtherScene, told: str) -> Iterator[str]:
    """What a conflict with somebody else's keys names gets through, on a machine that has no settings."""
    done = scene.ground.run(scene.place.straight, "stage", folder=scene.folder)
    for wanted in (told, "take out by hand those that are not; then `keybaton init --adopt` takes in"):
        if done.code != 5 or wanted not in done.error:
            yield f"{scene.name}: `keybaton stage` ends with {done.code}, and says: {done.error}"
    yield from scene.says(0, "edited: a key was put in by hand", "status")
    yield from scene.says(3, "there is no Django project", "init")
    yield from scene.says(0, "would     take in the key that is there", "init", "--adopt", "--dry-run")
    yield from scene.says(0, "restart what reads the ring", "init", "--adopt")
    yield from scene.says(0, "nothing: all is as it should be", "init", "--adopt")


def what_jobs_cannot_take_for_a_key_is_told(scene: OtherScene) -> Iterator[str]:
    for made, told, code in (
        ({"variable_type": "file"}, "is of type File", 6),
        ({"masked_and_hidden": True}, "is hidden, so GitLab gives its value to jobs alone", 4),
    ):
        scene.others("delete", name="SECRET_KEY")
        scene.others("make", key="SECRET_KEY", value=KEY, **made)
        for words in (("status",), ("stage",)):
            yield from scene.says(code, told, *words)
        yield from scene.says(125, told, "run", "--", "true")


def a_record_that_is_lost_is_written_over_when_the_user_says_so(scene: OtherScene) -> Iterator[str]:
    scene.others("delete", "variables/SECRET_KEY_RING")
    copy = ("copy", "dotenv:.env", scene.url)
    yield from scene.says(1, "cannot be told: the keys of one cannot be read", "diff", "dotenv:.env", scene.url)
    over = f"keybaton {' '.join(copy)} --over-unreadable"
    for words in (("stage",), ("rotate", "--continue"), copy):
        yield from scene.says(6, over, *words)
    yield from scene.says(0, over, "status")
    yield from scene.says(0, "copied", *copy, "--over-unreadable")
    yield from scene.says(0, "equal: the same write of the same ring", "diff", "dotenv:.env", scene.url)
    yield from scene.says(0, "staged ", "stage")
    # Where there is a record, it is heeded.
    scene.others("variable", name="SECRET_KEY_RING", text="another")
    yield from scene.says(6, over, *copy)


def a_limit_is_told_once_with_what_mends_it(scene: OtherScene) -> Iterator[str]:
    limit = ["POST variables", [403, "You have exceeded a secondary rate limit", {}]]
    scene.others("play", refuse=[limit])
    told = f"not {scene.url}: {scene.ground.stage.environment['GH_HOST']} has a limit of calls that is reached\n"
    yield from scene.says(7, told, "stage")
    scene.others("play", refuse=[limit])
    yield from scene.says(7, "`gh api rate_limit`; then mend the cause and run it again", "stage")


def a_mirror_that_cannot_be_read_is_not_called_behind(scene: OtherScene) -> Iterator[str]:
    for told, *more in (("could not be read: you have no right",), ('"unread":{"why":', "--json")):
        scene.others("play", refuse=[["GET SECRET_KEY_RING", 403]])
        yield from scene.says(0, told, "status", *more)


STORIES: dict[str, tuple[Story, ...]] = {
    "gha": (
        a_record_that_is_lost_is_written_over_when_the_user_says_so,
        a_limit_is_told_once_with_what_mends_it,
        a_mirror_that_cannot_be_read_is_not_called_behind,
    ),
    "gitlab": (a_program_that_knows_of_no_claim_makes_a_conflict, what_jobs_cannot_take_for_a_key_is_told),
    "heroku": (
        a_write_that_goes_over_another_is_a_conflict,
        a_program_that_knows_of_no_ring_makes_a_conflict,
        no_step_goes_on_from_a_release_that_failed,
        no_step_goes_on_from_a_release_that_is_not_out,
        a_revocation_goes_on_whatever_was_not_released,
        a_key_that_no_dyno_has_lost_is_called_so,
        what_after_write_has_released_is_no_key_that_is_still_accepted,
        what_an_abort_has_not_released_is_said,
        a_promotion_in_a_pipeline_is_in_nobodys_way,
        an_app_that_is_suspended_is_told_apart,
    ),
}


def other_scenes(ground: Ground, place: Place) -> list[OtherScene]:
    kind = MirrorOtherScene if place.is_sealed else OtherScene
    return [kind(ground, place, story) for story in STORIES.get(place.store, ())]
