"""Carries `media.*` between browsers and the machine's media plane, and what the plane reports back to them.

None of it reaches the rules and none is recorded. What the plane reports of a speaker's line does go to the rules, as a
report of presence: that is how a seat is held when sound stops.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from kachehri.live import Announced, Live
from moderation.roles import allows
from rooms.attendance import ReportPresence
from rooms.base import SYSTEM, Command, Refused, Role
from rooms.lifecycle import ENDED
from rooms.session import Session
from rooms.staging import SITS

from . import codes, protocol
from .hub import Hub
from .media import port
from .media.port import MediaPlane, MediaRefused
from .media_private import PrivateLines
from .media_seating import SCREEN, Seating
from .media_telling import Telling
from .passes import Bearer

#: Causes of a peer's end that its owner wanted.
WANTED = frozenset({"left", "replaced", "ended"})
WAYS: dict[type[protocol.MediaRequest], port.Direction] = {
    protocol.MediaPublish: "publish",
    protocol.MediaWatch: "watch",
    protocol.MediaPrivate: "private",
    protocol.MediaProgram: "program",
}
#: Who follows the program because she has a part in the hearing: she does not count among its viewers.
TAKING_PART: frozenset[Role] = frozenset({"moderator", "chair", "clerk", "official", "interpreter"})


class Listener(Protocol):
    """A connection, as far as media is concerned."""

    def say(self, message: protocol.ToClient) -> None:
        """Send a frame."""


class MediaSignalling:
    """One worker's side of the stage.

    Arguments:
        fence: of the lease under which this process speaks to the plane; each instance of the media process says its
            own when it is there (`port.Ready`).
        ice_servers: for each participant, how to get through firewalls; credentials may end.
        direct_viewers: how many may follow a session's program without delay, apart from those who take part.
    """

    def __init__(
        self,
        hub: Hub,
        plane: MediaPlane,
        *,
        fence: int = 1,
        ice_servers: Callable[[str], tuple[protocol.IceServer, ...]] = lambda participant: (),
        direct_viewers: int = 20,
    ) -> None:
        self._hub = hub
        self._plane = plane
        self._ice_servers, self._direct_viewers = ice_servers, direct_viewers
        self._seating = Seating(hub, plane, fence)
        #: Peers of this worker's connections.
        self._peers: dict[str, tuple[Listener, Bearer, port.Direction]] = {}
        #: Those of them that follow the program beside the limit, because of a turn: until it is over.
        self._beside: set[str] = set()
        #: Those of them that send a screen.
        self._screens: set[str] = set()
        self._telling = Telling(hub)
        self._private = PrivateLines(hub, plane, lambda: self._seating.fence)
        self._end: Callable[[], None] | None = None

    def start(self) -> None:
        """Follow the plane's reports and what is committed."""
        self._plane.follow(self._report)
        self._end = self._hub.service.follow(self._announced)

    def stop(self) -> None:
        """Follow no more."""
        if self._end is not None:
            self._end()

    async def request(self, line: Listener, bearer: Bearer, request: protocol.MediaRequest) -> protocol.ToClient:
        """Carry one request out.

        Errors: `Refused` with `not_allowed`, or `media` and the plane's reason.
        """
        live = await self._hub.service.live(bearer.session)
        at = self._hub.clock.now
        try:
            match request:
                case _ if type(request) in WAYS:
                    return await self._offer(line, bearer, request, live)
                case protocol.MediaEcho() | protocol.MediaTold() | protocol.MediaTalk():
                    result = await self._private.request(bearer, request, live)
                    return protocol.Reply(at=at(), ref=request.ref, result=result)
                case protocol.MediaAnswer():
                    name = self._name(bearer, request.peer)
                    await self._plane.answer(bearer.session, name, request.peer, request.sdp)
                case protocol.MediaLeave():
                    await self._plane.leave(bearer.session, self._name(bearer, request.peer), request.peer)
        except MediaRefused as refused:
            if refused.code == "media_unknown_session":
                self._seating.forget(bearer.session)
            raise Refused("media", reason=refused.code) from None
        return protocol.Reply(at=at(), ref=request.ref)

    async def _offer(
        self, line: Listener, bearer: Bearer, request: protocol.MediaRequest, live: Live
    ) -> protocol.ToClient:
        direction = WAYS[type(request)]
        screen = isinstance(request, protocol.MediaPublish) and request.screen
        if not may(direction, bearer, live.session) or (screen and bearer.role not in SITS["slides"]):
            raise Refused("not_allowed")
        if live.session.phase in ENDED:  # or whoever still listens would open again what was closed
            raise Refused("media", reason="media_unknown_session")
        await self._seating.opened(live)
        seats = request.seats if isinstance(request, protocol.MediaWatch) else None
        network: port.NetworkClass = "unknown"
        if isinstance(request, protocol.MediaPublish | protocol.MediaWatch | protocol.MediaProgram):
            network = request.network
        name = bearer.participant + SCREEN if screen else bearer.participant
        counts = direction == "program" and not takes_part(bearer, live.session)
        most = self._direct_viewers if counts else None
        offer = await self._plane.offer(bearer.session, name, direction, seats, network, most)
        if screen:
            self._screens.add(offer.peer)
        self._peers[offer.peer] = (line, bearer, direction)
        if direction == "program" and not counts and bearer.role not in TAKING_PART:
            self._beside.add(offer.peer)
            self._recount(live.session)  # the turn may be over by now
        return protocol.MediaOffer(
            at=self._hub.clock.now(),
            ref=request.ref,
            peer=offer.peer,
            direction=direction,
            sdp=offer.sdp,
            ice_servers=self._ice_servers(bearer.participant),
        )

    def _name(self, bearer: Bearer, peer: str | None) -> str:
        """Under which name the plane knows a peer of somebody."""
        return bearer.participant + SCREEN if peer in self._screens else bearer.participant

    def _listeners(self, session_id: str) -> list[Any]:
        """The connections of this worker that receive sound or picture of a session."""
        here = [(line, way) for line, bearer, way in self._peers.values() if bearer.session == session_id]
        return list(dict.fromkeys(line for line, way in here if way == "watch"))

    def moved(self, session_id: str, participant: str) -> None:
        """Someone goes on from another phone: the one before may neither be heard for her nor hear what is hers."""
        self._hub.dismiss(participant, codes.PASS_STALE)
        if self._seating.knows(session_id):
            self._hub.spawn(self._cut(session_id, participant))

    def _recount(self, session: Session) -> None:
        """Let go whoever followed the program beside the limit and has no part in the hearing any more: her page asks
        again at once, and is then counted like everybody else, or told that all places are taken."""
        self._beside &= self._peers.keys()
        for peer in sorted(self._beside):
            line, bearer, _ = self._peers[peer]
            if bearer.session == session.id and not takes_part(bearer, session):
                self._beside.discard(peer)
                del self._peers[peer]
                line.say(protocol.MediaLost(at=self._hub.clock.now(), peer=peer, reason="counted"))
                self._hub.spawn(self._cut(session.id, bearer.participant, peer))

    async def _cut(self, session_id: str, participant: str, peer: str | None = None) -> None:
        try:
            await self._plane.leave(session_id, participant, peer)
        except MediaRefused as refused:
            self._hub.log.warning("media.cut_refused", code=refused.code)

    def left(self, line: Any) -> None:
        """A connection is gone. Its sound and picture stay: the socket may be back before the rules notice; the plane
        closes what is silent for long."""
        for peer, (owner, bearer, _) in list(self._peers.items()):
            if owner is line:
                if self._peers.pop(peer)[2] == "private":
                    self._private.gone(bearer)
                self._screens.discard(peer)

    @property
    def plane(self) -> MediaPlane:
        """The plane that this worker speaks to."""
        return self._plane

    @property
    def sessions(self) -> list[str]:
        """Sessions that the plane knows from this worker."""
        return self._seating.sessions

    def relays(self, participant: str) -> tuple[protocol.IceServer, ...]:
        """The ways through firewalls, for somebody who does not come over a live connection."""
        return self._ice_servers(participant)

    async def opened(self, live: Live) -> None:
        """Make a session known to the plane before somebody publishes in it who does not come over a live connection.

        Errors: `MediaRefused`.
        """
        await self._seating.opened(live)

    def _announced(self, announced: Announced) -> None:
        live = self._hub.service.loaded(announced.session_id)
        if live is None or (not self._seating.knows(live.session.id) and not live.session.stage.heard()):
            return
        self._private.settle(live.session)
        self._recount(live.session)
        self._seating.changed(live)

    # Reports

    def _report(self, report: port.Report) -> None:
        at = self._hub.clock.now()
        match report:
            case port.Up():
                found = self._peers.get(report.peer)
                if found is not None:
                    found[0].say(protocol.MediaUp(at=at, peer=report.peer, direction=report.direction))
                    if report.direction == "watch":
                        self._telling.came(report.session, found[0])
                    if report.direction == "publish":
                        self._line(report.session, report.participant, present=True)
            case port.Back():
                self._line(report.session, report.participant, present=True)
            case port.Silent():
                self._line(report.session, report.participant, present=False)
            case port.Closed():
                found = self._peers.pop(report.peer, None)
                self._screens.discard(report.peer)
                if found is not None and report.reason != "left":
                    found[0].say(protocol.MediaLost(at=at, peer=report.peer, reason=report.reason))
                if report.direction == "publish" and report.reason not in WANTED:
                    self._line(report.session, report.participant, present=False)
            case port.Private():
                self._private.told(report)
            case port.Speaking():
                self._telling.speaking(report, self._listeners(report.session))
            case port.Seats():
                self._telling.health(report)
            case port.Lost():
                self._lost(report.session)
            case port.Ready():
                self._seating.ready(report.fence)

    def _lost(self, session_id: str) -> None:
        """Every peer of a session is gone with the plane."""
        self._seating.forget(session_id)
        self._private.lost(session_id)
        self._telling.lost(session_id, self._listeners(session_id))
        at = self._hub.clock.now()
        told: set[int] = set()
        for peer, (line, bearer, direction) in list(self._peers.items()):
            if bearer.session == session_id:
                del self._peers[peer]
                if id(line) not in told:
                    told.add(id(line))
                    line.say(protocol.MediaLost(at=at, reason="media_lost"))
                if direction == "publish":
                    self._line(session_id, bearer.participant, present=False)

    def _line(self, session_id: str, participant: str, *, present: bool) -> None:
        """A speaker's sound is there or gone. Only the worker that holds the person's connection says so."""
        gathering = self._hub.gathering(session_id)
        if gathering is None or not gathering.presence.here(participant):
            return
        turn = gathering.live.session.stage.on_line(participant)
        if turn is None or (present and turn.state != "dropped") or (not present and turn.state != "on_stage"):
            return
        command: Command = ReportPresence(participant=participant, role="citizen", present=present, cause="media")
        self._hub.spawn(self._submit(session_id, command))

    async def _submit(self, session_id: str, command: Command) -> None:
        try:
            await self._hub.service.submit(SYSTEM, session_id, command)
        except Refused as refused:
            self._hub.log.warning("media.report_refused", code=refused.code)


def may(direction: port.Direction, bearer: Bearer, session: Session) -> bool:
    """Whether someone may ask for an offer; what is forwarded is another matter, and the seat's."""
    if session.attendance.bar(bearer.participant, session.at) is not None and direction not in ("watch", "program"):
        return False
    if not allows(bearer.role, f"media.{direction}", own=True):
        return False
    if direction in ("watch", "program") or allows(bearer.role, "seat.take", own=True):
        return True
    if direction == "private" and allows(bearer.role, "media.talk", own=False):
        return True
    return session.stage.turn_of(bearer.participant) is not None


def takes_part(bearer: Bearer, session: Session) -> bool:
    """Whether somebody has a part in the hearing: by her post, or because she speaks, is called or is on deck."""
    return bearer.role in TAKING_PART or session.stage.turn_of(bearer.participant) is not None
