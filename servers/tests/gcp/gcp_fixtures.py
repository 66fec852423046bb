"""The stand-in for Google Cloud on a stage of its own, and Google's own client with the account that may do all."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from gcp_ground import PARENT, There, account
from google.cloud.secretmanager_v1 import SecretManagerServiceClient, types

import gcp
from hands.gcsm import client
from stage import Stage


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    with Stage(tmp_path_factory.mktemp("stage")) as stage:
        gcp.start(stage)
        yield stage.environment


@pytest.fixture(scope="module")
def keeper(there: There) -> SecretManagerServiceClient:
    return client(there, account(there, "GOOGLE_APPLICATION_CREDENTIALS"))


@pytest.fixture
def secret(keeper: SecretManagerServiceClient, request: pytest.FixtureRequest) -> str:
    name, wanted = re.sub(r"\W", "-", request.node.name), types.Secret(replication={"automatic": {}})
    made = keeper.create_secret(parent=PARENT, secret_id=name, secret=wanted)
    return str(made.name)
