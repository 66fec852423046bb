"""What a test asks of a platform's official client."""

from __future__ import annotations

from typing import Any, Protocol

RING = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING")


class Hand(Protocol):
    """One platform's official client. A place is the store's URL."""

    def surround(self, place: str) -> None:
        """Puts other content where the ring will be, with whatever the platform lets one attach to it."""

    def surroundings(self, place: str) -> str:
        """The other content as it is now; empty where there is none."""

    def plant(self, place: str, name: str, content: bytes) -> bool:
        """Puts one text there by hand. False: the platform cannot hold these bytes."""

    def take_out(self, place: str) -> None:
        """Takes the ring out by hand."""

    def texts(self, place: str) -> dict[str, str]:
        """The texts as any program would read them."""

    def lock_up(self, place: str) -> dict[str, str]:
        """Makes somebody with no right to it; the environment that lets a program be that somebody."""

    def also(self, place: str, asked: dict[str, Any]) -> object:
        """What the tests of one store alone ask for, in their own words."""
        raise ValueError(f"no hand can do {asked['do']} at {place}")
