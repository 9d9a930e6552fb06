"""Invitations: one-time links, kept as hashes."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, or_, select, update

from .rows import fetch, fetch_one, put_new
from .tables import Account, Invitation, table_of

_invitation = table_of(Invitation)
_account = table_of(Account)
_OPEN = (_invitation.c.used_at.is_(None), _invitation.c.revoked_at.is_(None))


def add(conn: Connection, rows: Sequence[Invitation]) -> None:
    """Write invitations; one that is there already, because a form was sent twice, stays as it is."""
    put_new(conn, rows)


def by_hash(conn: Connection, token_hash: bytes) -> Invitation | None:
    """The invitation that a link opens."""
    return fetch_one(conn, Invitation, _invitation.c.token_hash == token_hash)


def by_id(conn: Connection, id: str) -> Invitation | None:
    """One invitation."""
    return fetch_one(conn, Invitation, _invitation.c.id == id)


def use(conn: Connection, id: str, account_id: str, now: int) -> bool:
    """Use an invitation up. Whether nobody had used or revoked it."""
    statement = update(_invitation).where(_invitation.c.id == id, *_OPEN)
    return conn.execute(statement.values(used_at=now, account_id=account_id)).rowcount == 1


def revoke(conn: Connection, id: str, now: int) -> bool:
    """Take an invitation back. Whether it was still open."""
    return conn.execute(update(_invitation).where(_invitation.c.id == id, *_OPEN).values(revoked_at=now)).rowcount == 1


def open_ones(conn: Connection, session_id: str | None = None) -> list[Invitation]:
    """Invitations that nobody has used or taken back, also those that are over, the newest first.

    Arguments:
        session_id: only those to this session; None: all.
    """
    here = () if session_id is None else (_invitation.c.session_id == session_id,)
    return fetch(conn, Invitation, *_OPEN, *here, order=(_invitation.c.created_at.desc(), _invitation.c.name))


def logins_like(conn: Connection, stem: str) -> set[str]:
    """Login names that begin like this one."""
    like = _account.c.login.startswith(stem, autoescape=True)
    return set(conn.execute(select(_account.c.login).where(or_(like, _account.c.login == stem))).scalars())


def administrators(conn: Connection) -> int:
    """How many accounts may still administer the whole house."""
    whole = (_account.c.role == "administrator", _account.c.office_id.is_(None), _account.c.disabled_at.is_(None))
    return int(conn.execute(select(func.count()).select_from(_account).where(*whole)).scalar_one())
