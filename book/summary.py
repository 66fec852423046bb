"""docs/SUMMARY.md names each page of docs/ once, and each page that it names is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
SUMMARY = DOCS / "SUMMARY.md"


def strays() -> Iterator[str]:
    named = Counter(re.findall(r"\]\(([^)]+)\)", SUMMARY.read_text("utf-8")))
    there = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md") if page != SUMMARY}
    for page in sorted(there - named.keys()):
        yield f"docs/SUMMARY.md does not name {page}, so nobody finds it on the site"
    for page, times in named.items():
        if not (DOCS / page).exists():
            yield f"docs/SUMMARY.md names {page}, which is not there"
        if times > 1:
            yield f"docs/SUMMARY.md names {page} {times} times"
