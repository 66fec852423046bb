"""Sessions in the database."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import router
from django.utils import timezone

from . import Upgrade


def bring_up(session: SessionBase, upgrade: Upgrade) -> bool:
    """Updates the row, if it is still what was just read: nothing that a parallel request stored is lost."""
    rows = row_of(session)
    text = rows.values_list("session_data", flat=True).first()
    renewed = upgrade.of(session.decode(text)) if text else None
    if renewed is None:
        return False
    return bool(rows.filter(session_data=text).update(session_data=session.encode(renewed)))


def row_of(session: SessionBase) -> Any:
    """The query for it, where it is written: a replica may know an older one."""
    table = session.model._default_manager.using(router.db_for_write(session.model))
    return table.filter(session_key=session.session_key, expire_date__gt=timezone.now())
