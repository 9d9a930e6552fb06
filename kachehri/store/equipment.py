"""Keys of studio equipment, one for each seat, kept as hashes."""

from sqlalchemy import Connection, delete, update

from .rows import fetch, fetch_one, save
from .tables import EquipmentKey, table_of

_key = table_of(EquipmentKey)


def put(conn: Connection, row: EquipmentKey) -> None:
    """From now on this key opens the seat, and the one before does not."""
    save(conn, [row])


def get(conn: Connection, session_id: str, seat: str) -> EquipmentKey | None:
    """The key of a seat."""
    return fetch_one(conn, EquipmentKey, _key.c.session_id == session_id, _key.c.seat == seat)


def of_session(conn: Connection, session_id: str) -> list[EquipmentKey]:
    """The keys of a session, by seat."""
    return fetch(conn, EquipmentKey, _key.c.session_id == session_id, order=(_key.c.seat,))


def used(conn: Connection, session_id: str, seat: str, now: int) -> None:
    """Equipment came with the seat's key."""
    here = (_key.c.session_id == session_id, _key.c.seat == seat)
    conn.execute(update(_key).where(*here).values(used_at=now))


def drop(conn: Connection, session_id: str, seat: str) -> bool:
    """Take a key back. Whether there was one."""
    here = (_key.c.session_id == session_id, _key.c.seat == seat)
    return conn.execute(delete(_key).where(*here)).rowcount == 1
