"""Sessions in the database."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import connections, router, transaction
from django.utils import timezone

from . import Upgrade


def bring_up(session: SessionBase, upgrade: Upgrade) -> bool:
    """Updates the row, if it is still what was just read: nothing that a parallel request stored is lost.

    A row that somebody holds is not waited for: his transaction may last as long as a page is made.
    """
    rows = row_of(session)
    if not connections[rows.db].features.has_select_for_update_skip_locked:
        return _swap(session, upgrade, rows, rows)
    with transaction.atomic(using=rows.db):
        return _swap(session, upgrade, rows, rows.select_for_update(skip_locked=True))


def row_of(session: SessionBase) -> Any:
    """The query for it, where it is written: a replica may know an older one."""
    table = session.model._default_manager.using(router.db_for_write(session.model))
    return table.filter(session_key=session.session_key, expire_date__gt=timezone.now())


def _swap(session: SessionBase, upgrade: Upgrade, rows: Any, read: Any) -> bool:
    text = next(iter(read.values_list("session_data", flat=True)), None)
    renewed = upgrade.of(session.decode(text)) if text else None
    if renewed is None:
        return False
    return bool(rows.filter(session_data=text).update(session_data=session.encode(renewed)))
