"""What Azure's own types for Python say to the files, and what the roles really allow."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from clouds.azure_documents import documents
from clouds.azure_renewal import renewal
from clouds.azure_rights import rights
from ground import Ground

from stage import Stage


def trials(ground: Ground) -> Iterator[str]:
    yield from documents(ground)
    yield from renewal(ground)
    with tempfile.TemporaryDirectory(prefix="keybaton-azure-") as folder, Stage(Path(folder)) as stage:
        yield from rights(ground, stage)
