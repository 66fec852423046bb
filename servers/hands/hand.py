"""What a test asks of a platform's official client."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

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


@runtime_checkable
class Also(Protocol):
    """A hand that can do more, which the tests of its store alone ask for."""

    def also(self, place: str, asked: dict[str, Any]) -> object:
        """Does what is asked, in that store's own words."""
