"""Keys of programs of others, and the tickets that came by them."""

from sqlalchemy import Connection, func, literal_column, select, update

from .rows import fetch, fetch_one, insert_into, put
from .tables import Account, ApiFiling, ApiKey, table_of

_key = table_of(ApiKey)
_filing = table_of(ApiFiling)
_account = table_of(Account)


def add_key(conn: Connection, row: ApiKey) -> None:
    """Write a new key."""
    put(conn, [row])


def key_by_hash(conn: Connection, key_hash: bytes) -> ApiKey | None:
    """The key with this hash, if it is in force."""
    return fetch_one(conn, ApiKey, _key.c.key_hash == key_hash, _key.c.revoked_at.is_(None))


def key(conn: Connection, id: str) -> ApiKey | None:
    """One key, also one that was taken back."""
    return fetch_one(conn, ApiKey, _key.c.id == id)


def keys(conn: Connection) -> list[tuple[ApiKey, str, int]]:
    """Every key with the name of whoever made it and the number of its tickets: those in force first, newest first."""
    filed = (
        select(func.count(literal_column("*"))).where(_filing.c.key_id == _key.c.id).correlate(_key).scalar_subquery()
    )
    made_by = select(_account.c.id, _account.c.name)
    names: dict[str, str] = {id: name for id, name in conn.execute(made_by)}
    counts: dict[str, int] = {id: count for id, count in conn.execute(select(_key.c.id, filed))}
    rows = fetch(conn, ApiKey, order=(_key.c.revoked_at.is_not(None), _key.c.made_at.desc(), _key.c.id))
    return [(row, names.get(row.made_by, ""), counts[row.id]) for row in rows]


def used(conn: Connection, id: str, now: int) -> None:
    """A program came with this key."""
    conn.execute(update(_key).where(_key.c.id == id).values(used_at=now))


def revoke(conn: Connection, id: str, now: int) -> bool:
    """Take a key back. Whether it was in force."""
    here = (_key.c.id == id, _key.c.revoked_at.is_(None))
    return conn.execute(update(_key).where(*here).values(revoked_at=now)).rowcount == 1


def file(conn: Connection, row: ApiFiling) -> bool:
    """Note what a key files; False when the very same stands there for this day, also when both came at once."""
    statement = insert_into(conn, _filing).values(row.model_dump()).on_conflict_do_nothing()
    return conn.execute(statement.returning(_filing.c.ticket_id)).one_or_none() is not None


def filed(conn: Connection, mark: bytes, since: int) -> ApiFiling | None:
    """What was filed with this mark since an instant."""
    found = fetch(conn, ApiFiling, _filing.c.mark == mark, _filing.c.at >= since, order=(_filing.c.at.desc(),), limit=1)
    return found[0] if found else None


def release(conn: Connection, ticket_id: str, at: int | None) -> bool:
    """Let everybody read the masked words from an instant on, or nobody (None). Whether that changed anything."""
    now_so = _filing.c.released_at.is_(None) if at is not None else _filing.c.released_at.is_not(None)
    statement = update(_filing).where(_filing.c.ticket_id == ticket_id, now_so)
    return conn.execute(statement.values(released_at=at)).rowcount == 1


def filings_since(conn: Connection, key_id: str, since: int) -> int:
    """How many tickets came by a key since an instant."""
    here = (_filing.c.key_id == key_id, _filing.c.at >= since)
    return int(conn.execute(select(func.count(literal_column("*"))).where(*here)).scalar_one())


def filing(conn: Connection, ticket_id: str) -> ApiFiling | None:
    """How a ticket came, if it came by a key."""
    return fetch_one(conn, ApiFiling, _filing.c.ticket_id == ticket_id)


def by_token(conn: Connection, token_hash: bytes) -> ApiFiling | None:
    """What a token stands for."""
    return fetch_one(conn, ApiFiling, _filing.c.token_hash == token_hash)
