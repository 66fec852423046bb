"""What the tests of the stand-in for Google Cloud do with Google's own client."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SERVERS = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(SERVERS), str(SERVERS.parent / "tools")]

from google.api_core.exceptions import GoogleAPICallError  # noqa: E402
from google.cloud.secretmanager_v1 import SecretManagerServiceClient, types  # noqa: E402
from google.oauth2 import service_account  # noqa: E402

from gcp import PROJECT  # noqa: E402

There = dict[str, str]
PARENT = f"projects/{PROJECT}"


def account(there: There, variable: str) -> service_account.Credentials:
    made: service_account.Credentials = service_account.Credentials.from_service_account_file(there[variable])
    return made


def add(keeper: SecretManagerServiceClient, secret: str, data: bytes, **checksum: int) -> types.SecretVersion:
    return keeper.add_secret_version(parent=secret, payload=types.SecretPayload(data=data, **checksum))


def update(keeper: SecretManagerServiceClient, *paths: str, **fields: object) -> types.Secret:
    return keeper.update_secret(request={"secret": types.Secret(**fields), "update_mask": {"paths": list(paths)}})


def refusal(kind: type[GoogleAPICallError], call: Callable[[], object]) -> dict[str, Any]:
    with pytest.raises(kind) as caught:
        call()
    error: dict[str, Any] = caught.value.response.json()["error"]
    assert (error["code"], bool(error["message"])) == (caught.value.code, True)
    return error
