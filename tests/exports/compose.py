"""docker-compose, which takes a file apart and shows what it means: a service for each key."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml


def read(folder: Path, texts: list[str]) -> list[dict[str, str]]:
    services = (f"  key-{number}:\n    image: shop\n{indented(text)}" for number, text in enumerate(texts))
    (folder / "compose.yaml").write_bytes(('version: "3"\nservices:\n' + "".join(services)).encode())
    command = ["docker-compose", "--file", "compose.yaml", "config"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    read = yaml.safe_load(done.stdout)["services"]
    return [undoubled(read[f"key-{number}"]["environment"]) for number in range(len(texts))]


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.split("\n") if line)


def undoubled(variables: dict[str, object]) -> dict[str, str]:
    """It prints a file that means the same, so that each $ is doubled there."""
    return {name: str(value).replace("$$", "$") for name, value in variables.items()}
