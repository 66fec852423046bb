"""A preprocessor of mdBook: pages that lie beside docs/, such as SECURITY.md, stand in the book beside the others.

mdBook would write `../SECURITY.md` outside of the site. Here the page moves in, and so do the links to it and from it.
Links to README.md are turned too, since mdBook makes `index.html` of each and leaves the links to it as they are.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
from collections.abc import Iterator
from typing import Any

LINK = re.compile(r"(\]\()([^)\s:#]+)(#[^)\s]*)?(?=\))")
OUT = "../"
DOCS = "docs/"


def main() -> None:
    _, book = json.load(sys.stdin)
    for chapter in chapters(book["items"]):
        at = chapter["source_path"]
        chapter["content"] = moved_in(chapter["content"], at)
        chapter["path"] = inside(at)
    json.dump(book, sys.stdout)


def chapters(items: list[Any]) -> Iterator[dict[str, Any]]:
    """Those that have a page."""
    for item in items:
        if isinstance(item, dict) and (chapter := item.get("Chapter")):
            if chapter["path"]:
                yield chapter
            yield from chapters(chapter["sub_items"])


def moved_in(content: str, page: str) -> str:
    """The page with its links as they have to be where it stands in the book."""
    home = posixpath.dirname(inside(page))

    def link(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), found[2]))
        return f"{found[1]}{posixpath.relpath(rendered(inside(target)), home or '.')}{found[3] or ''}"

    return LINK.sub(link, content)


def inside(path: str) -> str:
    """Where something stands in the book that is at this path from docs/."""
    return path.removeprefix(OUT).removeprefix(DOCS)


def rendered(path: str) -> str:
    """A folder is shown by its README, and that as index.md."""
    folder, name = posixpath.split(path)
    if name == "README.md":
        return posixpath.join(folder, "index.md")
    return path if posixpath.splitext(name)[1] else posixpath.join(path, "index.md")


if __name__ == "__main__":
    # mdBook asks before whether a kind of output is served; each is.
    if sys.argv[1:2] != ["supports"]:
        main()
