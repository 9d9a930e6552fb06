"""Throws away what has served its purpose: counted guesses with their network addresses, and logins that ended.

A role for one hearing ends with it in the same way, whoever has it: for guests of the staff their login does so too.
A day is kept, so that whoever looks after the server can still see what went on this morning.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from .logs import logger
from .store import Store, StoreError, accounts, appointments

EVERY_S: Final = 3_600.0
KEPT_MS: Final = 24 * 3_600_000


class Sweeping:
    """Sweeps at the start and every hour; several workers may do it, since what is gone is gone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._task: asyncio.Task[None] | None = None
        self._sweep: asyncio.Future[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """End. A sweep that is on its way is waited for: whoever closes the store next must not meet it there."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._sweep is not None:
            with suppress(StoreError):
                await self._sweep

    def sweep(self) -> None:
        """Once, now."""
        with self._store.write() as conn:
            before = self._store.now(conn) - KEPT_MS
            accounts.sweep(conn, before)
            appointments.end_over(conn, before)

    async def _run(self) -> None:
        while True:
            try:
                self._sweep = asyncio.ensure_future(asyncio.to_thread(self.sweep))
                await asyncio.shield(self._sweep)
            except StoreError as error:
                logger(__name__).warning("sweep.waits", code=error.code)
            await asyncio.sleep(EVERY_S)
