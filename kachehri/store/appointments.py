"""Roles in single sessions, and the lines of offices that standing roles reach along."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, and_, bindparam, func, select, update

from .rows import fetch, fetch_one, save
from .tables import Account, Appointment, Login, Office, Session, table_of

_appointment = table_of(Appointment)
_office = table_of(Office)
_session = table_of(Session)
_account = table_of(Account)
_login = table_of(Login)

_start = (
    select(_office.c.id, _office.c.parent_id).where(_office.c.id == bindparam("office")).cte("line", recursive=True)
)
# UNION, not UNION ALL: offices that were made each other's parents by mistake must not run for ever.
_line = _start.union(select(_office.c.id, _office.c.parent_id).join(_start, _office.c.id == _start.c.parent_id))
_LINE = select(_line.c.id)


def appoint(conn: Connection, row: Appointment) -> None:
    """Give an account a role in a session; an earlier one gives way."""
    save(conn, [row])


def end(conn: Connection, session_id: str, account_id: str, now: int) -> bool:
    """End an appointment. Whether there was one."""
    here = (_appointment.c.session_id == session_id, _appointment.c.account_id == account_id)
    statement = update(_appointment).where(*here, _appointment.c.ended_at.is_(None))
    return conn.execute(statement.values(ended_at=now)).rowcount == 1


def end_over(conn: Connection, before: int) -> None:
    """End what was for hearings that are closed and were planned to end before then."""
    over = select(_session.c.id).where(_session.c.phase == "closed", _session.c.ends_at < before)
    statement = update(_appointment).where(_appointment.c.ended_at.is_(None), _appointment.c.session_id.in_(over))
    conn.execute(statement.values(ended_at=before))


def get(conn: Connection, session_id: str, account_id: str) -> Appointment | None:
    """What an account was appointed to in a session, ended or not."""
    return fetch_one(
        conn, Appointment, _appointment.c.session_id == session_id, _appointment.c.account_id == account_id
    )


def of_account(conn: Connection, account_id: str) -> dict[str, str]:
    """Session → role, where an account is appointed."""
    statement = select(_appointment.c.session_id, _appointment.c.role)
    statement = statement.where(_appointment.c.account_id == account_id, _appointment.c.ended_at.is_(None))
    return {row.session_id: row.role for row in conn.execute(statement)}


def of_logins(conn: Connection, logins: Iterable[bytes], now: int) -> dict[bytes, tuple[Account, dict[str, str]]]:
    """Login → its account, and session → role where that is appointed; without those that ended and accounts shut."""
    here = and_(_appointment.c.account_id == _account.c.id, _appointment.c.ended_at.is_(None))
    statement = (
        select(_account, _login.c.token_hash, _appointment.c.session_id, _appointment.c.role.label("appointed"))
        .join(_login, _login.c.account_id == _account.c.id)
        .outerjoin(_appointment, here)
        .where(
            _login.c.token_hash.in_(list(logins)),
            _login.c.revoked_at.is_(None),
            _login.c.expires_at > now,
            _account.c.disabled_at.is_(None),
        )
    )
    found: dict[bytes, tuple[Account, dict[str, str]]] = {}
    for row in conn.execute(statement):
        values = dict(row._mapping)
        login, session_id, role = values.pop("token_hash"), values.pop("session_id"), values.pop("appointed")
        _account_of, appointed = found.setdefault(bytes(login), (Account(**values), {}))
        if session_id is not None:
            appointed[session_id] = role
    return found


def of_session(conn: Connection, session_id: str) -> list[tuple[Appointment, Account]]:
    """Who is appointed to a session, by name."""
    rows = fetch(conn, Appointment, _appointment.c.session_id == session_id, _appointment.c.ended_at.is_(None))
    people = fetch(conn, Account, _account.c.id.in_([row.account_id for row in rows]), order=(_account.c.name,))
    by_account = {row.account_id: row for row in rows}
    return [(by_account[account.id], account) for account in people]


def last_end(conn: Connection, account_id: str) -> int | None:
    """When the last hearing that an account is appointed to is planned to end."""
    statement = select(func.max(_session.c.ends_at)).join(_appointment, _appointment.c.session_id == _session.c.id)
    statement = statement.where(_appointment.c.account_id == account_id, _appointment.c.ended_at.is_(None))
    return conn.execute(statement).scalar()


def line(conn: Connection, office_id: str) -> frozenset[str]:
    """An office and all those above it."""
    return frozenset(conn.execute(_LINE, {"office": office_id}).scalars())


def lines(conn: Connection, session_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Session → the office that holds it, and all those above; sessions that do not exist are left out."""
    wanted: Sequence[str] = list(session_ids)
    statement = select(_session.c.id, _session.c.office_id).where(_session.c.id.in_(wanted))
    held = {row.id: row.office_id for row in conn.execute(statement)}
    known = {office: line(conn, office) for office in set(held.values())}
    return {session: known[office] for session, office in held.items()}
