"""Seats studio equipment: an encoder that publishes with a seat's key sits there for as long as its line holds.

What the key opens is decided before (web/whip.py). Here the encoder becomes a participant like others: it takes the
seat by a command, is seen among the staff, can be muted and taken off, and leaves the seat when its line ends, however
it ends. A second encoder with the same key replaces the first as soon as its line stands, as after a power cut.
"""

from __future__ import annotations

import secrets
from typing import Final, Protocol

from kachehri import equipment
from kachehri.allowance import Allowance
from kachehri.live import Announced, Live
from rooms.attendance import ReportPresence, StaffLeft
from rooms.base import SYSTEM, Actor, Command, Refused
from rooms.occasions import PHASES_OF
from rooms.turns import LeaveSeat, TakeSeat

from .hub import Hub
from .media import port
from .media.port import MediaPlane, MediaRefused
from .protocol import IceServer

#: Kinds of seats that equipment may sit on; whoever has a turn speaks for herself.
EQUIPPED: Final = frozenset({"official", "hall", "interpreter", "signer"})


#: Wrong keys that one network may show for one session in a minute.
WRONG_MOST: Final = 30


class Stage(Protocol):
    """What equipment needs of the worker's side of the stage."""

    def relays(self, participant: str) -> tuple[IceServer, ...]: ...

    async def opened(self, live: Live) -> None:
        """Makes a session known to the plane, with everybody who sits there."""


class Equipment:
    """The encoders of this process."""

    def __init__(self, hub: Hub, plane: MediaPlane, stage: Stage) -> None:
        self._hub = hub
        self.plane = plane
        self._stage = stage
        self.tries = Allowance(WRONG_MOST)
        #: Peer → the seat that it was made for, of which session.
        self._peers: dict[str, tuple[str, str]] = {}
        #: The same for players of the program.
        self._players: dict[str, tuple[str, str]] = {}
        #: Seats that have been taken, so that being taken off can be told from not yet sitting.
        self._sitting: set[tuple[str, str]] = set()

    def start(self) -> None:
        """Follow the plane's reports and what is committed."""
        self.plane.follow(self._report)
        self._hub.service.follow(self._announced)

    async def publish(self, session_id: str, seat: str, sdp: str) -> port.Offer:
        """Answers an encoder's offer and gives it the seat.

        Errors: `Refused` with `phase`, `seat_unknown`, `seat_kind`, `seat_taken`, `barred`, or `media` and the plane's
        reason.
        """
        live = await self._hub.service.live(session_id)
        participant = equipment.participant(session_id, seat)
        self._may_sit(live, seat, participant)
        try:
            await self._stage.opened(live)
            answer = await self.plane.publish_for(session_id, participant, sdp)
        except MediaRefused as refused:
            raise Refused("media", reason=refused.code) from None
        self._peers[answer.peer] = (session_id, seat)
        try:
            if live.session.stage.seats[seat].participant != participant:
                await self._give(session_id, participant, TakeSeat(seat=seat))
        except Refused:
            await self.end(session_id, seat, answer.peer)
            raise
        self._sitting.add((session_id, seat))
        self._present(session_id, participant, True)
        return answer

    def _may_sit(self, live: Live, seat: str, participant: str) -> None:
        session = live.session
        if session.phase not in PHASES_OF[TakeSeat]:  # before anything is asked of the plane
            raise Refused("phase", phase=session.phase)
        found = session.stage.seats.get(seat)
        if found is None:
            raise Refused("seat_unknown")
        if found.kind not in EQUIPPED:
            raise Refused("seat_kind")
        if found.participant not in ("", participant):
            raise Refused("seat_taken", seat=seat)
        if session.attendance.bar(participant, session.at) is not None:
            raise Refused("barred")

    async def follow(self, session_id: str, seat: str, sdp: str) -> port.Offer:
        """Answers the offer of a player that shows the program, with the key of a seat.

        Errors: `Refused` with `phase`, or `media` and the plane's reason.
        """
        live = await self._hub.service.live(session_id)
        if live.session.phase not in PHASES_OF[TakeSeat]:
            raise Refused("phase", phase=live.session.phase)
        participant = equipment.player(session_id, seat)
        try:
            await self._stage.opened(live)
            answer = await self.plane.program_for(session_id, participant, sdp)
        except MediaRefused as refused:
            raise Refused("media", reason=refused.code) from None
        self._players[answer.peer] = (session_id, seat)
        return answer

    def shows(self, peer: str, session_id: str, seat: str) -> bool:
        """Whether this process answered that player."""
        return self._players.get(peer) == (session_id, seat)

    async def end_player(self, session_id: str, seat: str, peer: str | None = None) -> None:
        """Ends one player's line, or that of every player with the seat's key."""
        await self._leave_plane(session_id, equipment.player(session_id, seat), peer)

    def relays(self, participant: str) -> tuple[IceServer, ...]:
        """The ways through firewalls, for an encoder that can use them."""
        return self._stage.relays(participant)

    def made(self, peer: str, session_id: str, seat: str) -> bool:
        """Whether a line of this process was made for that seat."""
        return self._peers.get(peer) == (session_id, seat)

    def here(self, session_id: str, seat: str) -> bool:
        """Whether equipment publishes for a seat through this process."""
        return (session_id, seat) in self._peers.values()

    async def end(self, session_id: str, seat: str, peer: str | None = None) -> None:
        """Ends one encoder's line, or every line of the seat's equipment; the seat is left when that is reported."""
        await self._leave_plane(session_id, equipment.participant(session_id, seat), peer)

    async def _leave_plane(self, session_id: str, participant: str, peer: str | None) -> None:
        try:
            await self.plane.leave(session_id, participant, peer)
        except MediaRefused as refused:
            self._hub.log.info("equipment.end_refused", code=refused.code)

    async def _give(self, session_id: str, participant: str, command: Command) -> None:
        await self._hub.service.submit(Actor(participant, "official"), session_id, command, secrets.token_urlsafe(16))

    def _present(self, session_id: str, participant: str, present: bool) -> None:
        self._hub.spawn(self._tell(session_id, participant, present))

    async def _tell(self, session_id: str, participant: str, present: bool) -> None:
        command = ReportPresence(participant=participant, role="official", present=present)
        try:
            await self._hub.service.submit(SYSTEM, session_id, command)
        except Refused as refused:
            self._hub.log.info("equipment.presence_refused", code=refused.code)

    # What the plane reports

    def _report(self, report: port.Report) -> None:
        match report:
            case port.Closed(direction="publish"):
                self._closed(report.session, report.participant, report.peer)
            case port.Closed(direction="program"):
                self._players.pop(report.peer, None)
            case port.Lost():
                self._players = {each: at for each, at in self._players.items() if at[0] != report.session}
                for peer, (session_id, seat) in list(self._peers.items()):
                    if session_id == report.session:
                        self._closed(session_id, equipment.participant(session_id, seat), peer)
            case _:
                pass

    def _closed(self, session_id: str, participant: str, peer: str) -> None:
        """A line has ended; whoever knows of no other line of that equipment leaves the seat for it."""
        self._peers.pop(peer, None)
        seat = self._seat_of(session_id, participant)
        if seat is not None and not self.here(session_id, seat):
            self._sitting.discard((session_id, seat))
            self._hub.spawn(self._leave(session_id, seat, participant))

    def _seat_of(self, session_id: str, participant: str) -> str | None:
        """The seat whose equipment a participant is, also one that an earlier process seated."""
        live = self._hub.service.loaded(session_id)
        seats = live.session.stage.seats if live is not None else {}
        return next((seat for seat in seats if equipment.participant(session_id, seat) == participant), None)

    async def _leave(self, session_id: str, seat: str, participant: str) -> None:
        live = await self._hub.service.live(session_id)
        try:
            if live.session.stage.seats[seat].participant == participant:
                await self._give(session_id, participant, LeaveSeat(seat=seat))
        except Refused as refused:
            self._hub.log.info("equipment.leave_refused", code=refused.code)
        await self._tell(session_id, participant, False)

    # What is committed

    def _announced(self, announced: Announced) -> None:
        live = self._hub.service.loaded(announced.session_id)
        if live is None:
            return
        for session_id, seat in list(self._sitting):
            if session_id == announced.session_id and not _sits(live, seat):
                self._sitting.discard((session_id, seat))  # taken off by the desk: the encoder is told by its line
                self._hub.spawn(self.end(session_id, seat))
        for record in announced.events:
            if isinstance(record.event, StaffLeft):
                seat_left = self._seat_of(announced.session_id, record.event.participant)
                if seat_left is not None and _sits(live, seat_left):
                    self._hub.spawn(self._look(announced.session_id, seat_left, record.event.participant))

    async def _look(self, session_id: str, seat: str, participant: str) -> None:
        """After a restart nobody has said that the encoder is here: its packets say so, or it has left."""
        try:
            stats = await self.plane.stats(session_id)
        except MediaRefused:
            stats = port.MediaStats(session_id)
        sends = any(each.participant == participant and each.kbps > 0 for each in stats.seats)
        if sends or self.here(session_id, seat):
            await self._tell(session_id, participant, True)
        else:
            await self._leave(session_id, seat, participant)


def _sits(live: Live, seat: str) -> bool:
    """Whether the seat's equipment is its occupant."""
    found = live.session.stage.seats.get(seat)
    return found is not None and found.participant == equipment.participant(live.session.id, seat)
