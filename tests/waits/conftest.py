"""Projects, and their processes, which end with the test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from project import Instance, Project, Serve


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, Path(sys.executable))


@pytest.fixture
def serve(project: Project) -> Iterator[Serve]:
    """Starts one more process, which has served a request."""
    started: list[Instance] = []

    def one(*, follows: bool = False) -> Instance:
        started.append(Instance(project, len(started), follows=follows))
        return started[-1]

    yield one
    for instance in started:
        instance.stop()
