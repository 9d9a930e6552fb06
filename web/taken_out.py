"""What is taken out of the hearings that this process sends, and how long that is relied on without the database.

The database is asked once a second at most, whoever wants to know. Where it does not answer, a hearing that is on goes
on with what was read last, for RELIED_S and no longer; one that is over does not: only after the close can somebody
take something out, and whoever does it has a database, also where this process has none. That a hearing closed comes
over the bus. Whoever was never read here is not sent.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from kachehri.logs import logger
from kachehri.store import StoreError
from recordings.edition.plan import Cover

Covers = tuple[Cover, ...]
Ask = Callable[[], Awaitable[Covers]]

#: What was read is as good as new for so many seconds; a question that failed is put again after as many.
FRESH_S: Final = 1.0
#: So many seconds after it was last asked, with an answer, nothing goes out any more. A database server that is started
#: again is back before that, and a player has 6 to 13 s in hand besides. It is half of what caches keep a piece for:
#: they are told to keep one for so much less, so that both together are never longer than with a database.
RELIED_S: Final = 30.0
#: A question that has not been answered for so long holds up nobody who can go on without.
PATIENCE_S: Final = 0.5
#: Nor anybody else after so long; then it is put anew.
ANSWER_S: Final = 5.0
#: Hearings that are remembered; the oldest goes first.
MOST: Final = 256

State = Literal["read", "relied", "refused"]
_TOLD: Final[dict[State, str]] = {
    "read": "broadcast.read_again",
    "relied": "broadcast.unread",
    "refused": "broadcast.stopped",
}


class Known(NamedTuple):
    """What is taken out, and for how many seconds it has not been possible to ask."""

    covers: Covers
    unread_s: int = 0


@dataclass(slots=True)
class _Hearing:
    covers: Covers | None = None
    #: When the question was put that `covers` answers.
    read_at: float = -math.inf
    asking: asyncio.Task[Covers] | None = None
    asked_at: float = -math.inf
    failed_at: float = -math.inf
    state: State = "read"


class TakenOut:
    """Of every hearing that somebody fetches here.

    Arguments:
        clock: in seconds, never backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hearings: dict[str, _Hearing] = {}

    async def of(self, session: str, ask: Ask, *, on: bool) -> Known:
        """What is taken out of a hearing.

        Arguments:
            ask: reads it from the database.
            on: the hearing is not over.
        Errors: `StoreError`.
        """
        hearing = self._remembered(session)
        if hearing.covers is not None and self._clock() - hearing.read_at <= FRESH_S:
            return Known(hearing.covers)
        patience_s = PATIENCE_S if on and self._relied(hearing) is not None else ANSWER_S
        try:
            return Known(await self._asked(session, hearing, ask, patience_s))
        except StoreError as error:
            covers = self._relied(hearing) if on else None
            if covers is None:
                _note(session, hearing, "refused", error.code)
                raise
            _note(session, hearing, "relied", error.code)
            return Known(covers, math.ceil(self._clock() - hearing.read_at))

    def _remembered(self, session: str) -> _Hearing:
        hearing = self._hearings.pop(session, None) or _Hearing()
        while len(self._hearings) >= MOST:
            del self._hearings[next(iter(self._hearings))]
        self._hearings[session] = hearing
        return hearing

    def _relied(self, hearing: _Hearing) -> Covers | None:
        return hearing.covers if self._clock() - hearing.read_at <= RELIED_S else None

    async def _asked(self, session: str, hearing: _Hearing, ask: Ask, patience_s: float) -> Covers:
        """The database's answer; one question for all who want it."""
        now = self._clock()
        if hearing.asking is None or now - hearing.asked_at > ANSWER_S:
            if now - hearing.failed_at < FRESH_S:
                raise StoreError("unreachable")
            hearing.asking, hearing.asked_at = asyncio.create_task(self._read(session, hearing, ask, now)), now
            hearing.asking.add_done_callback(_done)
        task = hearing.asking
        await asyncio.wait((task,), timeout=max(0.0, hearing.asked_at + patience_s - now))
        if not task.done():
            raise StoreError("unreachable")
        return task.result()

    async def _read(self, session: str, hearing: _Hearing, ask: Ask, now: float) -> Covers:
        this = asyncio.current_task()
        try:
            covers = await ask()
        except StoreError:
            hearing.failed_at = self._clock()
            raise
        finally:
            if hearing.asking is this:
                hearing.asking = None
        if now >= hearing.read_at:  # an answer that was given up may come after a newer one
            hearing.covers, hearing.read_at = covers, now
            _note(session, hearing, "read", "")
        return covers


def _done(task: asyncio.Task[Covers]) -> None:
    if not task.cancelled():
        task.exception()  # whoever waited has it; where all went away, nobody wants it


def _note(session: str, hearing: _Hearing, state: State, code: str) -> None:
    """Once for each change, not for each request."""
    if hearing.state == state:
        return
    hearing.state = state
    log, told = logger(__name__), _TOLD[state]
    if state == "read":
        log.info(told, session=session, way="=")
    else:
        log.warning(told, session=session, code=code, way="!")
