"""The same faults where a store gives its keys to nobody: a ring in a file is copied there, in each of its phases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ground import KEY, Done, Ground, Place
from scenes import HASTE, Case, Command, FaultScene

# What is done to the ring in the file before the copy is brought up.
COMMANDS = (
    Command("compare", "settled", "settled", ("diff", "{file}", "{url}")),
    Command("create", "absent", "settled", ("copy", "{file}", "{url}", "--create")),
    Command("stage", "settled", "staged", ("copy", "{file}", "{url}")),
    Command("promote", "staged", "promoted", ("copy", "{file}", "{url}")),
    Command("retire", "promoted", "retired", ("copy", "{file}", "{url}")),
)
STEPS_BESIDE_A_MIRROR = (
    Command("stage beside it", "settled", "staged", ("stage",)),
    Command("promote beside it", "staged", "promoted", ("promote", *HASTE)),
)
STEPS = {"settled": (), "staged": ("stage",), "promoted": ("promote", *HASTE), "retired": ("retire", *HASTE)}


class MirrorScene(FaultScene):
    def prepared(self) -> tuple[str, list[str]]:
        url = self.place.fresh()
        if self.command.before == "absent":
            return url, []
        self.must("copy", original(self.ground, self.place, self.command.before), url, "--create")
        return url, self.place.hand.texts(url)["SECRET_KEY_FALLBACKS"].split(",")

    def words(self, url: str) -> list[str]:
        file = original(self.ground, self.place, self.command.after)
        return [word.replace("{url}", url).replace("{file}", file) for word in self.command.words]

    def must_go_on(self, case: Case) -> Iterator[str]:
        """The next run writes what is missing, or finds nothing to do; then each text is the file's."""
        file = original(self.ground, self.place, self.command.after)
        again = self.ground.run(self.place.straight, "copy", file, case.url, "--create")
        compared = self.ground.run(self.place.straight, "diff", file, case.url)
        if (again.code, compared.code) != (0, 0):
            yield f"{self.name}, {case}: run again it ends with {again.code}: {again.error}{compared.output}"
        if not same_keys(self.place.hand.texts(case.url), texts_of(file)):
            yield f"{self.name}, {case}: afterwards it has other keys than the file"


class StepScene(MirrorScene):
    """A step of a ring in a file whose project has the store for its mirror."""

    def prepared(self) -> tuple[str, list[str]]:
        url, accepted = super().prepared()
        folder = self.folder(url)
        folder.mkdir()
        self.must("copy", original(self.ground, self.place, self.command.before), f"dotenv:{folder}/.env")
        (folder / "keybaton.toml").write_text(CONFIGURATION.replace("{url}", url))
        return url, accepted

    def folder(self, url: str) -> Path:
        return self.ground.stage.folder / f"project-{url.rpartition('/')[2]}"

    def must_go_on(self, case: Case) -> Iterator[str]:
        """The next run brings the mirror up, whether or not there is a step left to take."""
        again = self.run(self.place.straight, case.url)
        if again.code not in (0, 6):
            yield f"{self.name}, {case}: run again it ends with {again.code}: {again.error}"
        store = f"dotenv:{self.folder(case.url)}/.env"
        compared = self.ground.run(self.place.straight, "diff", store, case.url)
        if compared.code != 0 or not same_keys(self.place.hand.texts(case.url), texts_of(store)):
            yield f"{self.name}, {case}: afterwards the mirror differs: {compared.output}{compared.error}"


def original(ground: Ground, place: Place, phase: str) -> str:
    """One ring in a file for each phase, each made of the one before."""
    *before, _ = list(STEPS)[: list(STEPS).index(phase) + 1]
    store = f"dotenv:{ground.stage.folder / f'{place.name} {place.lane.number} {phase}.env'}"
    if not file_of(store).exists():
        if not before:
            must(ground.run(place.straight, "copy", "-", store, given=KEY))
        else:
            must(ground.run(place.straight, "copy", original(ground, place, before[-1]), store))
            must(ground.run(place.straight, *STEPS[phase], "--store", store))
    return store


def must(done: Done) -> None:
    if done.code != 0:
        raise AssertionError(f"a ring in a file ends with {done.code}: {done.error}")


def file_of(store: str) -> Path:
    return Path(store.removeprefix("dotenv:"))


def texts_of(store: str) -> dict[str, str]:
    lines = file_of(store).read_text().splitlines()
    return dict(line.split("=", maxsplit=1) for line in lines if "=" in line)


def same_keys(a: dict[str, str], b: dict[str, str]) -> bool:
    return all(a.get(name) == b[name] for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS"))


def mirror_scenes(ground: Ground, place: Place) -> list[MirrorScene]:
    copied = [MirrorScene(ground, place, command) for command in COMMANDS]
    return [*copied, *(StepScene(ground, place, command) for command in STEPS_BESIDE_A_MIRROR)]


CONFIGURATION = """default-environment = "production"
[environments.production]
store = "dotenv:.env"
mirrors = ["{url}"]
propagation = "0s"
"""
