"""Rings for the tests of the app, and what a process does with them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence

import pytest
from django.conf import settings
from django.db.models.functions import Now

from keybaton import _load
from keybaton._record import read_record
from keybaton.django.beats import beater, lease, table
from keybaton.django.models import Beat, Floor

RING, SALT, WRITE = "ab" * 10, bytes(range(16)), "cd" * 10
A, B = "key-a-made-up-" * 4, "key-b-made-up-" * 4


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def mark(key: str) -> str:
    return unpadded(hmac.digest(SALT, key.encode(), hashlib.sha256)[:16])


def record(revision: int, signing: str, accepted: Sequence[str], ring: str = RING) -> str:
    """A record in which one key is next that stands before the one that signs, and those behind it retire."""
    roles = dict.fromkeys(accepted[: accepted.index(signing)], "next") | {signing: "signing"}
    keys = [{"id": mark(key)[:5], "role": roles.get(key, "retiring"), "mark": mark(key)} for key in accepted]
    said = {"format": 1, "ring": ring, "salt": unpadded(SALT), "revision": revision, "write": WRITE, "keys": keys}
    return unpadded(json.dumps(said).encode())


class Ours:
    """This process, as if it had been started with a ring a moment ago."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.moved = (0.0, 0.0)
        for name in ("_rings", "_given", "_accepted", "_ever"):
            monkeypatch.setattr(_load, name, {})
        self._goes_by(lease.clocks)
        self.starts()

    def stands_still(self) -> None:
        """From now on only `sleeps` takes time, however slow the machine is."""
        now = lease.clocks()
        self._goes_by(lambda: now)

    def _goes_by(self, clocks: Callable[[], lease.Clocks]) -> None:
        def moved() -> lease.Clocks:
            return lease.Clocks(*map(sum, zip(clocks(), self.moved, strict=True)))

        self._monkeypatch.setattr(beater, "clocks", moved)

    def starts(self) -> None:
        self._monkeypatch.setattr(beater, "_beaters", {})

    def has(self, revision: int, signing: str = A, accepted: Sequence[str] = (A,), ring: str = RING) -> None:
        known = read_record(record(revision, signing, accepted, ring))
        assert known
        _load.took_over("SECRET_KEY", signing, known, tuple(accepted))
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = signing, list(accepted)

    def sleeps(self, seconds: float, *, boot: bool = True, wall: bool = True) -> None:
        self.moved = (self.moved[0] + seconds * boot, self.moved[1] + seconds * wall)

    @property
    def id(self) -> str:
        process = beater._ours().process
        assert process
        return process.id

    @property
    def row(self) -> Beat:
        row: Beat = Beat.objects.get(process=self.id)
        return row


def another(revision: int, **more: object) -> None:
    """Another process that lives."""
    said: dict[str, object] = {"name": "SECRET_KEY", "ring": RING, "write": WRITE, "signs": mark(B), "holds": "[]"}
    said |= {"accepts": json.dumps([mark(B)]), "role": "web", "host": "b1", "fence": "warn", "below": False}
    with table.connected():
        Beat.objects.create(process="ff" * 16, revision=revision, **{**said, "seen": Now(), "started": Now(), **more})


def raised(revision: int, ring: str = RING) -> None:
    with table.connected():
        Floor.objects.create(ring=ring, revision=revision, raised=Now())
