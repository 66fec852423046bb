"""Sessions in the database, with copies in a cache."""

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase

from . import Upgrade, _db


def bring_up(session: SessionBase, upgrade: Upgrade) -> None:
    """Updates the row, then the copy in the cache: also where the copy alone was old."""
    _db.bring_up(session, upgrade)
    _copy(session)


def is_renewed(session: SessionBase) -> bool:
    """Whether the row has another hash than the copy that this request has. The copy is made anew then.

    What the request itself has changed already stays.
    """
    row = _db.row_of(session).first()
    data = session.decode(row.session_data) if row else {}
    made = data.get(HASH_SESSION_KEY)
    if made is None or made == session._session.get(HASH_SESSION_KEY):
        return False
    data = _copy(session) or data
    session._session_cache = {**session._session, HASH_SESSION_KEY: made} if session.modified else data
    return True


def _copy(session: SessionBase) -> dict[str, Any] | None:
    """Puts the row into the cache, and once more where it has changed meanwhile; gives what it put there.

    A copy that is only deleted loses what a parallel request stores: Django fills the cache from a row that it has read
    before, without looking again. Whoever saves writes the row first, then the cache: so a row that is still the same
    afterwards is either in the cache, or on its way there. Where that cannot be seen no copy stays: the row may
    be gone.
    """
    data = None
    try:
        data = _copied(session)
    finally:
        if data is None:
            session._cache.delete(session.cache_key)
    return data


def _copied(session: SessionBase) -> dict[str, Any] | None:
    rows = _db.row_of(session)
    for _ in range(TRIES):
        row = rows.first()
        if row is None:
            return None
        data: dict[str, Any] = session.decode(row.session_data)
        session._cache.set(session.cache_key, data, session.get_expiry_age(expiry=row.expire_date))
        if rows.filter(session_data=row.session_data).exists():
            return data
    return None


TRIES = 5
