"""manage.py keybaton floor show | raise RING REVISION | reset RING."""

from contextlib import suppress
from typing import Any

from django.core.management.base import CommandError
from django.db import IntegrityError
from django.db.models.functions import Now

from keybaton.django.beats import table
from keybaton.django.models import Floor

from . import observe

USAGE = "keybaton floor is used as: floor show, floor raise RING REVISION, floor reset RING"


def answer(words: list[str]) -> dict[str, Any]:
    """The floor as it is then; where it was raised, also what the processes report after that."""
    with table.connected() as alias:
        if not table.is_there(alias):
            raise CommandError("there is no table keybaton_floor: run manage.py migrate keybaton")
        match words:
            case ["show"]:
                return {"format": 1, "floors": observe.floors(alias)}
            case ["raise", ring, revision] if revision.isascii() and revision.isdigit():
                return _raise(alias, ring, int(revision))
            case ["reset", ring]:
                Floor.objects.using(alias).filter(ring=ring).delete()
                return {"ring": ring, "revision": None, "raised": None}
    raise CommandError(USAGE)


def _raise(alias: str, ring: str, revision: int) -> dict[str, Any]:
    """Never lowers: whoever comes second with less finds it as it is."""
    rows = Floor.objects.using(alias).filter(ring=ring)
    if not rows.exists():
        with suppress(IntegrityError):  # somebody was faster
            Floor.objects.using(alias).create(ring=ring, revision=revision, raised=Now())
    rows.filter(revision__lt=revision).update(revision=revision, raised=Now())
    # Whoever read the floor before that has written its row, which is read now.
    return {**observe.floor(alias, rows.get()), "observed": observe.observed(alias)}
