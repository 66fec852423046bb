"""Two rings that have a key in common, though neither began with the other's."""

from itertools import combinations

from django.core.checks import CheckMessage

from keybaton import _load

from ._message import error


def check(**_: object) -> list[CheckMessage]:
    """By what load() gave; which ring began with the keys of which stands in their records."""
    pairs = [pair for pair in combinations(_load.names(), 2) if _root(pair[0]) != _root(pair[1])]
    shared = [pair for pair in pairs if _keys(pair[0]) & _keys(pair[1])]
    return [
        message
        for one, other in shared
        for message in error(
            "E003",
            f"{one} and {other} have a key in common: whoever has that of one has the other's.",
            f"Run `keybaton rotate --ring {other}`. To move something to a ring of its own, begin the ring with"
            f" `keybaton init --ring NAME --from {one}`.",
        )
    ]


def _root(name: str) -> str:
    """The ring that began by itself, whose keys this one began with."""
    seen = {name}
    while (ring := _load.ring(name)) and ring.origin and ring.origin not in seen:
        name = ring.origin
        seen.add(name)
    return name


def _keys(name: str) -> set[str]:
    signing, accepted = _load.given(name)
    return {signing, *accepted}
