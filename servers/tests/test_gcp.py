"""Google's own client as the referee of the stand-in: what it is answered is what Google documents.

python -m pytest servers/tests          with the Python of the servers' environment
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

SERVERS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(SERVERS), str(SERVERS.parent / "tools")]

from google.api_core.exceptions import (  # noqa: E402
    BadRequest,
    Conflict,
    Forbidden,
    GoogleAPICallError,
    NotFound,
    Unauthorized,
)
from google.auth import impersonated_credentials  # noqa: E402
from google.auth.exceptions import RefreshError  # noqa: E402
from google.auth.transport.requests import Request  # noqa: E402
from google.cloud.secretmanager_v1 import SecretManagerServiceClient, types  # noqa: E402
from google.oauth2 import credentials as people  # noqa: E402
from google.oauth2 import service_account  # noqa: E402

import gcp  # noqa: E402
from hands.gcsm import client  # noqa: E402
from stage import Stage  # noqa: E402

There = dict[str, str]
PARENT = f"projects/{gcp.PROJECT}"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


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


def test_a_value_comes_back_with_its_checksum(keeper: SecretManagerServiceClient, secret: str) -> None:
    added = add(keeper, secret, b"123456789", data_crc32c=0xE3069283)
    assert added.name == f"projects/{gcp.PROJECT_NUMBER}/secrets/{secret.split('/')[-1]}/versions/1"
    assert (added.state, added.client_specified_payload_checksum) == (types.SecretVersion.State.ENABLED, True)
    for version in ("1", "latest"):
        found = keeper.access_secret_version(name=f"{secret}/versions/{version}")
        assert (found.name, found.payload.data, found.payload.data_crc32c) == (added.name, b"123456789", 0xE3069283)


def test_a_wrong_checksum_is_refused(keeper: SecretManagerServiceClient, secret: str) -> None:
    error = refusal(BadRequest, lambda: add(keeper, secret, b"123456789", data_crc32c=1))
    assert error["status"] == "INVALID_ARGUMENT"
    assert list(keeper.list_secret_versions(parent=secret)) == []


@pytest.mark.parametrize("size", [0, 65537])
def test_nothing_and_too_much_are_refused(keeper: SecretManagerServiceClient, secret: str, size: int) -> None:
    assert refusal(BadRequest, lambda: add(keeper, secret, b"x" * size))["status"] == "INVALID_ARGUMENT"
    add(keeper, secret, b"x" * 65536)


def test_versions_are_counted_and_listed_newest_first(keeper: SecretManagerServiceClient, secret: str) -> None:
    for data in (b"a", b"b", b"c"):
        add(keeper, secret, data)
    numbers = [version.name.rsplit("/", 1)[1] for version in keeper.list_secret_versions(parent=secret)]
    assert numbers == ["3", "2", "1"]


def test_latest_is_the_newest_in_whatever_state(keeper: SecretManagerServiceClient, secret: str) -> None:
    add(keeper, secret, b"a")
    newest = add(keeper, secret, b"b").name
    latest = f"{secret}/versions/latest"
    for change, state in [(keeper.disable_secret_version, "DISABLED"), (keeper.destroy_secret_version, "DESTROYED")]:
        change(name=newest)
        error = refusal(BadRequest, lambda: keeper.access_secret_version(name=latest))
        assert error["status"] == "FAILED_PRECONDITION"
        assert error["message"] == f"Secret Version [{newest}] is in {state} state."
        assert keeper.get_secret_version(name=latest).state.name == state
    assert refusal(BadRequest, lambda: keeper.enable_secret_version(name=newest))["status"] == "FAILED_PRECONDITION"


def test_a_disabled_version_can_be_enabled_again(keeper: SecretManagerServiceClient, secret: str) -> None:
    name = add(keeper, secret, b"a").name
    keeper.disable_secret_version(name=name)
    keeper.enable_secret_version(name=name)
    assert keeper.access_secret_version(name=name).payload.data == b"a"


def test_an_old_etag_is_refused_and_a_new_version_does_not_change_it(
    keeper: SecretManagerServiceClient, secret: str
) -> None:
    first = keeper.get_secret(name=secret).etag
    add(keeper, secret, b"a")
    assert keeper.get_secret(name=secret).etag == first
    second = update(keeper, "annotations", name=secret, etag=first, annotations={"a": "1"}).etag
    assert second != first
    stale = {"name": secret, "etag": first, "annotations": {"a": "2"}}
    error = refusal(BadRequest, lambda: update(keeper, "annotations", **stale))
    assert error["status"] == "FAILED_PRECONDITION"
    assert refusal(BadRequest, lambda: keeper.delete_secret(request={"name": secret, "etag": first}))
    assert dict(keeper.get_secret(name=secret).annotations) == {"a": "1"}
    # No etag, no guard; and what changes nothing changes the etag all the same.
    assert update(keeper, "annotations", name=secret, annotations={"a": "1"}).etag != second


def test_of_twenty_who_saw_one_etag_one_wins(keeper: SecretManagerServiceClient, secret: str) -> None:
    etag, won = keeper.get_secret(name=secret).etag, []

    def race(number: int) -> None:
        try:
            update(keeper, "annotations", name=secret, etag=etag, annotations={"who": str(number)})
            won.append(str(number))
        except BadRequest:
            pass

    racers = [threading.Thread(target=race, args=[number]) for number in range(20)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert [keeper.get_secret(name=secret).annotations["who"]] == won


def test_only_what_the_mask_names_changes(keeper: SecretManagerServiceClient, secret: str) -> None:
    add(keeper, secret, b"a")
    update(keeper, "labels", "version_aliases", name=secret, labels={"a": "1"}, version_aliases={"good": 1})
    changed = update(keeper, "annotations", name=secret, annotations={"b": "2"}, labels={"a": "changed"})
    assert (dict(changed.labels), dict(changed.annotations)) == ({"a": "1"}, {"b": "2"})
    assert keeper.access_secret_version(name=f"{secret}/versions/good").payload.data == b"a"
    assert update(keeper, "annotations", name=secret).annotations == {}


def test_an_alias_of_nothing_and_an_empty_mask_are_refused(keeper: SecretManagerServiceClient, secret: str) -> None:
    refusal(BadRequest, lambda: update(keeper, "version_aliases", name=secret, version_aliases={"good": 7}))
    refusal(BadRequest, lambda: update(keeper, name=secret))
    refusal(BadRequest, lambda: update(keeper, "replication", name=secret))


def test_a_secret_is_made_once(keeper: SecretManagerServiceClient, secret: str) -> None:
    def make(name: str, **fields: object) -> types.Secret:
        return keeper.create_secret(parent=PARENT, secret_id=name, secret=types.Secret(**fields))

    once_more = secret.split("/")[-1]
    error = refusal(Conflict, lambda: make(once_more, replication={"automatic": {}}))
    assert error["status"] == "ALREADY_EXISTS"
    refusal(BadRequest, lambda: make("no.dots", replication={"automatic": {}}))
    refusal(BadRequest, lambda: make("unreplicated"))


def test_a_secret_of_a_location_is_another_one(keeper: SecretManagerServiceClient, secret: str) -> None:
    parent, name = f"{PARENT}/locations/europe-west1", secret.split("/")[-1]
    regional = keeper.create_secret(parent=parent, secret_id=name, secret=types.Secret())
    assert regional.name == f"projects/{gcp.PROJECT_NUMBER}/locations/europe-west1/secrets/{name}"
    add(keeper, regional.name, b"there")
    refusal(NotFound, lambda: keeper.access_secret_version(name=f"{secret}/versions/latest"))


def test_what_is_not_there_is_not_found(keeper: SecretManagerServiceClient, secret: str) -> None:
    for name in (f"{secret}/versions/latest", f"{secret}/versions/1", f"{PARENT}/secrets/none/versions/latest"):
        error = refusal(NotFound, partial(keeper.access_secret_version, name=name))
        assert error["status"] == "NOT_FOUND"
    keeper.delete_secret(name=secret)
    refusal(NotFound, lambda: keeper.get_secret(name=secret))


def test_a_ttl_becomes_a_time(keeper: SecretManagerServiceClient) -> None:
    wanted = types.Secret(replication={"automatic": {}}, ttl={"seconds": 3600})
    made = keeper.create_secret(parent=PARENT, secret_id="expires", secret=wanted)
    assert (made.expire_time - made.create_time).total_seconds() == pytest.approx(3600, abs=1)


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
