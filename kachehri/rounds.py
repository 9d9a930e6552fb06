"""Work that comes round: in a thread, at the start and then every so often, and once more when it is woken.

Several workers may have the same rounds; what they do must bear that. A fault in one round is not the end of all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from .logs import logger
from .store import StoreError


class Rounds:
    """The rounds of one process. Lives in one event loop.

    Arguments:
        name: what it is, for the journal.
        work: done in a thread; a database or disk that is away is waited for until the next round.
        every_s: seconds between two rounds.
        gather_s: seconds between being woken and the round, in which more may come together.
    """

    def __init__(self, name: str, work: Callable[[], object], every_s: float, gather_s: float = 0.0) -> None:
        self._name, self._work, self._every_s, self._gather_s = name, work, every_s, gather_s
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._round: asyncio.Future[object] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def wake(self) -> None:
        """Come round soon."""
        self._wake.set()

    async def close(self) -> None:
        """End. A round on its way is waited for: whoever closes the store next must not meet it there."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._round is not None:
            with suppress(Exception):  # it was told where it happened
                await self._round

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                self._round = asyncio.ensure_future(asyncio.to_thread(self._work))
                await asyncio.shield(self._round)
            except (StoreError, OSError) as error:
                logger(__name__).warning("round.waits", name=self._name, code=getattr(error, "code", "io"))
            except Exception:
                logger(__name__).exception("round.failed", name=self._name, way="!")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._every_s)
                await asyncio.sleep(self._gather_s)
