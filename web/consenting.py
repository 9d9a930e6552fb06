"""Records consents together, a few times a second at most: on SQLite a second writer waits behind the first."""

from __future__ import annotations

import asyncio
from typing import Final

from kachehri.consents import Given, give
from kachehri.service import Service

GATHER_S: Final = 0.05
KNOWN_MOST: Final = 50_000


class Consenting:
    """Remembers whose consent stands, so that only the first of somebody's questions costs a write."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._known: set[Given] = set()
        self._waiting: set[Given] = set()
        self._writing: asyncio.Task[None] | None = None

    async def give(self, given: Given) -> None:
        """Returns once it is recorded. Errors: `StoreError`."""
        if given in self._known:
            return
        self._waiting.add(given)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await asyncio.shield(self._writing)

    async def _write(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER_S)
            group, self._waiting = self._waiting, set()
            await asyncio.to_thread(self._record, group)
            if len(self._known) > KNOWN_MOST:
                self._known.clear()
            self._known |= group

    def _record(self, group: set[Given]) -> None:
        store = self._service.store
        with store.write() as conn:
            give(conn, store.now(conn), group)
