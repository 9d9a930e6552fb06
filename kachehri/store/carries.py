"""Places that went on to another browser."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from .rows import fetch, save
from .tables import Carry, table_of

_carry = table_of(Carry)


def standing(conn: Connection) -> list[Carry]:
    """All of them, the oldest first."""
    return fetch(conn, Carry, order=(_carry.c.at,))


def put(conn: Connection, session_id: str, device_id: str, participant_id: str, at: int) -> None:
    """From now on this browser speaks as that participant."""
    save(conn, [Carry(session_id=session_id, device_id=device_id, participant_id=participant_id, at=at)])


def drop(conn: Connection, session_id: str, device_ids: Sequence[str]) -> None:
    """These browsers speak for themselves again."""
    here = (_carry.c.session_id == session_id, _carry.c.device_id.in_(list(device_ids)))
    conn.execute(delete(_carry).where(*here))


def holders(conn: Connection, session_id: str, participant_id: str) -> list[str]:
    """The browsers that speak as a participant and are not the one she began with."""
    here = (_carry.c.session_id == session_id, _carry.c.participant_id == participant_id)
    return list(conn.execute(select(_carry.c.device_id).where(*here)).scalars())
