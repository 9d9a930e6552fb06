"""Signs where all chains end, once an hour while anything happens and at the close of a hearing, into table and file.

The table is for whoever asks; the file is what counts, because whoever could rewrite the table could not rewrite a copy
of the file that has left the house. What is missing in the file (it was moved away, a disk was full) is written anew
from the table with the next line.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, cast

from kachehri.live import Announced
from kachehri.rounds import Rounds
from kachehri.store import Connection, Store, proof
from kachehri.store.tables import RecordHead
from rooms.closing import SessionClosed

from . import heads
from .heads import End, Kind
from .signing import Signer

EVERY_S: Final = 3_600.0
#: After a close its tickets are still being told of; a moment later all of it is in one line.
GATHER_S: Final = 2.0
#: The longest that somebody writes between reading the clock and being read by others, in milliseconds.
OVERLAP_MS: Final = 120_000
DAY_MS: Final = 86_400_000


class Keeping:
    """The runner of one process; of several, one is faster and the others find nothing left to sign."""

    def __init__(self, store: Store, signer: Signer, file: Path) -> None:
        self._store, self.signer, self.file = store, signer, file
        self.rounds = Rounds("heads", self.keep, EVERY_S, GATHER_S)

    def heard(self, announced: Announced) -> None:
        """A hearing was closed: sign soon."""
        if any(isinstance(record.event, SessionClosed) for record in announced.events):
            self.rounds.wake()

    def keep(self) -> bool:
        """Sign once, now. False where nothing has moved since the last line."""
        with self._store.write() as conn:
            line = sign(conn, self._store.now(conn), self.signer)
        with self._store.read() as conn:
            export(conn, self.file)
        return line is not None


def sign(conn: Connection, now: int, signer: Signer) -> bytes | None:
    """A line for all chains that moved since the last one; None where none did."""
    last = proof.latest(conn)
    since = last.at if last is not None else -1
    # Whoever was still writing when the last line was signed has an earlier instant than the line: so what is a little
    # older is looked at again, but for what the lines of that time have named.
    moved = [*proof.sessions(conn, since - OVERLAP_MS), *proof.tickets(conn, since - OVERLAP_MS)]
    # A day of acts is signed once, when it is over and everybody who wrote in it is done.
    moved += proof.audited(conn, since - OVERLAP_MS - DAY_MS + 1, now - OVERLAP_MS)
    known = {end for row in proof.heads_since(conn, since - OVERLAP_MS) for end in heads.parsed(row.line).ends}
    ends = [End(cast(Kind, each.kind), each.id, each.seq, each.hash.hex()) for each in moved]
    ends = [end for end in ends if end not in known]
    if not ends:
        return None
    number = last.n + 1 if last is not None else 1
    before = heads.digest(last.line) if last is not None else heads.BEGIN
    line = heads.made(number, max(now, since), before, ends, signer)
    proof.add(conn, RecordHead(n=number, at=max(now, since), line=line))
    return line


def export(conn: Connection, file: Path) -> None:
    """Bring the file up to the table: lines are only ever added, each synced."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as out:
        there = out.read().count(b"\n")
        for row in proof.heads(conn, there):
            out.write(row.line)
        out.flush()
        os.fsync(out.fileno())
