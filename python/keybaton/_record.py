"""The record of a ring: which key has which role. It holds no secrets."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from typing import Literal, TypeGuard

Role = Literal["next", "signing", "retiring"]
Phase = Literal["settled", "staged", "promoted"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a ring, without its secret.

    `made` is when it came into the ring and `since` when it took its role, both in seconds since 1970 (UTC).
    `why` says why a retiring key retires: replaced, aborted, adopted or exposed. `exposed`: it stood in source control.
    """

    id: str
    role: Role
    mark: bytes = field(repr=False)
    made: int | None = None
    since: int | None = None
    why: str | None = None
    exposed: bool = False


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys that one project trusts in one environment, as the record says.

    `revision` grows with each write, and `write` names the last one; `unfinished` says that one was under way when the
    record was read. `origin` names the ring whose keys this one began with, where it did.
    """

    id: str
    revision: int
    keys: tuple[Key, ...]
    salt: bytes = field(repr=False)
    unfinished: bool = False
    write: str = ""
    origin: str | None = None

    @property
    def phase(self) -> Phase:
        """Where the handover stands."""
        roles = {key.role for key in self.keys}
        if "next" in roles:
            return "staged"
        return "promoted" if "retiring" in roles else "settled"

    def role_of(self, secret: str) -> Role | None:
        """The role of this key text in the ring, or None for a key that is not in it."""
        mark = self.mark_of(secret.encode(errors="surrogatepass"))
        matching = [key.role for key in self.keys if hmac.compare_digest(key.mark, mark)]
        return matching[0] if matching else None

    def mark_of(self, secret: bytes) -> bytes:
        """What stands for a key in this ring: it tells whether a key is the one, not what it is."""
        return hmac.digest(self.salt, secret, hashlib.sha256)[:MARK_BYTES]


def read_record(text: str) -> Ring | None:
    """The ring that a NAME_RING text describes, or None where it cannot be read.

    Of a newer format what is known is read: keys whose shape or role is new are left out.
    """
    members = _members(text)
    version, ring, revision = members.get("format"), members.get("ring"), members.get("revision")
    salt, rows = _bytes(members.get("salt")), members.get("keys")
    if not _is_count(version) or not _is_count(revision) or not isinstance(ring, str) or not salt:
        return None
    if not isinstance(rows, list):
        return None
    keys = tuple(key for key in map(_key, rows) if key)
    unfinished, write, origin = members.get("intent") is not None, members.get("write"), members.get("from")
    if version <= FORMAT and not (len(keys) == len(rows) and _is_sound(keys, unfinished)):
        return None
    return Ring(ring, revision, keys, salt, unfinished, _str(write) or "", _str(origin))


def _is_sound(keys: tuple[Key, ...], unfinished: bool) -> bool:
    """One signing key and at most one next; a ring whose first write is under way lists none yet."""
    roles = [key.role for key in keys]
    begins = unfinished and not keys
    return begins or (roles.count("signing") == 1 and roles.count("next") <= 1)


def _members(text: str) -> dict[str, object]:
    raw = _bytes(text.strip()) if len(text) <= LONGEST_RECORD else None
    try:
        members = json.loads(raw or b"null")
    except (ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}


def _key(item: object) -> Key | None:
    if not isinstance(item, dict):
        return None
    id_, role, mark = item.get("id"), item.get("role"), _bytes(item.get("mark"))
    if not isinstance(id_, str) or not _is_role(role) or mark is None or len(mark) != MARK_BYTES:
        return None
    made, since, why = item.get("made"), item.get("since"), item.get("why")
    return Key(
        id_,
        role,
        mark,
        made=made if _is_count(made) else None,
        since=since if _is_count(since) else None,
        why=_str(why),
        exposed=item.get("exposed") is True,
    )


def _str(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _bytes(text: object) -> bytes | None:
    """Unpadded base64url, strictly: Python's own decoder skips what it does not know."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", text) or len(text) % 4 == 1:
        return None
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _is_role(value: object) -> TypeGuard[Role]:
    return value in ("next", "signing", "retiring")


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


FORMAT = 1
MARK_BYTES = 16
LONGEST_RECORD = 16 * 1024
