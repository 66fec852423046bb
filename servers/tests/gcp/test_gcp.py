"""Google's own client as the referee of the stand-in: what it is answered is what Google documents.

python -m pytest servers/tests          with the Python of the servers' environment
"""

from __future__ import annotations

import threading
from functools import partial

import pytest
from gcp_ground import PARENT, add, refusal, update
from google.api_core.exceptions import BadRequest, Conflict, NotFound
from google.cloud.secretmanager_v1 import SecretManagerServiceClient, types

from gcp import PROJECT_NUMBER

pytest_plugins = ["gcp_fixtures"]


def test_a_value_comes_back_with_its_checksum(keeper: SecretManagerServiceClient, secret: str) -> None:
    added = add(keeper, secret, b"123456789", data_crc32c=0xE3069283)
    assert added.name == f"projects/{PROJECT_NUMBER}/secrets/{secret.split('/')[-1]}/versions/1"
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
    assert regional.name == f"projects/{PROJECT_NUMBER}/locations/europe-west1/secrets/{name}"
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
