"""Private lines as a worker carries them: who may speak with whom behind the stage, and who is told of it.

Who hears whom is the plane's; its reports say so to every worker, and each tells the people whom it holds: the person
herself, before she is heard, and the whole desk. None of it reaches the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from kachehri.live import Live
from moderation.roles import allows
from rooms.base import Refused
from rooms.session import Session
from rooms.stage import DECK

from . import protocol
from .frames import Packed
from .hub import Hub
from .media import port
from .media.port import MediaPlane, MediaRefused
from .passes import Bearer

#: A turn whose line broke on deck may be asked, privately, what is wrong.
BEHIND = DECK | {"dropped"}


class PrivateLines:
    """One worker's part of it.

    Arguments:
        fence: of the lease under which this process speaks to the plane.
    """

    def __init__(self, hub: Hub, plane: MediaPlane, fence: Callable[[], int]) -> None:
        self._hub, self._plane, self._fence = hub, plane, fence
        #: Who speaks with whom, by session and moderator, as the plane reported it.
        self._talks: dict[str, dict[str, port.Private]] = {}

    async def request(self, bearer: Bearer, request: protocol.MediaRequest, live: Live) -> Any:
        """What the reply carries.

        Errors: `Refused` with `not_allowed`; `MediaRefused`.
        """
        session = live.session
        if isinstance(request, protocol.MediaTalk):
            self._may(bearer, "media.talk", own=False)
            if request.participant is not None and not behind(session, request.participant):
                raise Refused("not_allowed")
            await self._plane.private(session.id, self._fence(), bearer.participant, request.participant, request.talks)
            return msgspec.UNSET
        if isinstance(request, protocol.MediaTold):
            self._may(bearer, "media.told", own=True)
            await self._plane.echo(session.id, bearer.participant, "told")
            return msgspec.UNSET
        assert isinstance(request, protocol.MediaEcho)
        self._may(bearer, "media.echo", own=True)
        heard = await self._plane.echo(session.id, bearer.participant, request.action)
        return msgspec.UNSET if heard is None else heard

    def _may(self, bearer: Bearer, action: str, *, own: bool) -> None:
        if not allows(bearer.role, action, own):
            raise Refused("not_allowed")

    def told(self, report: port.Private) -> None:
        """The plane says who speaks with whom."""
        talks = self._talks.setdefault(report.session, {})
        if report.state == "over":
            talks.pop(report.moderator, None)
        else:
            talks[report.moderator] = report
        self._tell(report)

    def settle(self, session: Session) -> None:
        """Something happened in the session: whoever has nothing to do behind the stage any more is left alone."""
        heard = set(session.stage.heard().values())  # the plane itself ends a talk with whoever takes a seat
        for report in list(self._talks.get(session.id, {}).values()):
            if report.participant not in heard and not behind(session, report.participant):
                self._hub.spawn(self._stop(session.id, report.moderator))

    def gone(self, bearer: Bearer) -> None:
        """A connection with a private line is gone: a moderator who cannot see what she does must not go on."""
        if bearer.participant in self._talks.get(bearer.session, {}):
            self._hub.spawn(self._stop(bearer.session, bearer.participant))

    def lost(self, session_id: str) -> None:
        """The plane is gone, and every private line with it."""
        for report in self._talks.pop(session_id, {}).values():
            self._tell(msgspec.structs.replace(report, state="over", cause="left"))

    async def _stop(self, session_id: str, moderator: str) -> None:
        try:
            await self._plane.private(session_id, self._fence(), moderator, None)
        except MediaRefused as refused:
            self._hub.log.warning("media.private_refused", code=refused.code)

    def _tell(self, report: port.Private) -> None:
        gathering = self._hub.gathering(report.session)
        if gathering is None:
            return
        frame = protocol.MediaTalking(
            at=self._hub.clock.now(),
            participant=report.participant,
            moderator=report.moderator,
            state=report.state,
            talks=report.talks,
            cause=report.cause,
        )
        desk = set(gathering.fans["desk"].members)
        hers = [member for member in gathering.reach(report.participant) if member not in desk]
        for members, shown in ((desk, frame), (hers, msgspec.structs.replace(frame, moderator=""))):
            packed = Packed(protocol.encode(shown))
            for member in members:
                member.send(packed)


def behind(session: Session, participant: str) -> bool:
    """Whether somebody is on deck, or of those who may sit and does not."""
    if participant in session.stage.heard().values():
        return False
    turn = session.stage.turn_of(participant)
    if turn is not None:
        return turn.state in BEHIND
    role = session.attendance.staff.get(participant)
    return role is not None and allows(role, "seat.take", own=True)  # type: ignore[arg-type]
