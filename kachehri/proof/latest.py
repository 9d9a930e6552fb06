"""The latest stretch of the record, computed anew within bounds, for a page that anybody may open again and again.

What was signed last is looked at, a few hundred entries of it: each hearing's from its signed end backwards, and each
complaint's from its first step. That finds an edit of what is recent. It is no proof of the rest: a slip goes through
the whole record of its hearing (slips.py), and the command goes through everything (auditing.py).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from kachehri.store import Connection, event_log, proof, tickets
from kachehri.store.event_log import Broken

from . import heads
from .signing import genuine

#: Entries and chains that are computed at most: some milliseconds.
ENTRIES: Final = 500
CHAINS: Final = 10


class Stretch(NamedTuple):
    """What was computed: so many entries of so many chains, behind the line that was signed at `at`."""

    at: int
    entries: int = 0
    chains: int = 0


def latest(conn: Connection, public: str, *, entries: int = ENTRIES) -> Stretch | None:
    """None where nothing was signed yet.

    Errors: `Broken` where the last line is not ours, or where a chain does not lead to the end that it names.
    """
    row = proof.latest(conn)
    if row is None:
        return None
    try:
        line = heads.parsed(row.line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Broken("", 0, "what was signed was changed") from None
    if not genuine(public, heads.unsigned(line), line.signature):
        raise Broken("", 0, "what was signed was changed")
    done = chains = 0
    for end in line.ends:
        if done >= entries or chains >= CHAINS:
            break
        if end.kind == "session":
            done += event_log.stretch(conn, end.id, end.seq, bytes.fromhex(end.hash), entries - done)
        elif end.kind == "ticket" and end.seq <= entries - done:
            tickets.verify(conn, end.id)
            if proof.hash_at(conn, end.kind, end.id, end.seq) != bytes.fromhex(end.hash):
                raise Broken(end.id, end.seq, "it is not the step that was signed")
            done += end.seq
        else:  # a day of the acts has no chain
            continue
        chains += 1
    return Stretch(row.at, done, chains)
