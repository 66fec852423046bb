"""What the demo says: one line a step, and on a terminal a line that moves."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence


class Screen:
    def __init__(self) -> None:
        self._moves = sys.stdout.isatty()

    def title(self, text: str) -> None:
        self._line(f"\n{text}")

    def step(self, text: str) -> None:
        self._line(f"  {text}")

    def progress(self, text: str) -> None:
        """Show where a wait stands; the next line writes over it."""
        if self._moves:
            width = shutil.get_terminal_size().columns - 1
            print("\r\033[K" + f"    {text}"[:width], end="", flush=True)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Print rows in columns: the first one left, figures right."""
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for first, *others in rows:
            cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
            self._line("  " + "   ".join([first.ljust(widths[0]), *cells]))

    def close(self) -> None:
        """Leave the moving line, so that what others print starts a line."""
        if self._moves:
            print("\r\033[K", end="", flush=True)

    def _line(self, text: str) -> None:
        self.close()
        print(text, flush=True)
