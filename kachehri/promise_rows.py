"""The row of a promise, as it follows from the steps of its ticket. Takes a connection."""

from __future__ import annotations

from .store import Connection, promises
from .tickets.pledges import Pledge


def project(conn: Connection, id: str, pledge: Pledge) -> None:
    """Write how a promise stands."""
    promises.project(
        conn,
        promises.Standing(
            id=id,
            state=pledge.state,
            due_at=pledge.due,
            first_due_at=pledge.first_due,
            read=pledge.read,
            read_back_at=pledge.read_at if pledge.read == "yes" else None,
            said_at=pledge.said_at,
            broken_at=pledge.broken_at,
            kept_at=pledge.kept_at,
            help_at=pledge.help_at,
            moves=pledge.moves,
        ),
    )
