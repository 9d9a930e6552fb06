"""Which account of the staff is behind each participant of a session."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from .tables import Account, Participant, table_of

_account = table_of(Account)
_participant = table_of(Participant)


class Named(NamedTuple):
    """One of the staff: name and designation as they stand in the account."""

    name: str
    title_ur: str
    title_en: str


def of_session(conn: Connection, session_id: str) -> dict[str, Named]:
    """Participant → who that is, for everybody of the staff who ever came to this session."""
    statement = (
        select(_participant.c.id, _account.c.name, _account.c.title_ur, _account.c.title_en)
        .join(_account, _account.c.id == _participant.c.account_id)
        .where(_participant.c.session_id == session_id)
    )
    return {row.id: Named(row.name, row.title_ur, row.title_en) for row in conn.execute(statement)}
