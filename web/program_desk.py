"""What this process knows of the programs that are being made, and how it tells them what a moderator wants."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import msgspec

from kachehri.bus import Bus
from recordings.program.telling import CUT_TOPIC, DUMP_TOPIC, STATUS_S, STATUS_TOPIC, Doing

#: A program that has said nothing for so long is away, in seconds.
AWAY_S: Final = 3 * STATUS_S
#: It answers within so many seconds, or is not there.
ANSWER_S: Final = 1.5
#: Programs that are remembered; the oldest word goes first.
MOST: Final = 64

_doing = msgspec.msgpack.Decoder(Doing)


class ProgramDesk:
    """Hears every program of the house."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._rung = asyncio.Event()
        self._heard: dict[str, tuple[Doing, float]] = {}
        self._subscription = bus.subscribe(STATUS_TOPIC, self._said)

    def close(self) -> None:
        self._subscription.close()

    def _said(self, _topic: str, payload: bytes) -> None:
        try:
            doing = _doing.decode(payload)
        except msgspec.MsgspecError:
            return
        self._heard.pop(doing.session, None)
        self._heard[doing.session] = doing, time.monotonic()
        self._rung.set()
        self._rung = asyncio.Event()
        while len(self._heard) > MOST:
            del self._heard[next(iter(self._heard))]

    def doing(self, session: str) -> Doing | None:
        """What the session's program said last; None when it is not there."""
        found = self._heard.get(session)
        return found[0] if found is not None and time.monotonic() - found[1] < AWAY_S else None

    async def cut(self, session: str, seat: str) -> bool:
        """A seat is large from now on; without one the picture follows the floor. False: nobody answered."""
        self._bus.publish(CUT_TOPIC + session, seat.encode("ascii", "ignore"))
        return await self._until(session, lambda doing: doing.cut == seat)

    async def dump(self, session: str) -> bool:
        """What waits in the safety delay is thrown away; True when the program says that it is."""
        before = self.doing(session)
        count = before.withheld if before is not None else 0
        self._bus.publish(DUMP_TOPIC + session, b"")
        return await self._until(session, lambda doing: doing.withheld > count)

    async def _until(self, session: str, done: Callable[[Doing], bool]) -> bool:
        """Waits for what the program says next, which is at once."""
        try:
            async with asyncio.timeout(ANSWER_S):
                while (doing := self.doing(session)) is None or not done(doing):
                    await self._rung.wait()
        except TimeoutError:
            return False
        return True
