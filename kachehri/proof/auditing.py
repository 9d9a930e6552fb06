"""Goes through the whole database: does every chain hold, and did each pass through the ends that were signed?

Editing, deleting, reordering, inserting and cutting off are found by the chains and by the rows that say where they
end; a chain that somebody computed anew after an edit is found by the signed ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kachehri.store import Connection, event_log, proof, tickets
from kachehri.store.event_log import Broken

from . import heads
from .heads import BrokenHeads


class Finding(NamedTuple):
    """Something that is not as it was. `kind` is session, ticket or heads; `seq` the first step that does not hold."""

    kind: str
    id: str
    seq: int
    why: str


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
    count = 0
    for id in proof.ticket_ids(conn):
        count += 1
        try:
            tickets.verify(conn, id)
        except Broken as broken:
            findings.append(Finding("ticket", id, broken.seq, broken.why))
    signed = 0
    try:
        for line in heads.read(lines if lines is not None else [row.line for row in proof.heads(conn)], public):
            signed = line.n
            findings += _missed(conn, line.ends)
    except BrokenHeads as broken:
        findings.append(Finding("heads", "", broken.n, broken.why))
    return Report(len(known), count, signed, findings)


def _missed(conn: Connection, ends: Iterable[heads.End]) -> Iterator[Finding]:
    for end in ends:
        found = proof.hash_at(conn, end.kind, end.id, end.seq)
        if found is None:
            yield Finding(end.kind, end.id, end.seq, "a signed step is gone")
        elif found.hex() != end.hash:
            yield Finding(end.kind, end.id, end.seq, "it is not the step that was signed")
