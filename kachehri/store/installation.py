"""Facts about this installation that may change: what the office says of itself, and how far setting up has come."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, func, select

from .rows import save
from .tables import Account, Installation, Invitation, Session, table_of

_installation = table_of(Installation)
_account = table_of(Account)
_invitation = table_of(Invitation)
_session = table_of(Session)


def facts(conn: Connection, prefix: str) -> dict[str, str]:
    """Every fact whose name begins with `prefix`, by the rest of its name."""
    names = _installation.c.name
    statement = select(names, _installation.c.value).where(names.startswith(prefix, autoescape=True))
    return {str(name).removeprefix(prefix): str(value) for name, value in conn.execute(statement)}


def keep(conn: Connection, prefix: str, values: Mapping[str, str]) -> None:
    """Write facts, over what stands."""
    save(conn, [Installation(name=prefix + name, value=value) for name, value in values.items()])


def drop(conn: Connection, name: str) -> bool:
    """Forget a fact. Whether there was one: of several who ask at once, one is told so."""
    return conn.execute(delete(_installation).where(_installation.c.name == name)).rowcount == 1


def has_accounts(conn: Connection) -> bool:
    """Whether anybody may sign in here."""
    return conn.execute(select(_account.c.id).limit(1)).first() is not None


def first_hearing(conn: Connection) -> int:
    """When the first hearing that counts was announced, in milliseconds since the epoch; 0: none yet."""
    real = (_session.c.practice.is_(False), _session.c.phase != "new")
    return int(conn.execute(select(func.min(_session.c.created_at)).where(*real)).scalar() or 0)


def progress(conn: Connection) -> dict[str, bool]:
    """How far an office has come: whether others were invited, a practice was held, a hearing announced."""
    announced = select(_session.c.id).where(_session.c.phase != "new").limit(1)
    others = conn.execute(select(func.count()).select_from(_account).where(_account.c.role != "administrator")).scalar()
    invited = conn.execute(select(_invitation.c.id).where(_invitation.c.revoked_at.is_(None)).limit(1)).first()
    return {
        "people": bool(others) or invited is not None,
        "practice": conn.execute(announced.where(_session.c.practice)).first() is not None,
        "hearing": conn.execute(announced.where(_session.c.practice.is_(False))).first() is not None,
    }
