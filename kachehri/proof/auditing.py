"""Goes through the whole database: does every chain hold, and did each pass through the ends that were signed?

Editing, deleting, reordering, inserting and cutting off are found by the chains and by the rows that say where they
end; a chain that somebody computed anew after an edit is found by the signed ends, and a row that says something else
than its chain, such as the number of another or a close that nobody made, by replaying it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from kachehri import ticket_row, ticketing
from kachehri.store import Connection, event_log, proof, tickets
from kachehri.store.event_log import Broken
from rooms.questions import QuestionAsked
from rooms.session import decode_event

from . import heads
from .heads import BrokenHeads
from .public_log import ASKED


class Finding(NamedTuple):
    """Something that is not as it was. `kind` is session, ticket or heads; `seq` the first step that does not hold."""

    kind: str
    id: str
    seq: int
    why: str


#: What a ticket's row says from its steps alone; the rest of it follows the calendar, which may be ahead of a row.
REPLAYED: Final = (
    *("state", "office_id", "post_id", "category", "outcome", "closure_basis", "level", "proposed_at", "closed_at"),
    *("kind", "transfers", "disputes", "about_post_id", "accountable_post_id", "parent_id"),
)


class Report(NamedTuple):
    """What was looked at, and what was found."""

    sessions: int
    tickets: int
    heads: int
    findings: list[Finding]


def verify(conn: Connection, public: str, lines: Iterable[bytes] | None = None) -> Report:
    """Look at everything.

    Arguments:
        public: the house's public key.
        lines: of the file of heads that was kept elsewhere; without it the table's own are taken, which only say
            something to whoever trusts the database.
    """
    findings: list[Finding] = []
    known = proof.session_ids(conn)
    for id in known:
        try:
            event_log.verify(conn, id)
        except Broken as broken:
            findings.append(Finding("session", id, broken.seq, broken.why))
        else:
            findings += _renumbered(conn, id)
    count = 0
    for id in proof.ticket_ids(conn):
        count += 1
        try:
            tickets.verify(conn, id)
        except Broken as broken:
            findings.append(Finding("ticket", id, broken.seq, broken.why))
        else:
            findings += _misstated(conn, id)
    signed = 0
    kept = [row.line for row in proof.heads(conn)]
    given = kept if lines is None else list(lines)
    try:
        # A copy may have left the house a while ago: what was signed since stands in the table, onto the copy's end.
        for line in heads.read([*given, *kept[len(given) :]], public):
            signed = line.n
            findings += _missed(conn, line.ends)
    except BrokenHeads as broken:
        findings.append(Finding("heads", "", broken.n, broken.why))
    else:
        findings += _rewritten(given, kept)
    return Report(len(known), count, signed, findings)


def _renumbered(conn: Connection, session: str) -> Iterator[Finding]:
    """Rows that give a question another number than the log did when it was accepted."""
    asked: dict[str, tuple[int, str]] = {}
    for seq, _, body in proof.of_type(conn, session, ASKED):
        try:
            event = decode_event(body)
        except msgspec.MsgspecError:
            continue  # of a later version
        if isinstance(event, QuestionAsked):
            asked[event.question] = (seq, event.reference)
    for question, reference in proof.numbers(conn, session):
        seq, said = asked.get(question, (0, ""))
        if said != reference:
            yield Finding("session", session, seq, f"its rows give the number {reference} to another question")


def _misstated(conn: Connection, id: str) -> Iterator[Finding]:
    row = tickets.get(conn, id)
    assert row is not None  # its chain holds, and so its row is there
    try:
        says = ticket_row.projected(ticketing.load(conn, id), row, row.head_hash, ticket_row.calendar_of(conn))
    except (msgspec.MsgspecError, KeyError):
        return  # steps of a later version, which this one cannot replay
    for name in REPLAYED:
        if getattr(says, name) != getattr(row, name):
            yield Finding("ticket", id, row.head_seq, f"its row says another {name} than its steps")


def _rewritten(given: list[bytes], kept: list[bytes]) -> Iterator[Finding]:
    """Lines of the copy that the database has no more, or otherwise. Only the first is told: all after it follow."""
    for n, line in enumerate(given, 1):
        if n > len(kept):
            yield Finding("heads", "", n, "a signed line is gone from the database")
            return
        if heads.digest(line) != heads.digest(kept[n - 1]):
            yield Finding("heads", "", n, "the database has another line than the copy")
            return


def _missed(conn: Connection, ends: Iterable[heads.End]) -> Iterator[Finding]:
    for end in ends:
        found = proof.hash_at(conn, end.kind, end.id, end.seq)
        if found is None:
            yield Finding(end.kind, end.id, end.seq, "a signed step is gone")
        elif found.hex() != end.hash:
            yield Finding(end.kind, end.id, end.seq, "it is not the step that was signed")
