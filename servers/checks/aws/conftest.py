"""The server that runs, and clients of it."""

from __future__ import annotations

import os
import secrets
from typing import Any

import boto3
import pytest
from known_wrong import SOMETIMES, WRONG

SERVER = os.environ.get("KEYBATON_TEST_AWS", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SERVER not in WRONG:
        pytest.exit("start a server first: python3 servers NAME -- …", 2)
    for item in items:
        if item.name in WRONG[SERVER]:
            strict = (SERVER, item.name) not in SOMETIMES
            item.add_marker(pytest.mark.xfail(reason=WRONG[SERVER][item.name], strict=strict))
    forgotten = set(WRONG[SERVER]) - {item.name for item in items}
    if forgotten:
        pytest.exit(f"no check is called {', '.join(sorted(forgotten))}", 2)


def pytest_ignore_collect(collection_path: Any) -> bool | None:
    """What has to be arranged can only be seen in our own stand-in."""
    return True if collection_path.name == "test_arranged.py" and SERVER != "awsrace" else None


@pytest.fixture(scope="session")
def sm() -> Any:
    return boto3.client("secretsmanager")


@pytest.fixture(scope="session")
def ssm() -> Any:
    return boto3.client("ssm")


@pytest.fixture
def name() -> str:
    return f"shop/{secrets.token_hex(6)}"
