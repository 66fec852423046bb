"""What AWS's own program, moto and cfn-lint say to the files; and what the policies really allow."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from clouds.aws_commands import commands
from clouds.aws_rights import rights
from clouds.aws_words import words
from ground import Ground

from stage import Stage


def trials(ground: Ground) -> Iterator[str]:
    for part in (words, commands, rights):
        with tempfile.TemporaryDirectory(prefix="keybaton-aws-") as folder, Stage(Path(folder)) as stage:
            yield from part(ground, stage)
