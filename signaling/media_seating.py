"""Keeps the media plane level with the log: which sessions there are, who sits where, who is muted, who has the floor.

Every worker that follows a session tells the plane; each call carries the number of the event that it follows from, so
that the latest wins, and the fence of the lease, so that a worker of yesterday changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from kachehri.live import Live
from rooms.lifecycle import ENDED
from rooms.session import Session

from .hub import Hub
from .media.port import MediaPlane, MediaRefused

#: Behind a participant's id: the name under which the plane knows the screen that she shares beside her own seat.
SCREEN = ".screen"


class Seated(NamedTuple):
    """A seat as the plane was told of it."""

    who: str | None = None
    muted: bool = False
    floor: bool = False


class Seating:
    """One worker's part of it.

    Arguments:
        fence: of the lease under which this process speaks to the plane, until an instance of the media process says
            its own (`port.Ready`).
    """

    def __init__(self, hub: Hub, plane: MediaPlane, fence: int) -> None:
        self._hub, self._plane, self.fence = hub, plane, fence
        #: Sessions that the plane knows, with what it was last told of each seat.
        self._open: dict[str, dict[str, Seated]] = {}

    @property
    def sessions(self) -> list[str]:
        """Sessions that the plane knows from this worker."""
        return list(self._open)

    def knows(self, session_id: str) -> bool:
        """Whether the plane knows a session from this worker."""
        return session_id in self._open

    def forget(self, session_id: str) -> None:
        """The plane does not know the session any more: with the next event, or request, everything is told again."""
        self._open.pop(session_id, None)

    async def opened(self, live: Live) -> None:
        """Make the session known to the plane, once, with everyone who sits there.

        Errors: `MediaRefused`.
        """
        session = live.session
        if session.id not in self._open:
            await self._plane.open(session.id, self.fence, tuple(session.stage.seats), session.lifecycle.codec)
            self._open[session.id] = {}
            await self._push(session)

    def changed(self, live: Live) -> None:
        """Tell the plane what an event changed, if it did."""
        before = self._open.get(live.session.id, {})
        if seating(live.session) != before or live.session.phase in ENDED:
            self._hub.spawn(self._follow_up(live))

    async def _follow_up(self, live: Live) -> None:
        session = live.session
        try:
            if session.phase in ENDED:
                if self._open.pop(session.id, None) is not None:
                    await self._plane.close(session.id, self.fence)
                return
            await self.opened(live)
            await self._push(session)
        except MediaRefused as refused:
            self.forget(session.id)
            self._hub.log.warning("media.push_refused", code=refused.code)

    async def _push(self, session: Session) -> None:
        """Tell the plane whatever differs from what it was told; later calls carry later numbers and win.

        Each seat is looked at when its turn comes: while the plane takes one, somebody may be taken off another.
        """
        told = self._open[session.id]
        for seat in session.stage.seats:
            now, seq, was = seating(session)[seat], session.seq, told.get(seat, Seated())
            told[seat] = now
            if now.muted and was[:2] != now[:2]:  # first, so that nobody is heard for an instant
                await self._plane.mute(session.id, self.fence, seat, True, seq)
            if was.who != now.who:
                await self._plane.seat(session.id, self.fence, seat, now.who, seq)
            if was.muted and not now.muted:
                await self._plane.mute(session.id, self.fence, seat, False, seq)
            if was.floor != now.floor:  # whoever loses it, loses it to the one who has it by now
                await self._plane.floor(session.id, self.fence, session.stage.floor or None, seq)

    def ready(self, fence: int) -> None:
        """A plane that knows nothing: tell it who sits, in sessions that were lost with the one before as well."""
        self.fence = max(self.fence, fence)
        known, self._open = self._open, {}
        for live in self._hub.service.followed():
            if live.session.id in known or live.session.stage.heard():
                self._hub.spawn(self._follow_up(live))


def seating(session: Session) -> dict[str, Seated]:
    """For each seat: who is heard from it, whether it is muted, and whether it has the floor."""
    heard = session.stage.heard()
    sources = {seat: who + SCREEN if session.stage.seats[seat].kind == "slides" else who for seat, who in heard.items()}
    floor = session.stage.floor
    return {
        seat.id: Seated(sources.get(seat.id), seat.muted, seat.id == floor) for seat in session.stage.seats.values()
    }
