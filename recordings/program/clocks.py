"""How far the clock of the log, which is the database's, is ahead of this machine's. One question each time."""

from __future__ import annotations

import time
from typing import NamedTuple

from kachehri.store import Connection, Store


class Look(NamedTuple):
    """What one question found, in ms. `took`: until the answer; it may be wrong by half of that."""

    took: int
    ahead: int


def look(store: Store, conn: Connection) -> Look:
    """Errors: `StoreError`."""
    asked = time.time_ns()
    there = store.now(conn)
    answered = time.time_ns()
    return Look((answered - asked) // 1_000_000, there - (asked + answered) // 2_000_000)
