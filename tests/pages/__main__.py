"""Walk the transcripts of docs/stores against real servers and stand-ins: what a page shows is what happens.

    python3 tests/pages aws azure gcp github gitlab heroku systemd vault      the pages whose stores these servers have
    python3 tests/pages kubernetes

In each page stands a ring that moves into the store: `keybaton` copies it, the vendor's own client reads it, a rotation
takes a step, and the two rings are compared. Every page of a store that servers/ can start must have that.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SERVERS = CHECKOUT / "servers"
sys.path[:0] = [str(CHECKOUT / "tools"), str(SERVERS)]

from cache import ToolError  # noqa: E402
from toolbox import environment  # noqa: E402


def main(words: list[str]) -> int:
    python = environment("servers", SERVERS / "requirements.txt") / "bin" / "python"
    if Path(sys.executable) != python:
        os.execv(python, [str(python), str(Path(__file__).parent), *words])
    parser = argparse.ArgumentParser(prog="pages")
    parser.add_argument("servers", nargs="+")
    parser.add_argument("--program", type=Path, default=program())
    return try_all(parser.parse_args(words))


def program() -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target")).resolve() / "debug" / "keybaton"


def try_all(chosen: argparse.Namespace) -> int:
    from ground import Ground
    from page import Page, stores_with_a_server
    from walk import walk

    from stage import Stage

    with tempfile.TemporaryDirectory(prefix="keybaton-pages-") as folder, Stage(Path(folder)) as stage:
        ground = Ground.prepared(stage, chosen.servers, chosen.program)
        pages = [Page.of(store) for store in stores_with_a_server(chosen.program)]
        walked = [page for page in pages if page.store in ground.stores]
        failures = {page.name: [*page.lacks(), *(walk(ground, page) if page in walked else ())] for page in pages}
    failed = [name for name, told in failures.items() if told]
    for page in walked:
        print(f"{page.name}: {'not as it says' if page.name in failed else 'as it says'}")
    for failure in (failure for told in failures.values() for failure in told):
        print(failure)
    print(f"{len([page for page in walked if page.name not in failed])} passed, {len(failed)} failed")
    return 1 if failed or not walked else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
