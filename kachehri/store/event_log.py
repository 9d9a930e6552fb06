"""The log of a session: appended under a lock on the session's row, chained by hashes, never changed.

The chain, for anyone who wants to recompute it (SHA-256, FIPS 180-4):

    hash = SHA-256(prev_hash || "session\\nseq\\nat\\ntype\\n" in ASCII || body)

with 32 zero bytes before the first event. No field before `body` can hold a line end, so no two rows share one input.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from .bulk import Bulk
from .tables import Command, Event, Session, table_of

GENESIS = bytes(32)

_event = table_of(Event)
_session = table_of(Session)
_command = table_of(Command)


class Head(NamedTuple):
    """Where a session's log ends. `at` is the instant of its last event, which no later event may precede."""

    session_id: str
    epoch: str
    seq: int
    hash: bytes
    at: int
    phase: str


class Logged(NamedTuple):
    """One row of the log."""

    session_id: str
    seq: int
    at: int
    type: str
    body: bytes
    prev_hash: bytes
    hash: bytes


class Seen(NamedTuple):
    """A command that was accepted under a key."""

    body_hash: bytes
    actor: str
    seq: int
    result: bytes | None


class Remembered(NamedTuple):
    """A command to remember with the events that it caused."""

    session_id: str
    key: str
    body_hash: bytes
    actor: str
    seq: int
    result: bytes | None = None


class Broken(Exception):
    """The chain does not hold at `seq`: the row was changed, lost, put elsewhere, or the end was cut off."""

    def __init__(self, session_id: str, seq: int, why: str) -> None:
        super().__init__(f"the log of {session_id} does not hold at {seq}: {why}")
        self.session_id = session_id
        self.seq = seq
        self.why = why


def link(prev_hash: bytes, session_id: str, seq: int, at: int, type: str, body: bytes) -> bytes:
    """The hash of one event."""
    return hashlib.sha256(
        b"%b%b\n%d\n%d\n%b\n%b" % (prev_hash, session_id.encode(), seq, at, type.encode(), body)
    ).digest()


def chain(head: Head, entries: Iterable[tuple[int, str, bytes]]) -> list[Logged]:
    """Number and chain new events `(at, type, body)` onto a head."""
    rows: list[Logged] = []
    seq, last = head.seq, head.hash
    for at, type, body in entries:
        seq += 1
        hash = link(last, head.session_id, seq, at, type, body)
        rows.append(Logged(head.session_id, seq, at, type, body, last, hash))
        last = hash
    return rows


_HEAD = (
    _session.c.id,
    _session.c.epoch,
    _session.c.head_seq,
    _session.c.head_hash,
    _session.c.head_at,
    _session.c.phase,
)
_LOCK = (
    select(*_HEAD)
    .where(_session.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_session.c.id)  # one order for everybody: two writers cannot wait for each other
    .with_for_update()
)
_ADVANCE = (
    update(_session)
    .where(_session.c.id == bindparam("of"))
    .values(head_seq=bindparam("to_seq"), head_hash=bindparam("to_hash"), head_at=bindparam("to_at"))
)
_APPEND = Bulk(insert(_event), Logged._fields)
_REMEMBER = Bulk(insert(_command), Remembered._fields)
_COLUMNS = tuple(_event.c)
_AFTER = (
    select(*_COLUMNS)
    .where(_event.c.session_id == bindparam("of"), _event.c.seq > bindparam("after"))
    .order_by(_event.c.seq)
    .limit(bindparam("most"))
)
_KEYS = select(_command.c.key, _command.c.body_hash, _command.c.actor, _command.c.seq, _command.c.result).where(
    _command.c.session_id == bindparam("of"), _command.c.key.in_(bindparam("keys", expanding=True))
)


def lock(conn: Connection, session_ids: Iterable[str]) -> dict[str, Head]:
    """Take the sessions' rows until the end of the transaction, in id order. Unknown ids are left out."""
    return {row[0]: Head(*row) for row in conn.execute(_LOCK, {"ids": sorted(set(session_ids))})}


def append(conn: Connection, rows: Sequence[Logged]) -> None:
    """Write chained events of any number of sessions and move the sessions' heads to them. Under `lock` only."""
    if not rows:
        return
    _APPEND.run(conn, rows)
    ends = {row.session_id: row for row in rows}
    conn.execute(
        _ADVANCE,
        [{"of": row.session_id, "to_seq": row.seq, "to_hash": row.hash, "to_at": row.at} for row in ends.values()],
    )


def after(conn: Connection, session_id: str, seq: int, limit: int = -1) -> list[Logged]:
    """The events above `seq`, in order; -1 for all."""
    most = limit if limit >= 0 else 2**62
    return [Logged(*row) for row in conn.execute(_AFTER, {"of": session_id, "after": seq, "most": most})]


def of_types(conn: Connection, session_id: str, types: Sequence[str]) -> list[tuple[int, bytes]]:
    """The instants and bodies of a session's events of these types, in order."""
    here = (_event.c.session_id == session_id, _event.c.type.in_(types))
    return [
        (at, body) for at, body in conn.execute(select(_event.c.at, _event.c.body).where(*here).order_by(_event.c.seq))
    ]


def at_instant(conn: Connection, session_id: str, type: str, at: int) -> list[Logged]:
    """The events of one type that were recorded at one instant: those of one commit."""
    here = (_event.c.session_id == session_id, _event.c.type == type, _event.c.at == at)
    return [Logged(*row) for row in conn.execute(select(*_COLUMNS).where(*here).order_by(_event.c.seq))]


def keys_seen(conn: Connection, session_id: str, keys: Iterable[str]) -> dict[str, Seen]:
    """Which of these keys have accepted commands behind them."""
    wanted = list(keys)
    if not wanted:
        return {}
    return {row[0]: Seen(*row[1:]) for row in conn.execute(_KEYS, {"of": session_id, "keys": wanted})}


def remember(conn: Connection, commands: Sequence[Remembered]) -> None:
    """Keep accepted commands by their keys; a key that was taken meanwhile is a Conflict."""
    _REMEMBER.run(conn, commands)


def verify(conn: Connection, session_id: str, *, batch: int = 5_000) -> Head:
    """Recompute a session's chain from the first event and compare its end; raises Broken. Returns the proven head."""
    row = conn.execute(select(*_HEAD).where(_session.c.id == session_id)).one_or_none()
    if row is None:
        raise Broken(session_id, 0, "there is no such session")
    head = Head(*row)
    seq, last, at = 0, GENESIS, 0
    while rows := after(conn, session_id, seq, batch):
        for event in rows:
            seq += 1
            if event.seq != seq or not isinstance(event.body, bytes):  # SQLite would keep text here as well
                raise Broken(session_id, seq, "an event is missing or is no event")
            if event.prev_hash != last or event.hash != link(last, session_id, seq, event.at, event.type, event.body):
                raise Broken(session_id, seq, "its hash is another")
            if event.at < at:
                raise Broken(session_id, seq, "time runs backwards")
            last, at = event.hash, event.at
    if (seq, last) != (head.seq, head.hash):
        raise Broken(session_id, max(seq, head.seq), "the log ends elsewhere than its session says")
    return head


def stretch(conn: Connection, session_id: str, seq: int, hash: bytes, most: int) -> int:
    """Recompute the last events up to one, at most `most`, and compare the end with a hash that was kept elsewhere;
    raises Broken. What lies before them is taken as their rows say. Returns how many they were.
    """
    first = max(0, seq - most)
    rows = after(conn, session_id, first, seq - first)
    last, number = rows[0].prev_hash if rows and first else GENESIS, first
    for event in rows:
        number += 1
        if event.seq != number or not isinstance(event.body, bytes) or event.prev_hash != last:
            raise Broken(session_id, number, "an event is missing or is no event")
        last = link(last, session_id, number, event.at, event.type, event.body)
        if event.hash != last:
            raise Broken(session_id, number, "its hash is another")
    if (number, last) != (seq, hash):
        raise Broken(session_id, seq, "it is not the event that was signed")
    return seq - first
