"""The queries, on a connection of their own: in nobody's transaction, committed at once, closed afterwards."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connections, transaction
from django.db.models.functions import Now

from keybaton.django._configuration import setting
from keybaton.django.models import Beat, Floor

from .effective import Use
from .identity import Process
from .lease import LEASE

FORGOTTEN = timedelta(days=30)
# How long a request waits at most for a database that is away, in the names that each engine has for it.
PATIENCE = {"postgresql": {"connect_timeout": 3}, "mysql": {"connect_timeout": 3}, "sqlite": {"timeout": 1}}
# Its locks are waited for by the connection's own word; and where the server's zone is not UTC, Django takes what its
# clock says for UTC all the same.
MYSQL = "SET SESSION innodb_lock_wait_timeout = 1, lock_wait_timeout = 1, time_zone = '+00:00'"


@contextmanager
def connected() -> Iterator[str]:
    """The alias to name in queries, so that no router is asked. This thread's own connection comes back afterwards."""
    alias = setting("DATABASE")
    before = connections[alias]
    own = connections[alias] = _another(before)
    try:
        if own.vendor == "mysql":
            _say(own, MYSQL)
        yield alias
    finally:
        connections[alias] = before
        own.close()


def write(alias: str, process: Process, use: Use, said: dict[str, Any]) -> None:
    """The row of this process and this ring."""
    row = {
        "ring": use.ring.id,
        "revision": use.ring.revision,
        "write": use.ring.write,
        "signs": use.signs,
        "accepts": json.dumps(use.accepts),
        "holds": json.dumps(use.holds),
        "role": process.role,
        "host": process.host,
        **said,
    }
    mine = Beat.objects.using(alias).filter(process=process.id, name=use.name)
    with _impatient(alias):
        if not mine.update(**row, seen=Now()):
            _forget(alias)
            started = Now() - timedelta(seconds=process.age)
            Beat.objects.using(alias).create(process=process.id, name=use.name, **row, seen=Now(), started=started)


def floors(alias: str, uses: list[Use]) -> dict[str, int]:
    """The floor of each ring that has one."""
    rows = Floor.objects.using(alias).filter(ring__in=[use.ring.id for use in uses])
    with _impatient(alias):
        return dict(rows.values_list("ring", "revision"))


def is_served_from(alias: str, ring: str, revision: int) -> bool:
    """Whether any process lives that has this revision of the ring, or a later one."""
    living = Beat.objects.using(alias).filter(seen__gt=Now() - timedelta(seconds=LEASE))
    with _impatient(alias):
        return bool(living.filter(ring=ring, revision__gte=revision).exists())


def remove(alias: str, process: Process) -> None:
    """This process has stopped."""
    with _impatient(alias):
        Beat.objects.using(alias).filter(process=process.id).delete()


def is_there(alias: str) -> bool:
    """Whether both tables are."""
    with connections[alias].cursor() as cursor:
        names = connections[alias].introspection.table_names(cursor)
    return {Beat._meta.db_table, Floor._meta.db_table} <= set(names)


@contextmanager
def _impatient(alias: str) -> Iterator[None]:
    """What is asked here is committed at its end; it waits no longer for a lock, which a restore may hold for minutes.

    For this transaction alone: behind a pool the same connection serves others.
    """
    if connections[alias].vendor != "postgresql":
        yield
        return
    with transaction.atomic(using=alias):
        _say(connections[alias], "SET LOCAL lock_timeout = '1s'")
        yield


def _forget(alias: str) -> None:
    """The rows of processes that were killed so long ago that no rotation asks for them."""
    Beat.objects.using(alias).filter(seen__lt=Now() - FORGOTTEN).delete()


def _another(connection: Any) -> Any:
    said = connection.settings_dict
    options = {name: value for name, value in said.get("OPTIONS", {}).items() if name != "pool"}
    options |= PATIENCE.get(connection.vendor, {})
    return type(connection)({**said, "OPTIONS": options, "AUTOCOMMIT": True, "TIME_ZONE": None}, connection.alias)


def _say(connection: Any, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
