"""manage.py keybaton observe: what processes report, the floor of each ring, and how long what is signed is valid."""

import json
from typing import Any

from django.core.management.base import CommandError

from keybaton.django.beats import table
from keybaton.django.beats.lease import LEASE
from keybaton.django.models import Beat, Floor

from . import clock, describe

TOLD = ("process", "name", "ring", "revision", "write", "signs", "role", "host", "fence")


def answer(words: list[str]) -> dict[str, Any]:
    """Times are of the database's clock, in whole seconds since 1970."""
    if words:
        raise CommandError("keybaton observe takes no words")
    with table.connected() as alias:
        return observed(alias)


def observed(alias: str) -> dict[str, Any]:
    """The same, through a connection that is there."""
    told = {"format": 1, "now": clock.now(alias), "lease": int(LEASE), "lifetimes": describe.lifetimes()}
    if not table.is_there(alias):
        return {**told, "beats": [], "floors": [], "missing": True}
    # The floors first: whoever reads a floor later than we do has written its row, which we read then.
    return {**told, "floors": floors(alias), "beats": _beats(alias)}


def _beats(alias: str) -> list[dict[str, Any]]:
    rows = Beat.objects.using(alias).order_by("started", "process", "name")
    return [
        {
            **{name: getattr(row, name) for name in TOLD},
            "accepts": json.loads(row.accepts),
            "holds": json.loads(row.holds),
            "started": clock.seconds(alias, row.started),
            "seen": clock.seconds(alias, row.seen),
        }
        for row in rows
    ]


def floors(alias: str) -> list[dict[str, Any]]:
    """The floor of each ring."""
    return [floor(alias, row) for row in Floor.objects.using(alias).order_by("ring")]


def floor(alias: str, row: Floor) -> dict[str, Any]:
    """One of them."""
    return {"ring": row.ring, "revision": row.revision, "raised": clock.seconds(alias, row.raised)}
