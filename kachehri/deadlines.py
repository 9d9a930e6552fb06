"""What a session does by itself: its deadlines, and the close, which goes on until the balance is written.

Every worker looks after every session that it has a copy of. Nobody is in charge of a session, so what is due is done
also when the worker that did the last command is gone; the rules pass over what another has done already.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from rooms import closing
from rooms.base import SYSTEM, Actor, Command, Refused
from rooms.lifecycle import ENDED
from rooms.session import Tick, next_deadline

from .copies import Copies
from .live import Live
from .logs import logger
from .pending import Accepted
from .store import StoreError

#: How often the clock looks for what is due, whatever it was told.
CLOCK_S = 0.25


class Deadlines:
    """The clock of this process's copies.

    Arguments:
        submit: gives a command to a session and waits for its commit.
        now: asks the database's clock, in milliseconds.
    """

    def __init__(
        self,
        copies: Copies,
        submit: Callable[[Actor, str, Command], Awaitable[Accepted]],
        now: Callable[[], Awaitable[int]],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._copies, self._submit, self._now, self._spawn = copies, submit, now, spawn
        #: When the clock alone would next move each session.
        self._deadlines: dict[str, int] = {}
        self._closing: set[str] = set()

    def schedule(self, live: Live) -> None:
        """Note when the clock alone would next move a session, and see to a close that has begun."""
        due = next_deadline(live.session)
        if due is None:
            self._deadlines.pop(live.session.id, None)
        else:
            self._deadlines[live.session.id] = due
        if live.session.phase == "closing" and live.session.id not in self._closing:
            self._closing.add(live.session.id)
            self._spawn(self._close(live.session.id))

    async def run(self) -> None:
        """For ever: do what is due."""
        while True:
            try:
                await self.tick(await self.now())
            except StoreError as error:
                logger(__name__).error("clock.waits", code=error.code, way="!")
            await asyncio.sleep(CLOCK_S)

    async def now(self) -> int:
        """The database's clock, in milliseconds."""
        if not self._deadlines:
            return 0
        return await self._now()

    async def tick(self, now: int) -> None:
        """Do what is due at `now` in every session that this process follows; what cannot be done now stays due."""
        for session_id in [each for each, moment in self._deadlines.items() if moment <= now]:
            try:
                await self._submit(SYSTEM, session_id, Tick())
            except Refused as refused:
                logger(__name__).error("clock.waits", code=refused.code, way="!")
            except Exception:  # one session's trouble must not stop the clock of the others
                logger(__name__).exception("clock.failed", session=session_id, way="!")

    async def _close(self, session_id: str) -> None:
        """Open tickets chunk by chunk, then write the balance. Any worker may do it, and several may try."""
        while True:
            live = await self._copies.live(session_id)
            if live.session.phase in ENDED:
                self._closing.discard(session_id)
                return
            try:
                before = live.session.closing.done
                await self._submit(SYSTEM, session_id, closing.OpenTickets())
                if live.session.closing.done == before:
                    await self._submit(SYSTEM, session_id, closing.SealSession())
                continue
            except Refused as refused:
                if refused.code in ("phase", "tickets_missing"):
                    self._copies.mend(session_id)  # another worker was faster, and we have not heard of it yet
            except Exception:  # whatever it is, nobody but us will finish this
                logger(__name__).exception("close.waits", session=session_id, way="!")
            await asyncio.sleep(CLOCK_S)
