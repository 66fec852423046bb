"""The pages in docs/ as a site.

python3 book build     build it, print the path of its first page
python3 book check     build it anew elsewhere; look for links that lead nowhere, and pages that nobody finds
python3 book serve     build it, show it on this machine: [PORT]
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.append(str(CHECKOUT / "tools"))

from cache import ToolError, run  # noqa: E402
from cargo_tools import cargo_tool  # noqa: E402
from links import dead_links  # noqa: E402
from summary import strays  # noqa: E402

MDBOOK = "0.5.4"
BOOK = Path(__file__).resolve().parent
BUILT = CHECKOUT / "target" / "site"


def main(verb: str = "", port: str = "8000") -> int:
    match verb:
        case "build":
            print(build(BUILT) / "index.html")
        case "check":
            return check()
        case "serve":
            serve(build(BUILT), int(port))
        case _:
            raise ToolError("say build, check or serve")
    return 0


def build(folder: Path) -> Path:
    # Without the server and the watcher, which need many more crates; the search is what readers want.
    mdbook = cargo_tool("mdbook", MDBOOK, "--no-default-features", "--features=search")
    run([mdbook, "build", BOOK, "--dest-dir", folder], MDBOOK_LOG="warn")
    return folder


def check() -> int:
    """The number of findings, as far as an exit code can tell it."""
    with tempfile.TemporaryDirectory(prefix="keybaton-site-") as folder:
        findings = [*strays(), *dead_links(build(Path(folder)))]
    for finding in findings:
        print(finding)
    return min(len(findings), 1)


def serve(folder: Path, port: int) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"http://127.0.0.1:{port}/", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
