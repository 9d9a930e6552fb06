"""What is learnt later: a gateway's receipt, or what a person found out. Every function works within a transaction.

A receipt may come early, late, twice, or for a message that we do not know; each changes what follows from it once.
"""

from __future__ import annotations

from typing import Literal

from kachehri.store import Connection
from kachehri.store import notices as rows
from kachehri.store.tables import Delivery

from .arriving import arrived
from .doubt import after_receipt
from .fanning import decode
from .gateway import Receipt

Verdict = Literal["arrived", "failed", "again"]


def take(conn: Connection, receipt: Receipt, now: int, channel: str = "sms") -> bool:
    """Write down a receipt; False where it is for nothing that we know."""
    found = rows.by_key(conn, receipt.key) or rows.by_provider(conn, receipt.provider_id, channel)
    row = rows.locked(conn, found) if found else None
    if row is None:
        return False
    before = row.state
    row.state = after_receipt(before, receipt.said)  # type: ignore[arg-type]
    row.provider_id = row.provider_id or receipt.provider_id or None
    if row.state != before:
        row.settled_at = now
        row.why = "receipt" if row.state == "failed" else None
    rows.keep(conn, row)
    _follow(conn, row, before, now)
    return True


def decide(conn: Connection, delivery_id: str, verdict: Verdict, account: str, now: int) -> bool:
    """What a person found out, or wants: only of messages that wait for a person. False for any other."""
    row = rows.locked(conn, delivery_id)
    if row is None or row.state not in ("unknown", "failed"):
        return False
    before, row.settled_by = row.state, account
    match verdict:
        case "arrived":
            row.state, row.settled_at, row.why = "delivered", now, "person"
        case "failed":
            row.state, row.settled_at, row.why = "failed", now, "person"
        case "again":
            row.state, row.settled_at, row.why, row.tries = "waiting", None, None, 0
            row.round += 1
    rows.keep(conn, row)
    if verdict == "again":
        rows.reopen(conn, row.outbox_id, now)
    elif row.state != before:
        _follow(conn, row, before, now)
    return True


def _follow(conn: Connection, row: Delivery, before: str, now: int) -> None:
    if row.state == before:
        return
    task = rows.task(conn, row.outbox_id)
    told = decode(task.body) if task is not None else None
    if row.state == "delivered" and told is not None:
        arrived(conn, now, row.ticket_id, told, row.channel)
    elif row.state == "failed":
        # Another way may be left.
        rows.reopen(conn, row.outbox_id, now)
