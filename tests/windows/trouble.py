"""Files as they are on Windows: line ends, byte order marks, and other programs that have them open."""

from __future__ import annotations

import os
import threading
import time

from life import begin, wire
from shop import Shop

KEY = "made-up-for-the-tests-of-keybaton-0123456789-0123456789"


def line_ends_stay_as_they_are(shop: Shop) -> None:
    before = f"# shop\r\nDEBUG=1\r\nSECRET_KEY={KEY}\r\nMAIL='a b'\r\n"
    shop.write(".env", before)
    adopt(shop, "dotenv:.env")
    after = shop.read(".env").decode()
    assert after.count("\r\n") == after.count("\n") == 6, repr(after)
    kept = [line for line in after.split("\r\n") if not line.startswith("SECRET_KEY_")]
    assert kept == before.split("\r\n"), repr(after)
    assert shop.key("--store", "dotenv:.env") == KEY


def a_byte_order_mark_stays_too(shop: Shop) -> None:
    """PowerShell and Notepad write one."""
    before = f"\ufeffDEBUG=1\r\nSECRET_KEY={KEY}\r\n"
    shop.write(".env", before)
    adopt(shop, "dotenv:.env")
    assert shop.read(".env").decode().startswith(before)
    assert shop.key("--store", "dotenv:.env") == KEY


def utf_16_is_called_by_its_name(shop: Shop) -> None:
    shop.file(".env").write_bytes(f"SECRET_KEY={KEY}\r\n".encode("utf-16"))
    shop.keybaton("status", "--store", "dotenv:.env").must(4).says("UTF-16", "Set-Content -Encoding ascii")


def settings_keep_their_line_ends(shop: Shop) -> None:
    settings = shop.read("shop/settings.py").decode().replace("\n", "\r\n")
    shop.write("shop/settings.py", settings)
    shop.keybaton("init", "--write", "--no-input").must()
    after = shop.read("shop/settings.py")
    assert b"keybaton.load()" in after
    assert after.count(b"\r\n") == after.count(b"\n")


def a_file_that_another_program_keeps_for_itself_is_not_lost(shop: Shop) -> None:
    begin(shop)
    before = shop.read(".env")
    with shop.keeps_open(".env", "hold"):
        begun = time.monotonic()
        shop.keybaton("status").must(4).says(OPEN, "close it there")
        shop.keybaton("stage").must(4).says(OPEN)
        assert time.monotonic() - begun < 15
    assert shop.read(".env") == before
    assert shop.leftovers() == []
    shop.keybaton("stage").must()


def a_file_that_is_being_read_is_not_replaced(shop: Shop) -> None:
    """Most programs let others read meanwhile, and not replace."""
    begin(shop)
    before = shop.read(".env")
    with shop.keeps_open(".env", "read"):
        shop.keybaton("status").must()
        shop.keybaton("stage").must(4).says("cannot write", OPEN, "nothing was changed")
    assert shop.read(".env") == before
    assert shop.leftovers() == []


def a_file_that_is_let_go_of_soon_is_waited_for(shop: Shop) -> None:
    begin(shop)
    with shop.keeps_open(".env", "read") as holder:
        assert holder.stdin
        threading.Timer(0.8, holder.stdin.close).start()
        shop.keybaton("stage").must()
    assert shop.status()["phase"] == "staged"


def two_writers_come_one_after_the_other(shop: Shop) -> None:
    """Whoever has the lock's file open at all has the lock."""
    begin(shop)
    before = shop.read(".env")
    shop.write(LOCK, "")
    with shop.keeps_open(LOCK, "share"):
        shop.keybaton("stage").must(4).says("another program holds the lock", "Task Manager")
    assert shop.read(".env") == before


def a_lock_that_a_power_cut_left_is_no_lock(shop: Shop) -> None:
    begin(shop)
    shop.write(LOCK, "")
    shop.keybaton("stage").must()
    assert shop.leftovers() == []


def leftovers_of_a_crash_are_removed(shop: Shop) -> None:
    begin(shop)
    left(shop, NEW, "SECRET_KEY=new\n")
    left(shop, ASIDE.replace("f", "e"), "SECRET_KEY=old\n")
    shop.keybaton("stage").must()
    assert shop.leftovers() == []


def a_file_that_a_crash_left_aside_is_brought_back(shop: Shop) -> None:
    """As where the power goes away in the midst of ReplaceFile."""
    begin(shop)
    before = shop.read(".env")
    shop.file(".env").rename(shop.file(ASIDE))
    left(shop, NEW, "SECRET_KEY=new\n")
    shop.keybaton("status").must().says("aside", ASIDE, "keybaton init puts it back")
    shop.keybaton("init", "--write", "--no-input").must().says("put back .env, which a crash had left as", ASIDE)
    assert shop.read(".env") == before
    shop.keybaton("stage").must()
    assert shop.leftovers() == []


def a_file_aside_in_whose_place_another_has_come_is_left_to_the_user(shop: Shop) -> None:
    begin(shop)
    before = shop.read(".env")
    shop.file(".env").rename(shop.file(ASIDE))
    left(shop, NEW, "SECRET_KEY=new\n")
    shop.write(".env", "DEBUG=1\n")
    shop.keybaton("init", "--write", "--no-input").must(6).says("a crash left the old", ASIDE, "remove")
    assert (shop.read(".env"), shop.read(ASIDE)) == (b"DEBUG=1\n", before)


def a_file_that_was_replaced_does_not_come_back(shop: Shop) -> None:
    """Somebody looked into it for so long that it could not be removed; later the ring was taken away on purpose."""
    begin(shop)
    old = shop.key()
    shop.file(".env").rename(shop.file(ASIDE))
    shop.keybaton("init", "--write", "--no-input").must()
    assert shop.key() != old
    shop.keybaton("stage").must()
    assert shop.leftovers() == []


def a_read_only_file_stays_so(shop: Shop) -> None:
    begin(shop)
    before = shop.read(".env")
    shop.does("attrib", "+r", ".env").must()
    shop.keybaton("stage").must(4).says("permission denied", "icacls")
    assert shop.read(".env") == before
    assert shop.leftovers() == []


def a_folder_is_not_taken_for_a_file(shop: Shop) -> None:
    shop.keybaton("status", "--store", "dotenv:shop").must(4).says("is a folder")


def a_key_of_a_name_with_other_letters(shop: Shop) -> None:
    shop.write("Größe/ключ.env", f"SECRET_KEY={KEY}\r\n")
    assert shop.key("--store", r"dotenv:Größe\ключ.env") == KEY
    adopt(shop, "dotenv:Größe/ключ.env")


def adopt(shop: Shop, store: str) -> None:
    """Takes the key into a ring, and writes it once more."""
    wire(shop)
    shop.keybaton("init", "--adopt", "--no-input", "--write", "--store", store).must()
    shop.keybaton("stage", "--store", store).must()


def left(shop: Shop, name: str, text: str) -> None:
    """As a writer left it that crashed some minutes ago."""
    shop.write(name, text)
    os.utime(shop.file(name), (time.time() - 300,) * 2)


NEW = ".keybaton-0123456789abcdef.tmp"
ASIDE = ".keybaton-0123456789abcdef-.env.tmp"
OPEN = "another program has it open"
LOCK = ".keybaton-lock.tmp"

TROUBLE = [
    line_ends_stay_as_they_are,
    a_byte_order_mark_stays_too,
    utf_16_is_called_by_its_name,
    settings_keep_their_line_ends,
    a_file_that_another_program_keeps_for_itself_is_not_lost,
    a_file_that_is_being_read_is_not_replaced,
    a_file_that_is_let_go_of_soon_is_waited_for,
    two_writers_come_one_after_the_other,
    a_lock_that_a_power_cut_left_is_no_lock,
    leftovers_of_a_crash_are_removed,
    a_file_that_a_crash_left_aside_is_brought_back,
    a_file_aside_in_whose_place_another_has_come_is_left_to_the_user,
    a_file_that_was_replaced_does_not_come_back,
    a_read_only_file_stays_so,
    a_folder_is_not_taken_for_a_file,
    a_key_of_a_name_with_other_letters,
]
