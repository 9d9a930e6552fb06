"""Going on alone: a follower whose own trouble is not over makes a ticket of her own number. Takes a connection.

The number stays, so that every slip and message that she has still leads to it. The ticket goes to the office that the
other one lies with and begins anew: it is her first word about it as her own. The other ticket and the balance of the
hearing are not touched.
"""

from __future__ import annotations

import msgspec

from . import ticketing
from .opening import Clocks, opened_row
from .store import Connection, district, followers, outbox
from .store import tickets as rows
from .store.event_log import GENESIS
from .store.questions import Asked
from .store.tables import Follower
from .tickets.events import Opened, encode
from .tickets.opening import ticket_id

__all__ = ["go_alone", "ticket_id"]
ENCODE = msgspec.json.Encoder(order="deterministic").encode


def go_alone(conn: Connection, now: int, follower: Follower, asked: Asked | None) -> str:
    """Make a follower's number a ticket; the same one when she sends it twice. Returns its id.

    Arguments:
        asked: her own question, where she had one; her words then belong to the new ticket.
    """
    id = ticket_id(follower.id)
    if rows.get(conn, id) is not None:
        return id
    other = rows.get(conn, follower.ticket_id)
    life = ticketing.load(conn, follower.ticket_id)
    assert other is not None  # a follower follows something
    triage = district.triage(conn)
    office = life.office or other.office_id
    first = Opened(
        why="parted",
        kind=life.kind,
        category=(asked.category if asked else None) or life.category,
        area=(asked.area if asked else None) or life.area,
        office=office,
        post=life.post,
        days=life.days,
        protected=life.protected,
        about=life.about,
        state="registered" if triage is not None and office == triage.id else "routed",
    )
    type, body = encode(first)
    step = rows.step(GENESIS, id, 1, now, type, "citizen", body)
    row = opened_row(
        step,
        first,
        Clocks(conn, now),
        reference=follower.reference,
        question_id=follower.question_id,
        session_id=other.session_id,
        person_id=follower.person_id,
        private=(asked.privacy if asked else other.privacy) != "public",
        content_id=asked.content_id if asked else None,
        origin="parted",
    )
    rows.open_many(conn, [row], [step], [])
    followers.leave(conn, follower.id, now)
    told: dict[str, object] = {"notice": "ticket.opened", "ticket": id, "question": follower.question_id, "params": {}}
    outbox.add(
        conn,
        [
            outbox.Task(
                id=f"{id}/1",
                unique_key=f"ticket.opened/{id}",
                kind="notice",
                session_id=other.session_id,
                ticket_id=id,
                body=ENCODE(told),
                created_at=now,
                due_at=now,
            )
        ],
    )
    return id
