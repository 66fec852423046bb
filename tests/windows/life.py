"""A key's life in a .env file, as a developer on Windows lives it."""

from __future__ import annotations

import re
import secrets

from shop import HOME, Shop


def generate_prints_a_key_and_a_newline(shop: Shop) -> None:
    told = shop.keybaton("generate").must()
    assert re.fullmatch(r"[A-Za-z0-9]{64}\n", told.out), told.out


def init_makes_a_key_guards_it_and_wires_the_settings(shop: Shop) -> None:
    told = shop.keybaton("init", "--write", "--no-input").must().says(r"shop\settings.py", "/.env and .keybaton-*.tmp")
    assert "SECRET_KEY=" not in told.out + told.err
    assert b"= keybaton.load()" in shop.read("shop/settings.py")
    assert b'store = "dotenv:.env"' in shop.read("keybaton.toml")
    assert shop.read(".gitignore").splitlines() == [b"/.env", b".keybaton-*.tmp"]
    assert shop.key().startswith("django-insecure-made-up")


def what_init_writes_for_others_has_slashes(shop: Shop) -> None:
    """The configuration and git's rules are shared with developers on other systems."""
    shop.write(
        "shop/settings.py",
        "import environ\nenv = environ.Env()\nenviron.Env.read_env('shop/.env')\nSECRET_KEY = env('SECRET_KEY')\n",
    )
    shop.write("shop/.env", f"SECRET_KEY={'k3' * 30}\n")
    shop.keybaton("init", "--adopt", "--write", "--no-input").must()
    assert b'store = "dotenv:shop/.env"' in shop.read("keybaton.toml"), shop.read("keybaton.toml")
    assert b"/.env" in b"".join(path.read_bytes() for path in shop.folder.rglob(".gitignore"))
    assert not any(b"\\" in path.read_bytes() for path in shop.folder.rglob(".gitignore"))


def a_new_project_is_checked(shop: Shop) -> None:
    wire(shop)
    shop.keybaton("init", "--write", "--no-input").must()
    shop.keybaton("check").must()
    shop.write("shop/old.env", "SECRET_KEY=short\n")
    shop.keybaton("check").must(1).says(r"shop\old.env:1:1:", "[weak-key]")


def a_key_is_rotated_step_by_step(shop: Shop) -> None:
    begin(shop)
    first = shop.key()
    shop.keybaton("rotate", "--new", "--no-input").must()
    assert shop.status()["phase"] == "staged"
    assert shop.key() == first
    shop.keybaton("rotate", "--no-input").must()
    second = shop.key()
    assert second != first
    assert shop.status()["phase"] == "promoted"
    assert first in shop.read(".env").decode()
    shop.keybaton("retire").must(6)
    shop.keybaton("retire", "--force", "--reason", "a test").must()
    assert shop.status()["phase"] == "settled"
    assert first not in shop.read(".env").decode()
    assert shop.leftovers() == []


def each_step_is_a_command_too(shop: Shop) -> None:
    begin(shop)
    first = shop.key()
    shop.keybaton("stage").must()
    shop.keybaton("promote").must()
    shop.keybaton("abort").must()
    assert shop.key() == first


def a_leaked_key_is_revoked(shop: Shop) -> None:
    begin(shop)
    first = shop.key()
    [signing] = [key["id"] for key in shop.status()["keys"] if key["role"] == "signing"]
    shop.keybaton("revoke", signing, "--accept-logouts", "--no-input").must()
    assert first not in shop.read(".env").decode()


def a_path_has_a_drive_a_space_and_either_slash(shop: Shop) -> None:
    begin(shop)
    first = shop.key()
    for path in (rf"{shop.where}\.env", f"{shop.where}/.env".replace("\\", "/"), r".\.env", "./.env"):
        assert shop.key("--store", f"dotenv:{path}") == first
    shop.keybaton("status", "--store", rf"{shop.where}\.env").must(3).says(rf"write dotenv:{shop.where}\.env")
    shop.keybaton("status", "--store", r"dotenv:C:\nowhere\.env").says(r"C:\nowhere\.env")


def other_stores_of_this_machine_work_too(shop: Shop) -> None:
    begin(shop)
    first = shop.key()
    shop.keybaton("copy", "dotenv:.env", r"dir:secret files").must()
    assert shop.read("secret files/SECRET_KEY").decode().strip() == first
    shop.keybaton("copy", "dotenv:.env", rf"file:{shop.where}\one\secret_key.txt").must()
    assert shop.key("--store", "file:one/secret_key.txt") == first
    assert shop.keybaton("diff", "dir:secret files", r"file:one\secret_key.txt").must()
    told = shop.keybaton("status", "--store", "env:", SECRET_KEY=first).must()
    assert first not in told.out + told.err


def the_credential_manager_keeps_a_ring(shop: Shop) -> None:
    begin(shop)
    first, store = shop.key(), f"keychain:shop-{secrets.token_hex(4)}"
    shop.keybaton("copy", "dotenv:.env", store).must()
    assert shop.key("--store", store) == first
    shop.keybaton("stage", "--store", store).must()
    shop.keybaton("diff", "dotenv:.env", store).says("A is behind")
    shop.keybaton("promote", "--store", store, "--force", "--reason", "a test").must()
    assert shop.key("--store", store) != first


def no_variable_moves_the_lock_of_the_credential_manager(shop: Shop) -> None:
    begin(shop)
    store, elsewhere = f"keychain:shop-{secrets.token_hex(4)}", rf"C:\{HOME}\elsewhere"
    command = f"set LOCALAPPDATA={elsewhere}&& set LOCALAPPDATA&& keybaton copy dotenv:.env {store}"
    shop.does("cmd", "/d", "/c", command).must().says(f"LOCALAPPDATA={elsewhere}")
    assert not (shop.folder.parent / "elsewhere").exists()


def what_only_linux_has_is_told(shop: Shop) -> None:
    shop.keybaton("status", "--store", "systemd:/etc/credstore.encrypted").must(4).says("on Linux alone")


def hints_are_typed_in_powershell(shop: Shop) -> None:
    begin(shop)
    shop.keybaton("status", "--store", r"dotenv:C:\it's mine\.env").says(r"'dotenv:C:\it''s mine\.env'")
    shop.keybaton("status", "--store", "dotenv:C:\\ann\u2019s\\.env").says("'dotenv:C:\\ann\u2019\u2019s\\.env'")


def powershell_gets_its_completions(shop: Shop) -> None:
    script = shop.keybaton("completions", "powershell").must().out
    assert script.startswith("Register-ArgumentCompleter") or "Register-ArgumentCompleter" in script


def begin(shop: Shop) -> None:
    """A project whose ring is settled."""
    wire(shop)
    shop.keybaton("init", "--write", "--no-input").must()


def wire(shop: Shop) -> None:
    shop.write("shop/settings.py", "import keybaton\nSECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()\n")


LIFE = [
    generate_prints_a_key_and_a_newline,
    init_makes_a_key_guards_it_and_wires_the_settings,
    what_init_writes_for_others_has_slashes,
    a_new_project_is_checked,
    a_key_is_rotated_step_by_step,
    each_step_is_a_command_too,
    a_leaked_key_is_revoked,
    a_path_has_a_drive_a_space_and_either_slash,
    other_stores_of_this_machine_work_too,
    the_credential_manager_keeps_a_ring,
    no_variable_moves_the_lock_of_the_credential_manager,
    what_only_linux_has_is_told,
    hints_are_typed_in_powershell,
    powershell_gets_its_completions,
]
