"""Fields that SECRET_KEY encrypts: what a new key does to them, and how they get a key of their own first."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from moves import A, B, C, Settings, before

import keybaton
from keybaton import _load
from keybaton.django import _encrypted

for package in ("django_cryptography", "encrypted_fields", "fernet_fields", "mirage"):
    pytest.importorskip(package)

ALL = dict.fromkeys(("fernet", "cryptography", "keyed", "mirage", "salted"), "secret")
PACKAGES = [Path(keybaton.__file__).parents[1], Path(__file__).parent]


class Vault:
    """The project's database, and processes that come and go with other settings."""

    def __init__(self, file: Path) -> None:
        self.base = {
            "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}},
            "INSTALLED_APPS": ["vault"],
        }

    def does(self, what: str, **said: Any) -> Any:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "vault.process", what],
            input=json.dumps({**self.base, **said}),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, PACKAGES))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault(tmp_path / "vault.sqlite3")
    vault.does("write", **before(A))
    assert vault.does("read", **before(A)) == ALL
    return vault


def test_a_new_secret_key_loses_what_it_encrypts(vault: Vault) -> None:
    lost = {"fernet": "InvalidToken", "cryptography": "BadSignature", "keyed": "BadSignature", "mirage": "ciphertext"}
    assert vault.does("read", **before(C, C, A)) == {**lost, "salted": "secret"}
    assert vault.does("read", **before(C)) == {**lost, "salted": "ciphertext"}


def test_all_of_them_are_known(vault: Vault) -> None:
    assert vault.does("uses", **before(A)) == [
        "django-cryptography",
        "django-fernet-encrypted-fields",
        "django-fernet-fields",
        "django-mirage-field",
    ]


@pytest.mark.parametrize(
    ("package", "module"), [("fernet_fields", "fernet_fields"), ("encrypted_fields", "encrypted_fields.fields")]
)
def test_a_project_that_has_put_its_own_keys_there_is_left_alone(package: str, module: str) -> None:
    theirs = import_module(module).EncryptedTextField
    own = type("Own", (theirs,), {"keys": [b"made up"]})
    with override_settings(SALT_KEY="made up"):
        assert [_encrypted.USES[package](kind()) for kind in (theirs, type("Other", (theirs,), {}), own)] == [
            True,
            True,
            False,
        ]


def test_another_package_of_the_same_name_is_left_alone() -> None:
    theirs = import_module("encrypted_fields.fields").EncryptedTextField
    assert not _encrypted.USES["encrypted_fields"](theirs())


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("fernet_fields", lambda key: {"FERNET_KEYS": [key]}),
        ("fernet_fields", lambda key: {"FERNET_KEYS": ["made up", key]}),
        ("mirage", lambda key: {"MIRAGE_SECRET_KEY": key}),
    ],
)
def test_secret_key_put_into_the_setting_is_secret_key_and_its_equal_is_not(
    package: str, line: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_given", "_accepted", "_ever"):
        monkeypatch.setattr(_load, name, {})
    keys = {"SECRET_KEY": A, "FIELD_ENCRYPTION_KEY": A.encode().decode()}  # what load() gives are two objects
    for name, key in keys.items():
        _load.took_over(name, key, None, (key,))
    field = import_module(f"{package}.fields").EncryptedTextField
    for name, is_secret_key in (("SECRET_KEY", True), ("FIELD_ENCRYPTION_KEY", False)):
        with override_settings(**before(A), **line(keys[name])):
            assert _encrypted.USES[package](field()) == is_secret_key
    with override_settings(**before(A), **line(A.encode().decode())):  # from a variable of its own
        assert not _encrypted.USES[package](field())


def own(key: str, *accepted: str) -> Settings:
    return {"FERNET_KEYS": [key, *accepted], "MIRAGE_SECRET_KEY": key, "CRYPTOGRAPHY_KEY": key}


def test_a_setting_is_the_way_out_for_two_of_them(vault: Vault) -> None:
    assert vault.does("read", **before(A), **own(A)) == ALL
    assert vault.does("read", **before(C), **own(A)) == {
        "fernet": "secret",
        "cryptography": "BadSignature",  # what it signs the data with stays SECRET_KEY
        "keyed": "BadSignature",
        "mirage": "secret",
        "salted": "ciphertext",
    }
    assert vault.does("uses", **before(A), **own(A)) == ["django-cryptography", "django-fernet-encrypted-fields"]


def test_a_ring_of_fernet_keys_is_rotated_with_all_rows_saved_before_the_last_step(vault: Vault) -> None:
    assert vault.does("read", **before(C), **own(A, B, A))["fernet"] == "secret"
    vault.does("save fernet", **before(A), **own(B, B, A))
    assert vault.does("read", **before(C), **own(B, B))["fernet"] == "secret"


def test_what_was_not_saved_meanwhile_is_lost_with_the_last_step(vault: Vault) -> None:
    assert vault.does("read", **before(C), **own(B, B, A))["fernet"] == "secret"
    assert vault.does("read", **before(C), **own(B, B))["fernet"] == "InvalidToken"


def test_salted_fields_are_saved_before_a_key_is_retired(vault: Vault) -> None:
    vault.does("save salted", **before(C, C, A))
    assert vault.does("read", **before(C))["salted"] == "secret"


def ring(key: str, *accepted: str) -> Settings:
    """As with keybaton's app for django-cryptography."""
    apps = {"INSTALLED_APPS": ["keybaton.django_cryptography", "vault"]}
    return {**apps, "FIELD_ENCRYPTION_KEY": key, "FIELD_ENCRYPTION_KEY_FALLBACKS": list(accepted or (key,))}


@pytest.mark.parametrize("line", [{}, {"CRYPTOGRAPHY_KEY": A}])
def test_an_app_is_the_way_out_for_django_cryptography(vault: Vault, line: Settings) -> None:
    assert vault.does("uses", **before(A), **ring(A), **line) == [
        "django-fernet-encrypted-fields",
        "django-fernet-fields",
        "django-mirage-field",
    ]
    # Two instances, one with the old settings.
    assert vault.does("read", **before(A), **ring(A), **line)["cryptography"] == "secret"
    vault.does("save cryptography", **before(A), **ring(A), **line)
    assert vault.does("read", **before(A))["cryptography"] == "secret"
    # SECRET_KEY is replaced, then the ring's key, before which all rows are saved.
    assert vault.does("read", **before(C), **ring(A, B, A), **line)["cryptography"] == "secret"
    vault.does("save cryptography", **before(C), **ring(B, B, A))
    assert vault.does("read", **before(C), **ring(A, B, A), **line)["cryptography"] == "secret"
    assert vault.does("read", **before(C), **ring(B))["cryptography"] == "secret"


def test_a_field_with_a_key_of_its_own_keeps_that(vault: Vault) -> None:
    assert vault.does("read", **before(C), **ring(A, B, A))["keyed"] == "secret"
    vault.does("save keyed", **before(C), **ring(B, B, A))
    assert vault.does("read", **before(C), **ring(B))["keyed"] == "secret"


def test_a_process_that_runs_follows_the_settings(vault: Vault) -> None:
    later = {**before(C), **ring(B, B, A)}
    vault.does("save cryptography", **before(A), **ring(A), later=later)
    assert vault.does("read", **before(C), **ring(B))["cryptography"] == "secret"


def test_a_key_for_what_is_encrypted_stays_where_there_was_one(tmp_path: Path) -> None:
    vault, line = Vault(tmp_path / "vault.sqlite3"), {"CRYPTOGRAPHY_KEY": "another key, made up"}
    vault.does("write", **before(A), **line)
    assert vault.does("read", **before(C), **ring(A), **line)["cryptography"] == "secret"
    vault.does("save cryptography", **before(C), **ring(B, B, A), **line)
    assert vault.does("read", **before(C), **ring(B), **line)["cryptography"] == "secret"


def test_what_has_expired_is_told_from_what_nobody_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from django_cryptography.core.signing import SignatureExpired

    from keybaton.django_cryptography._fernet import RingFernet

    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)
    with override_settings(FIELD_ENCRYPTION_KEY=A, FIELD_ENCRYPTION_KEY_FALLBACKS=[A]):
        made = RingFernet(None).encrypt("secret")
    with override_settings(FIELD_ENCRYPTION_KEY=B, FIELD_ENCRYPTION_KEY_FALLBACKS=[B, A]):
        assert RingFernet(None).decrypt(made, 60) == b"secret"
        monkeypatch.setattr("time.time", lambda: 1_800_000_600.0)
        with pytest.raises(SignatureExpired):
            RingFernet(None).decrypt(made, 60)


def test_what_was_not_saved_is_lost_there_too(vault: Vault) -> None:
    assert vault.does("read", **before(C), **ring(B))["cryptography"] == "BadSignature"


def test_a_process_without_the_ring_does_not_start(vault: Vault) -> None:
    settings = {**before(C), **ring(B), "FIELD_ENCRYPTION_KEY": ""}
    with pytest.raises(AssertionError, match="the settings have no key FIELD_ENCRYPTION_KEY"):
        vault.does("read", **settings)
