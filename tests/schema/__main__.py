"""Give good and bad configurations to taplo, which stands behind TOML in editors: and see it judge as keybaton does.

    make test-schema

The same files are read by keybaton itself in the Rust tests.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SCHEMA = CHECKOUT / "docs" / "keybaton.schema.json"
HERE = Path(__file__).resolve().parent


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        wrong = [*files(), *examples(Path(folder)), *named_in_the_file(Path(folder))]
    for what in wrong:
        print(f"FAILED {what}")
    return 1 if wrong else 0


def files() -> Iterator[str]:
    for verdict, expected in (("good", True), ("bad", False)):
        found = sorted((HERE / verdict).glob("*.toml"))
        if not found:
            yield f"there are no {verdict} files"
        for file in found:
            if is_valid(file) != expected:
                yield f"{file.relative_to(CHECKOUT)}: the schema says otherwise"


def examples(folder: Path) -> Iterator[str]:
    """What docs/configuration.md shows is good."""
    texts = re.findall(r"^```toml\n(.*?)^```", (CHECKOUT / "docs" / "configuration.md").read_text(), re.M | re.S)
    if not texts:
        yield "docs/configuration.md has no examples"
    for number, text in enumerate(texts, start=1):
        file = folder / f"example{number}.toml"
        file.write_text(text)
        if not is_valid(file):
            yield f"docs/configuration.md: example {number} is refused"


def named_in_the_file(folder: Path) -> Iterator[str]:
    """An editor finds the schema by the line that the page tells to write."""
    shutil.copy(SCHEMA, folder / "keybaton.schema.json")
    for text, expected in (('ring = "A"\n', True), ('rign = "A"\n', False)):
        file = folder / "keybaton.toml"
        file.write_text(f"#:schema ./keybaton.schema.json\n\n{text}")
        if is_valid(file, []) != expected:
            yield f"with a #:schema line, {text.strip()} is judged otherwise"


def is_valid(file: Path, options: list[str] | None = None) -> bool:
    how = ["--schema", SCHEMA.as_uri()] if options is None else options
    command = ["taplo", "lint", "--no-auto-config", *how, str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    if "failed to load schema" in done.stderr or "failed to fetch" in done.stderr:
        raise SystemExit(done.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
