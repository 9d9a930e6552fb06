"""Whether what a slip says is in the record, unchanged. Takes a connection.

The record is not believed where it is looked at: the whole log of the hearing is computed anew, as is the ticket that
came of the question, and both must have passed through every end that was ever signed of them. A code that nobody finds
is told to be unknown only if the record holds, since an edit of the question would make its own code unknown.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from kachehri.store import Connection, event_log, proof, tickets
from kachehri.store import questions as question_rows
from kachehri.store.event_log import Broken
from rooms.questions import QuestionAsked
from rooms.session import decode_event

from . import heads
from .heads import Kind, Line
from .public_log import ASKED, proof_of
from .signing import genuine


class Found(NamedTuple):
    """Where the question stands. `signed_at`: when an end behind it was first signed; 0 while none was."""

    session: str
    at: int
    seq: int
    signed_at: int


def find(conn: Connection, reference: str, code: str, public: str) -> Found | None:
    """The event by which a question was accepted; None where no question has this number and code.

    Arguments:
        reference: ten digits.
        code: sixteen hex digits.
        public: the house's key.

    Errors: `Broken` where the record does not hold.
    """
    asked = question_rows.by_reference(conn, reference)
    ticket = tickets.by_reference(conn, reference)
    session = asked.session_id if asked is not None else ticket.session_id if ticket is not None else None
    if session is None:
        return None
    holds(conn, session, public)
    if ticket is not None:
        tickets.verify(conn, ticket.id)
        passed(conn, "ticket", ticket.id, public)
    for seq, at, body in proof.of_type(conn, session, ASKED):
        try:
            event = decode_event(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise Broken(session, seq, "it is no event") from None
        if isinstance(event, QuestionAsked) and event.reference == reference and proof_of(body) == code:
            signed = [each for each in passed(conn, "session", session, public) if each[0] >= seq]
            return Found(session, at, seq, min((each[1] for each in signed), default=0))
    return None


def holds(conn: Connection, session: str, public: str) -> None:
    """Errors: `Broken` where a session's log is not what it was."""
    event_log.verify(conn, session)
    passed(conn, "session", session, public)


def passed(conn: Connection, kind: Kind, id: str, public: str) -> list[tuple[int, int]]:
    """`(seq, signed at)` of every signed end of a chain, each of which the chain still passes through.

    Errors: `Broken`.
    """
    found = []
    for line in _signed(conn, id, public):
        for end in line.ends:
            if (end.kind, end.id) == (kind, id):
                hash = proof.hash_at(conn, kind, id, end.seq)
                if hash is None or hash.hex() != end.hash:
                    raise Broken(id, end.seq, "it is not the step that was signed")
                found.append((end.seq, line.at))
    return found


def _signed(conn: Connection, id: str, public: str) -> list[Line]:
    """The lines that may name a chain. Each line has the digest of the one before, so that the signature of the last
    stands for all of them.
    """
    rows, before = proof.heads(conn), heads.BEGIN
    for n, row in enumerate(rows, 1):
        try:
            place = heads.place(row.line)
        except heads.BrokenHeads:
            raise Broken(id, 0, "what was signed was changed") from None
        if (row.n, place.n, place.before) != (n, n, before):
            raise Broken(id, 0, "what was signed was changed")
        before = heads.digest(row.line)
    last = heads.parsed(rows[-1].line) if rows else None
    if last is not None and not genuine(public, heads.unsigned(last), last.signature):
        raise Broken(id, 0, "what was signed was changed")
    sign = id.encode()
    return [heads.parsed(row.line) for row in rows if sign in row.line]


def code_of(conn: Connection, session_id: str, question: str, received_at: int) -> str:
    """The proof code of a question, for its slip; nothing where its event is not found."""
    for row in event_log.at_instant(conn, session_id, ASKED, received_at):
        event = decode_event(row.body)
        if isinstance(event, QuestionAsked) and event.question == question:
            return proof_of(row.body)
    return ""
