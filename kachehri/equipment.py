"""Keys for studio equipment: an encoder that has one may send picture and sound for one seat of one hearing.

A key is no login: it opens a single address (web/whip.py) and the hearing's program beside it, for the screens of the
same room (web/whep.py). It is shown once, kept as a hash, and worth nothing when the
hearing is over. A seat has one key at most; a new one replaces it.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from . import audit
from .logins import hash_of
from .people import participant_id
from .store import Connection
from .store import equipment as rows
from .store.tables import EquipmentKey

#: 192 bits: beyond guessing, so that a plain hash is enough.
KEY_BYTES: Final = 24
#: Longest key looked at, in characters; ours have 32.
KEY_MOST: Final = 64


def participant(session_id: str, seat: str) -> str:
    """Whoever sits behind the equipment of a seat: a participant of the hearing that nobody can sign in as."""
    return participant_id(session_id, f"equipment/{seat}")


def player(session_id: str, seat: str) -> str:
    """Whoever watches the program with the key of a seat; it sits nowhere and sends nothing."""
    return participant_id(session_id, f"equipment/{seat}/program")


def make(conn: Connection, now: int, session_id: str, seat: str, by: str) -> str:
    """A fresh key for a seat; returns it, for the only time.

    Arguments:
        by: the account that makes it.
    """
    key = secrets.token_urlsafe(KEY_BYTES)
    row = EquipmentKey(session_id=session_id, seat=seat, key_hash=hash_of(key), made_by=by, made_at=now)
    rows.put(conn, row)
    audit.record(conn, now, action="equipment.key", subject=seat, account=by, session=session_id)
    return key


def revoke(conn: Connection, now: int, session_id: str, seat: str, by: str) -> bool:
    """Take a seat's key back. Whether there was one."""
    if not rows.drop(conn, session_id, seat):
        return False
    audit.record(conn, now, action="equipment.revoke", subject=seat, account=by, session=session_id)
    return True


def opens(conn: Connection, session_id: str, seat: str, key: str) -> bool:
    """Whether this is the seat's key."""
    row = rows.get(conn, session_id, seat)
    shown = hash_of(key[: KEY_MOST + 1])
    return row is not None and hmac.compare_digest(row.key_hash, shown)


def opened_by(conn: Connection, session_id: str, key: str) -> str:
    """The seat whose key this is; empty when it is none of the session's."""
    shown = hash_of(key[: KEY_MOST + 1])
    return next((row.seat for row in rows.of_session(conn, session_id) if hmac.compare_digest(row.key_hash, shown)), "")
