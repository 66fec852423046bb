"""Links that lead nowhere: in the pages as they stand in the repository, and in the site that was built of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from cache import CHECKOUT, ToolError
from toolbox import environment

# No page of its own: mdBook shows it for an address that it does not know, and its links begin at the root of a server.
NOT_A_PAGE = "404.html"


def dead_links(site: Path) -> Iterator[str]:
    """Only those to files and anchors here: what lies elsewhere is not asked for."""
    # A folder is shown by its README, or as a list of its files.
    yield from dead(pages_of_the_repository(), CHECKOUT, "README.md,.")
    built = sorted(page for page in site.rglob("*.html") if page.name != NOT_A_PAGE)
    yield from dead(built, site, "index.html")


def pages_of_the_repository() -> list[Path]:
    """What git has or would take up."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.md"]
    names = subprocess.run(listed, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    pages = (CHECKOUT / name for name in sorted(set(names.split("\0")) - {""}))
    return [page for page in pages if page.is_file()]


def dead(pages: list[Path], root: Path, index: str) -> Iterator[str]:
    lychee = environment("book", Path(__file__).with_name("requirements.txt")) / "bin" / "lychee"
    options = ["--offline", "--no-progress", "--include-fragments", "--format=json", f"--index-files={index}"]
    command: list[str | Path] = [lychee, *options, "--root-dir", root, "--", *pages]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    # 2 says that there are dead links.
    if done.returncode not in (0, 2):
        raise ToolError(f"lychee ended with {done.returncode}: {done.stderr.strip()}")
    told = json.loads(done.stdout)
    if told["total"] == 0:
        yield f"no page in {root.name} has a link: are these the right ones?"
    for page, links in sorted(told["error_map"].items()):
        for link in links:
            yield f"{Path(page).relative_to(root)}: the link to {shown(link['url'], root)} leads nowhere"


def shown(url: str, root: Path) -> str:
    return unquote(url).removeprefix(f"{root.as_uri()}/")
