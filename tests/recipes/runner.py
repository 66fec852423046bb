"""The steps of a workflow's job, or of a composite action, run one after the other as GitHub's runner does."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# What GitHub writes for `shell: bash`, and where a workflow names no shell. An action has to name one.
SHELLS = {"bash": "bash --noprofile --norc -eo pipefail {0}", None: "bash -e {0}"}


@dataclass
class Runner:
    """A machine for one job: its checkout, its folder for temporary files, what steps hand on, and its log."""

    checkout: Path
    temporary: Path
    # What expressions such as `vars.X` and `inputs.x` stand for.
    context: Mapping[str, str]
    environment: dict[str, str]
    masks: list[str] = field(default_factory=list)
    # As it is on the runner, and as GitHub shows it.
    printed: str = ""
    shown: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def job(self, job: Mapping[str, Any]) -> int:
        """The exit code of the first step that fails, else 0. Actions of others are passed over."""
        folder = job.get("defaults", {}).get("run", {}).get("working-directory", ".")
        for number, step in enumerate(job["steps"]):
            code = self.step(step, folder, number) if "run" in step else 0
            if code:
                return code
        return 0

    def step(self, step: Mapping[str, Any], folder: str, number: int) -> int:
        script = self.temporary / f"step-{number}.sh"
        script.write_text(self.filled(step["run"]))
        handed = {
            name: self.temporary / f"{name}-{number}" for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        for file in handed.values():
            file.touch()
        own = {name: self.filled(str(value)) for name, value in step.get("env", {}).items()}
        there = {**self.environment, **own, **{name: str(file) for name, file in handed.items()}}
        command = [word.format(script) for word in SHELLS[step.get("shell")].split()]
        cwd = self.checkout / self.filled(step.get("working-directory", folder))
        done = subprocess.run(command, cwd=cwd, env=there, stdin=subprocess.DEVNULL, stdout=-1, stderr=-2, timeout=300)
        self.log(done.stdout.decode())
        self.environment.update(pairs(handed["GITHUB_ENV"].read_text()))
        self.outputs[step.get("id", "")] = pairs(handed["GITHUB_OUTPUT"].read_text())
        return done.returncode

    def filled(self, text: str) -> str:
        """What is not in the context is an error here, where GitHub takes it for an empty text."""
        return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda found: self.context[found[1]], text)

    def log(self, text: str) -> None:
        self.printed += text
        for line in text.splitlines(keepends=True):
            if line.startswith("::add-mask::"):
                value = line.removeprefix("::add-mask::").rstrip("\n")
                self.masks.append(value.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%"))
            for mask in self.masks:
                line = line.replace(mask, "***")
            self.shown += line


def pairs(text: str) -> dict[str, str]:
    """What a step wrote into the file of `GITHUB_ENV` or `GITHUB_OUTPUT`."""
    told: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        if found := re.fullmatch(r"([^=]+?)<<(.+)", line):
            block = []
            for inner in lines:
                if inner == found[2]:
                    break
                block.append(inner)
            told[found[1]] = "\n".join(block)
        else:
            name, equals, value = line.partition("=")
            if not equals:
                raise ValueError(f"the runner refuses the line {line!r}")
            told[name] = value
    return told
