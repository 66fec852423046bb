"""Who may call the stand-in for Google Cloud, by Google's own libraries for signing in."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
import requests
from gcp_ground import PARENT, There, account, add, refusal
from google.api_core.exceptions import Forbidden, Unauthorized
from google.auth import impersonated_credentials
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.cloud.secretmanager_v1 import SecretManagerServiceClient
from google.oauth2 import credentials as people
from google.oauth2 import service_account

from hands.gcsm import client

pytest_plugins = ["gcp_fixtures"]
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


def test_a_reader_reads_and_does_nothing_else(there: There, keeper: SecretManagerServiceClient, secret: str) -> None:
    add(keeper, secret, b"a")
    reader = client(there, account(there, "KEYBATON_TEST_GCP_READER"))
    assert reader.access_secret_version(name=f"{secret}/versions/latest").payload.data == b"a"
    error = refusal(Forbidden, lambda: add(reader, secret, b"b"))
    assert (error["status"], error["details"][0]["reason"]) == ("PERMISSION_DENIED", "IAM_PERMISSION_DENIED")
    assert error["details"][0]["metadata"]["permission"] == "secretmanager.versions.add"


def test_a_stranger_is_not_told_what_is_there(there: There, secret: str) -> None:
    stranger = client(there, account(there, "KEYBATON_TEST_GCP_STRANGER"))
    for name in (secret, f"{PARENT}/secrets/none"):
        error = refusal(Forbidden, partial(stranger.get_secret, name=name))
        assert "(or it may not exist)" in error["message"]


def test_tokens_of_the_token_endpoint_are_good(there: There, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", there["SSL_CERT_FILE"])
    exchanged = account(there, "GOOGLE_APPLICATION_CREDENTIALS").with_scopes(SCOPES)
    # This class asks Google itself, whatever its file says.
    log_in = json.loads(Path(there["KEYBATON_TEST_GCP_PERSON"]).read_text())
    del log_in["type"], log_in["quota_project_id"]
    for credentials in (exchanged, people.Credentials(None, **log_in)):
        credentials.refresh(Request())
        assert str(credentials.token).startswith("ya29.")
        assert client(there, people.Credentials(credentials.token)).get_secret(name=secret)


def test_who_may_act_for_an_account_gets_its_token(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", there["SSL_CERT_FILE"])
    acting = json.loads(Path(there["KEYBATON_TEST_GCP_ACTING"]).read_text())
    log_in, url = acting["source_credentials"], acting["service_account_impersonation_url"]
    del log_in["type"], log_in["quota_project_id"]
    email = url.rsplit("/", 1)[1].removesuffix(":generateAccessToken")
    person, reader = people.Credentials(None, **log_in), account(there, "KEYBATON_TEST_GCP_READER")
    credentials = impersonated_credentials.Credentials(person, email, SCOPES, iam_endpoint_override=url)
    credentials.refresh(Request())
    assert email == reader.service_account_email
    assert str(credentials.token).startswith("ya29.")
    source = reader.with_scopes(SCOPES)
    with pytest.raises(RefreshError, match=r"iam\.serviceAccounts\.getAccessToken"):
        impersonated_credentials.Credentials(source, email, SCOPES, iam_endpoint_override=url).refresh(Request())


def test_a_log_in_that_was_revoked_gives_no_token(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", there["SSL_CERT_FILE"])
    log_in = json.loads(Path(there["KEYBATON_TEST_GCP_LOGGED_OUT"]).read_text())
    del log_in["type"], log_in["quota_project_id"]
    with pytest.raises(RefreshError, match="invalid_grant"):
        people.Credentials(None, **log_in).refresh(Request())


def test_nobody_else_is_let_in(there: There) -> None:
    foreign = json.loads(Path(there["GOOGLE_APPLICATION_CREDENTIALS"]).read_text())
    foreign["private_key"] = json.loads(Path(there["KEYBATON_TEST_GCP_READER"]).read_text())["private_key"]
    url = f"{there['CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER']}v1/{PARENT}/secrets"
    bearers = ["", "Bearer nonsense", f"Bearer {there['KEYBATON_TEST_GCP_EXPIRED_TOKEN']}"]
    with requests.Session() as session:
        session.trust_env, session.verify = False, there["SSL_CERT_FILE"]
        for bearer in bearers:
            answer = session.get(url, headers={"Authorization": bearer} if bearer else {}, timeout=10)
            assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
    impostor = client(there, service_account.Credentials.from_service_account_info(foreign))
    refusal(Unauthorized, lambda: impostor.get_secret(name=f"{PARENT}/secrets/none"))


def test_the_authority_is_not_one_that_machines_know(there: There) -> None:
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            session.get(there["CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"], timeout=10)


def test_a_machine_gives_its_token_to_whoever_knows_the_header(there: There, secret: str) -> None:
    url = f"http://{there['KEYBATON_TEST_GCP_METADATA']}/computeMetadata/v1/instance/service-accounts/default/token"
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(url, timeout=10).status_code == 403
        token = session.get(url, headers={"Metadata-Flavor": "Google"}, timeout=10).json()["access_token"]
    assert client(there, people.Credentials(token)).get_secret(name=secret)
