"""Azure's own clients as the referees of the stand-in: what they are answered is what Azure documents.

python -m pytest servers/tests          with the Python of the servers' environment
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

SERVERS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(SERVERS), str(SERVERS.parent / "tools")]

from azure.core.exceptions import (  # noqa: E402
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.identity import CertificateCredential, ClientAssertionCredential, ClientSecretCredential  # noqa: E402
from azure.keyvault.secrets import SecretClient  # noqa: E402

import azure_cloud  # noqa: E402
from hands.akv import SURROUNDING, client, credential, kept, trust  # noqa: E402
from stage import Stage  # noqa: E402

There = dict[str, str]
HOST = "made-up-vault.vault.azure.net"
SCOPE = "https://vault.azure.net/.default"


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    with Stage(tmp_path_factory.mktemp("stage")) as stage:
        azure_cloud.start(stage)
        yield stage.environment


@pytest.fixture(scope="module")
def keeper(there: There) -> SecretClient:
    return client(there, HOST, credential(there, *azure_cloud.KEEPER))


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return re.sub(r"[^0-9A-Za-z]+", "-", request.node.name)


def refusal(kind: type[HttpResponseError], call: Callable[[], object]) -> tuple[int | None, str | None, str | None]:
    """Status, code, and the code inside."""
    with pytest.raises(kind) as caught:
        call()
    error = caught.value.error
    inner = error.innererror if error else None
    return caught.value.status_code, error.code if error else None, (inner or {}).get("code")


def test_a_value_comes_back_with_all_that_was_said_of_it(keeper: SecretClient, name: str) -> None:
    for value in ["made-up", "", "ends\n", "žluťoučký 🔑", "x" * 25600]:
        made = keeper.set_secret(name, value, **SURROUNDING)
        found = keeper.get_secret(name)
        assert (found.value, found.properties.version) == (value, made.properties.version)
        assert kept(found.properties) == SURROUNDING
        assert found.properties.enabled


def test_each_version_stays_and_says_what_it_said(keeper: SecretClient, name: str) -> None:
    first = keeper.set_secret(name, "a", **SURROUNDING).properties
    second = keeper.set_secret(name, "b").properties
    assert (second.tags or {}, second.content_type, second.expires_on) == ({}, None, None)
    assert keeper.get_secret(name, first.version).value == "a"
    found = {found.version: found for found in keeper.list_properties_of_secret_versions(name)}
    assert set(found) == {first.version, second.version}
    assert kept(found[first.version]) == SURROUNDING


def test_many_versions_are_listed_page_by_page(keeper: SecretClient, name: str) -> None:
    made = {keeper.set_secret(name, str(number)).properties.version for number in range(60)}
    pages = keeper.list_properties_of_secret_versions(name).by_page()
    sizes, found = [], set()
    for page in pages:
        versions = [properties.version for properties in page]
        sizes.append(len(versions))
        found.update(versions)
    assert (sizes, found) == ([25, 25, 10], made)


def test_what_is_not_there_has_no_versions(keeper: SecretClient, name: str) -> None:
    assert list(keeper.list_properties_of_secret_versions(name)) == []
    assert refusal(ResourceNotFoundError, lambda: keeper.get_secret(name)) == (404, "SecretNotFound", None)


def test_a_version_that_is_disabled_cannot_be_read(keeper: SecretClient, name: str) -> None:
    first = keeper.set_secret(name, "a").properties.version
    keeper.set_secret(name, "b")
    keeper.update_secret_properties(name, enabled=False)
    wanted = (403, "Forbidden", "SecretDisabled")
    assert refusal(HttpResponseError, lambda: keeper.get_secret(name)) == wanted
    assert keeper.get_secret(name, first).value == "a"
    assert keeper.set_secret(name, "c").properties.enabled
    assert keeper.get_secret(name).value == "c"


def test_a_deleted_name_is_kept_until_it_is_recovered_or_purged(keeper: SecretClient, name: str) -> None:
    keeper.set_secret(name, "a")
    keeper.begin_delete_secret(name).wait()
    assert refusal(ResourceNotFoundError, lambda: keeper.get_secret(name)) == (404, "SecretNotFound", None)
    wanted = (409, "Conflict", "ObjectIsDeletedButRecoverable")
    assert refusal(ResourceExistsError, lambda: keeper.set_secret(name, "b")) == wanted
    keeper.begin_recover_deleted_secret(name).wait()
    assert keeper.get_secret(name).value == "a"
    keeper.begin_delete_secret(name).wait()
    assert keeper.get_deleted_secret(name).name == name
    keeper.purge_deleted_secret(name)
    keeper.set_secret(name, "b")
    assert len(list(keeper.list_properties_of_secret_versions(name))) == 1


def test_what_cannot_be_a_secret_is_refused(keeper: SecretClient, name: str) -> None:
    many = {str(number): "x" for number in range(16)}
    for call in [
        lambda: keeper.set_secret(name, "x" * 25601),
        lambda: keeper.set_secret("SECRET_KEY", "x"),
        lambda: keeper.set_secret("x" * 128, "x"),
        lambda: keeper.set_secret(name, "x", tags=many),
    ]:
        assert refusal(HttpResponseError, call) == (400, "BadParameter", None)


def test_who_has_no_right_is_told_in_the_way_of_the_vault(there: There, name: str) -> None:
    stranger, reader = (credential(there, *who) for who in (azure_cloud.STRANGER, azure_cloud.READER))
    for vault, inner in [("made-up", "ForbiddenByRbac"), ("policy", "AccessDenied"), ("walled", "ForbiddenByFirewall")]:
        strange = client(there, f"{vault}.vault.azure.net", stranger)
        for call in [
            lambda strange=strange: strange.get_secret(name),
            lambda strange=strange: strange.set_secret(name, "x"),
            lambda strange=strange: list(strange.list_properties_of_secret_versions(name)),
        ]:
            assert refusal(HttpResponseError, call) == (403, "Forbidden", inner)
    client(there, HOST, credential(there, *azure_cloud.KEEPER)).set_secret(name, "a")
    able = client(there, HOST, reader)
    assert able.get_secret(name).value == "a"
    assert refusal(HttpResponseError, lambda: able.set_secret(name, "b"))[0] == 403


def test_without_a_token_the_vault_says_who_gives_one(there: There) -> None:
    bearers = ["", "Bearer made-up", f"Bearer {there['KEYBATON_TEST_AZURE_EXPIRED_TOKEN']}", "Basic eDp5"]
    with requests.Session() as session:
        session.trust_env, session.verify = False, there["SSL_CERT_FILE"]
        session.proxies = {"https": there["HTTPS_PROXY"]}
        for bearer in bearers:
            headers = {"Authorization": bearer} if bearer else {}
            answer = session.get(f"https://{HOST}/secrets/x?api-version=7.4", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == (
                f'Bearer authorization="https://login.windows.net/{azure_cloud.TENANT}", resource="https://vault.azure.net"'
            )
            assert answer.json()["error"]["code"] == "Unauthorized"
        with pytest.raises(requests.exceptions.ProxyError):
            session.get("https://keybaton.example/")


def test_every_vault_has_secrets_of_its_own(there: There, keeper: SecretClient, name: str) -> None:
    keeper.set_secret(name, "a")
    other = client(there, "other-vault.vault.azure.net", credential(there, *azure_cloud.KEEPER))
    assert refusal(ResourceNotFoundError, lambda: other.get_secret(name)) == (404, "SecretNotFound", None)
    china = client(there, "made-up-vault.vault.azure.cn", credential(there, *azure_cloud.KEEPER))
    assert refusal(ResourceNotFoundError, lambda: china.get_secret(name)) == (404, "SecretNotFound", None)


def test_a_token_is_for_whom_it_was_asked_for(there: There) -> None:
    token = credential(there, *azure_cloud.KEEPER).get_token("https://vault.azure.cn/.default").token
    with requests.Session() as session:
        session.trust_env, session.verify = False, there["SSL_CERT_FILE"]
        session.proxies = {"https": there["HTTPS_PROXY"]}
        headers = {"Authorization": f"Bearer {token}"}
        answer = session.get(f"https://{HOST}/secrets/x?api-version=7.4", headers=headers)
    assert (answer.status_code, "AKV10022" in answer.text) == (401, True)


def test_the_directory_says_why_there_is_no_token(there: There) -> None:
    id_, secret = azure_cloud.KEEPER
    stranger = "d0000000-0000-4000-8000-00000000beef"
    cases = [
        ((id_, "made-up"), 7000215),
        ((id_, there["KEYBATON_TEST_AZURE_EXPIRED_SECRET"]), 7000222),
        ((stranger, secret), 700016),
    ]
    for who, code in cases:
        with pytest.raises(ClientAuthenticationError, match=f"AADSTS{code}"):
            credential(there, *who).get_token(SCOPE)
    with pytest.raises(ClientAuthenticationError, match="AADSTS500011"):
        credential(there, *azure_cloud.KEEPER).get_token("https://keybaton.example/.default")


def test_every_way_to_sign_in_gives_a_token(there: There) -> None:
    id_, _ = azure_cloud.KEEPER
    common = {"authority": there["AZURE_AUTHORITY_HOST"], "disable_instance_discovery": True, **trust(there)}
    assertion = Path(there["KEYBATON_TEST_AZURE_FEDERATED_TOKEN_FILE"]).read_text()
    ways: list[ClientSecretCredential | ClientAssertionCredential | CertificateCredential] = [
        credential(there, *azure_cloud.KEEPER),
        ClientAssertionCredential(azure_cloud.TENANT, id_, lambda: assertion, **common),
        CertificateCredential(azure_cloud.TENANT, id_, there["KEYBATON_TEST_AZURE_CERTIFICATE"], **common),
    ]
    for way in ways:
        assert way.get_token(SCOPE).token


def test_a_machine_is_given_a_token_for_the_header_alone(there: There) -> None:
    place = there["KEYBATON_TEST_AZURE_METADATA"]
    query = {"api-version": "2019-08-01", "resource": "https://vault.azure.net"}
    with requests.Session() as session:
        session.trust_env = False
        vm = f"{place}/metadata/identity/oauth2/token"
        assert session.get(vm, params=query).status_code == 400
        answer = session.get(vm, params=query, headers={"Metadata": "true"}).json()
        assert (answer["token_type"], answer["resource"]) == ("Bearer", "https://vault.azure.net")
        other = {**query, "client_id": "made-up"}
        assert session.get(vm, params=other, headers={"Metadata": "true"}).status_code == 400
        container = f"{place}/msi/token"
        assert session.get(container, params=query).status_code == 404
        headers = {"X-IDENTITY-HEADER": there["KEYBATON_TEST_AZURE_IDENTITY_HEADER"]}
        assert session.get(container, params=query, headers=headers).json()["access_token"]


def test_twenty_writers_leave_twenty_versions(keeper: SecretClient, name: str) -> None:
    keeper.set_secret(name, "first")
    writers = [threading.Thread(target=keeper.set_secret, args=(name, str(number))) for number in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(list(keeper.list_properties_of_secret_versions(name))) == 21
    assert keeper.get_secret(name).value in {str(number) for number in range(20)}
