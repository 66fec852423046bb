"""Programs that keybaton starts, and Ctrl-C."""

from __future__ import annotations

from build import on_path
from life import begin
from shop import Shop

RUN = ("run", "--")


def run_gives_the_key_and_the_programs_own_code(shop: Shop) -> None:
    begin(shop)
    told = shop.keybaton(*RUN, "cmd", "/c", "echo [%SECRET_KEY%]& exit 7").must(7)
    assert f"[{shop.key()}]" in told.out


def run_hands_input_on_and_words_unchanged(shop: Shop) -> None:
    begin(shop)
    assert "beta" in shop.keybaton(*RUN, "findstr", "beta", stdin="alpha\r\nbeta\r\n").must().out
    shop.write("words.cmd", "@echo off\r\necho [%~1] [%~2]\r\n")
    shop.keybaton(*RUN, r".\words.cmd", "two words", "x").must().says("[two words] [x]")


def a_script_is_found_by_its_name_alone(shop: Shop) -> None:
    """`keybaton run -- npm start`: npm is npm.cmd."""
    begin(shop)
    shop.write("tools/npm.cmd", "@exit 9\r\n")
    shop.keybaton(*RUN, "npm", "start", WINEPATH=rf"{on_path()};{shop.where}\tools").must(9)


def a_script_is_found_as_pathext_has_it(shop: Shop) -> None:
    begin(shop)
    shop.write("tools/npm.cmd", "@exit 9\r\n")
    shop.write("tools/npm.bat", "@exit 8\r\n")
    shop.keybaton(*RUN, "npm", WINEPATH=rf"{on_path()};{shop.where}\tools", PATHEXT=".CMD;.BAT").must(9)
    shop.keybaton(*RUN, "npm", WINEPATH=rf"{on_path()};{shop.where}\tools", PATHEXT=".BAT;.CMD").must(8)
    shop.keybaton(*RUN, "npm", WINEPATH=rf"{on_path()};tools").must(127)


def a_program_that_is_not_there_is_127(shop: Shop) -> None:
    begin(shop)
    shop.keybaton(*RUN, "no-such-program").must(127).says("there is no program no-such-program", "cmd /c")


def a_file_cannot_bring_an_old_key_back_in_other_letters(shop: Shop) -> None:
    """Windows takes `secret_key` for SECRET_KEY."""
    begin(shop)
    shop.write(".env", shop.read(".env").decode() + "secret_key=other\nMAIL=ann@example.com\n")
    told = shop.keybaton(*RUN, "cmd", "/c", "echo [%SECRET_KEY%] [%MAIL%]").must()
    assert f"[{shop.key()}] [ann@example.com]" in told.out, told.out


def without_a_key_nothing_is_started(shop: Shop) -> None:
    shop.keybaton("--store", "dotenv:.env", *RUN, "cmd", "/c", "echo started").must(125)


def nothing_is_watched_here(shop: Shop) -> None:
    begin(shop)
    told = shop.keybaton("run", "--watch", "--", "cmd", "/c", "echo started").must(125)
    told.says("Windows has no `run --watch`", "restart the program")


def ctrl_c_reaches_the_program_and_run_gives_its_code(shop: Shop) -> None:
    begin(shop)
    told = shop.in_a_console("hand", "press", "keybaton run -- hand serve 5").must(5)
    assert told.out.index("serving") < told.out.index("finished its work")


def ctrl_c_ends_a_wait(shop: Shop) -> None:
    begin(shop)
    shop.write("keybaton.toml", shop.read("keybaton.toml").decode().replace('"0s"', '"1h"'))
    shop.keybaton("stage").must()
    shop.in_a_console("hand", "press", "keybaton rotate --wait --no-input").must(130)
    assert shop.status()["phase"] == "staged"


def a_command_follows_a_write(shop: Shop) -> None:
    begin(shop)
    configure(shop, 'after-write = [["cmd", "/c", "echo restarted"]]')
    shop.keybaton("stage").must().says("restarted")


def init_writes_a_mirror_too_and_commands_follow(shop: Shop) -> None:
    begin(shop)
    configure(shop, 'mirrors = ["dir:mirror"]', 'after-write = [["cmd", "/c", "echo restarted"]]')
    shop.keybaton("init", "--write", "--no-input").must().says("restarted")
    assert shop.read("mirror/SECRET_KEY").decode().strip() == shop.key()


def a_command_that_hangs_is_ended(shop: Shop) -> None:
    begin(shop)
    configure(shop, 'after-write = [["hand", "serve", "5"]]', 'after-write-timeout = "1s"')
    shop.keybaton("stage").must(7).says("took longer than 1s and was ended")
    assert "hand.exe" not in shop.does("tasklist").must().out


def configure(shop: Shop, *lines: str) -> None:
    shop.write("keybaton.toml", "\n".join([shop.read("keybaton.toml").decode(), *lines, ""]))


PROGRAMS = [
    run_gives_the_key_and_the_programs_own_code,
    run_hands_input_on_and_words_unchanged,
    a_script_is_found_by_its_name_alone,
    a_script_is_found_as_pathext_has_it,
    a_program_that_is_not_there_is_127,
    a_file_cannot_bring_an_old_key_back_in_other_letters,
    without_a_key_nothing_is_started,
    nothing_is_watched_here,
    ctrl_c_reaches_the_program_and_run_gives_its_code,
    ctrl_c_ends_a_wait,
    a_command_follows_a_write,
    init_writes_a_mirror_too_and_commands_follow,
    a_command_that_hangs_is_ended,
]
