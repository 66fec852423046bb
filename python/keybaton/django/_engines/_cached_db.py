"""Sessions in the database, with copies in a cache."""

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase

from . import Upgrade, _db


def bring_up(session: SessionBase, upgrade: Upgrade) -> None:
    """Updates the row; then the copy in the cache goes, and the next request makes another."""
    if _db.bring_up(session, upgrade):
        session._cache.delete(session.cache_key)


def is_renewed(session: SessionBase) -> bool:
    """Whether the row has another hash than the copy that this request has. The copy goes then.

    What the request itself has changed already stays.
    """
    row = session._get_session_from_db()
    data = session.decode(row.session_data) if row else {}
    made = data.get(HASH_SESSION_KEY)
    if made is None or made == session._session.get(HASH_SESSION_KEY):
        return False
    session._cache.delete(session.cache_key)
    session._session_cache = {**session._session, HASH_SESSION_KEY: made} if session.modified else data
    return True
