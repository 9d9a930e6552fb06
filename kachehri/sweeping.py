"""Throws away what has served its purpose: counted guesses with their network addresses, and logins that ended.

A role for one hearing ends with it in the same way, whoever has it: for guests of the staff their login does so too.
A day is kept, so that whoever looks after the server can still see what went on this morning.
"""

from __future__ import annotations

from typing import Final

from .rounds import Rounds
from .store import Store, accounts, appointments

EVERY_S: Final = 3_600.0
KEPT_MS: Final = 24 * 3_600_000


class Sweeping:
    """Sweeps at the start and every hour; several workers may do it, since what is gone is gone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.rounds = Rounds("sweep", self.sweep, EVERY_S)

    def sweep(self) -> None:
        """Once, now."""
        with self._store.write() as conn:
            before = self._store.now(conn) - KEPT_MS
            accounts.sweep(conn, before)
            appointments.end_over(conn, before)
