"""Browsers that want to be alerted, and which alerts were given already."""

from sqlalchemy import Connection, delete, select, update

from .rows import fetch, insert_into, put
from .tables import Outbox, PushSubscription, table_of

_subscription = table_of(PushSubscription)
_outbox = table_of(Outbox)


def add(conn: Connection, row: PushSubscription) -> None:
    """Write a subscription."""
    put(conn, [row])


def of_session(conn: Connection, session_id: str) -> list[PushSubscription]:
    """All of a session, the oldest first."""
    return fetch(conn, PushSubscription, _subscription.c.session_id == session_id, order=(_subscription.c.created_at,))


def of_participant(conn: Connection, session_id: str, participant_id: str) -> list[PushSubscription]:
    """All of one participant, the oldest first."""
    here = (_subscription.c.session_id == session_id, _subscription.c.participant_id == participant_id)
    return fetch(conn, PushSubscription, *here, order=(_subscription.c.created_at,))


def wanted(conn: Connection) -> dict[str, set[str]]:
    """The participants who want alerts, by session."""
    found: dict[str, set[str]] = {}
    for session, participant in conn.execute(select(_subscription.c.session_id, _subscription.c.participant_id)):
        found.setdefault(session, set()).add(participant)
    return found


def drop(conn: Connection, id: str) -> None:
    """The browser wants no more."""
    conn.execute(delete(_subscription).where(_subscription.c.id == id))


def drop_participant(conn: Connection, session_id: str, participant_id: str) -> None:
    """None of her browsers wants more."""
    here = (_subscription.c.session_id == session_id, _subscription.c.participant_id == participant_id)
    conn.execute(delete(_subscription).where(*here))


def drop_session(conn: Connection, session_id: str) -> None:
    """It is over: nobody is called any more."""
    conn.execute(delete(_subscription).where(_subscription.c.session_id == session_id))


def failed(conn: Connection, id: str, at: int) -> None:
    """Its service did not take a message."""
    conn.execute(update(_subscription).where(_subscription.c.id == id).values(failed_at=at))


def claim(conn: Connection, key: str, session_id: str, at: int) -> bool:
    """True for the first who asks for this alert, whichever worker it is and however often the server was restarted."""
    row = Outbox(
        id=key, unique_key=key, kind="push", session_id=session_id, body=b"", state="done", created_at=at, due_at=at
    )
    row.done_at = at
    done = conn.execute(insert_into(conn, _outbox).on_conflict_do_nothing(), row.model_dump())
    return bool(done.rowcount)
