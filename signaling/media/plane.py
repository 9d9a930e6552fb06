"""The media plane itself, in the process that calls it: sessions, peers, and the clock that drives their feedback.

`remote` has the same methods over a socket. Everything that depends on time is in `tick`, which takes the time as an
argument, so that tests need not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Any, get_args

from signaling.media import counts, port, sdp
from signaling.media.network import Network
from signaling.media.offering import Offering, take_answer
from signaling.media.peer import Peer
from signaling.media.port import (
    Codec,
    Direction,
    EchoAction,
    Heard,
    MediaRefused,
    MediaSettings,
    MediaStats,
    NetworkClass,
    Offer,
    Report,
    Reports,
)
from signaling.media.private import PrivatePeer
from signaling.media.publisher import Publisher
from signaling.media.rounds import Rounds
from signaling.media.stage import Stage
from signaling.media.watcher import Watcher

logger = logging.getLogger(__name__)

#: Seconds between ticks with a speaker connected (how soon a lost packet is asked for again), and without.
BUSY_TICK_S, IDLE_TICK_S = 0.025, 0.25
DIRECTIONS = frozenset(get_args(Direction))
#: Longest participant or session name taken.
MAX_NAME = 64
#: A seat's id goes into descriptions as a stream's id, so it is a plain token (RFC 8830).
_SEAT = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")


class Plane:
    """`port.MediaPlane` in this process.

    Arguments:
        fence: of the lease under which this plane runs; whoever speaks for an earlier one is refused.
    """

    def __init__(
        self,
        settings: MediaSettings | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        fence: int = 1,
    ) -> None:
        self.settings, self.fence = settings or MediaSettings(), fence
        self._clock, self._wall = clock, wall
        self.network = Network(self.settings, clock)
        self._stages: dict[str, Stage] = {}
        self._peers: dict[str, Peer] = {}
        #: Called when a session begins anew: who makes its program finds it at once.
        self.opened: Callable[[], None] = lambda: None
        self._followers: list[Reports] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._offering = Offering(self, self._peers, clock=clock, spawn=self._spawn)
        self._rounds = Rounds(
            self.settings, self._stages, self._peers,
            clock=clock, wall=wall, tell=self._tell, spawn=self._spawn, end=self.peer_ended,
        )  # fmt: skip

    # --- life

    def start(self) -> None:
        """Starts the clock and says so; needs a running loop."""
        if self._timer is None:
            self._again(0.0)
            self._tell(port.Ready(secrets.token_hex(8), self.fence))

    async def stop(self) -> None:
        """Ends every peer and waits until their sockets are closed."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for session in list(self._stages):
            self._forget(session)
        while self._tasks:
            await asyncio.wait(self._tasks)
        self.network.close()

    def _again(self, delay: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(delay, self._beat)

    def _beat(self) -> None:
        try:
            self.tick(self._clock())
        except Exception:
            logger.exception("media tick failed")
        busy = any(stage.publishers or stage.backroom.phrases for stage in self._stages.values())
        self._again(BUSY_TICK_S if busy else IDLE_TICK_S)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- reports

    def follow(self, reports: Reports) -> None:
        self._followers.append(reports)

    def _tell(self, report: Report) -> None:
        for follower in self._followers:
            follower(report)

    # --- requests

    async def open(self, session: str, fence: int, seats: tuple[str, ...], codec: Codec = "vp8") -> None:
        if not 1 <= len(set(seats)) == len(seats) <= port.MAX_SEATS or not all(map(_SEAT.match, seats)):
            raise MediaRefused("media_invalid")
        if codec not in sdp.VIDEO_PT or not _named(session):
            raise MediaRefused("media_invalid")
        if fence < self.fence:
            raise MediaRefused("media_stale")
        stage = self._stages.get(session)
        if stage is None:
            self._begin(Stage(session, fence, seats, codec, self._tell, self.network.fanout))
        else:
            stage.check(fence)
            stage.orphaned_at = None
            if codec != stage.codec and not any(peer.session == session for peer in self._peers.values()):
                # Planned anew before anybody came.
                self._begin(Stage(session, fence, seats, codec, self._tell, self.network.fanout))

    def _begin(self, stage: Stage) -> None:
        self._stages[stage.session] = stage
        self.opened()

    async def offer(
        self,
        session: str,
        participant: str,
        direction: Direction,
        seats: tuple[str, ...] | None = None,
        network: NetworkClass = "unknown",
        most: int | None = None,
    ) -> Offer:
        stage = self._stage(session)
        if direction not in DIRECTIONS or not _named(participant) or network not in port.UPLINK_KBPS:
            raise MediaRefused("media_invalid")
        return await self._offering.offer(stage, participant, direction, seats, network, most)

    async def publish_for(self, session: str, participant: str, sdp: str) -> Offer:
        stage = self._stage(session)
        if not _named(participant):
            raise MediaRefused("media_invalid")
        return await self._offering.publish_for(stage, participant, sdp)

    async def program_for(self, session: str, participant: str, sdp: str) -> Offer:
        stage = self._stage(session)
        if not _named(participant):
            raise MediaRefused("media_invalid")
        return await self._offering.program_for(stage, participant, sdp)

    async def answer(self, session: str, participant: str, peer: str, sdp: str) -> None:
        self._stage(session)
        found = self._peers.get(peer)
        if found is None or found.session != session or found.participant != participant:
            raise MediaRefused("media_unknown_peer")
        take_answer(found, sdp)

    async def leave(self, session: str, participant: str, peer: str | None = None) -> None:
        self._stage(session)
        for found in list(self._peers.values()):
            if found.session == session and found.participant == participant and peer in (None, found.name):
                self.peer_ended(found, "left")

    async def seat(self, session: str, fence: int, seat: str, participant: str | None, seq: int) -> None:
        stage = self._stage(session)
        stage.check(fence)
        stage.sit(seat, participant, seq)

    async def mute(self, session: str, fence: int, seat: str, muted: bool, seq: int) -> None:
        stage = self._stage(session)
        stage.check(fence)
        stage.mute(seat, muted, seq)

    async def floor(self, session: str, fence: int, seat: str | None, seq: int) -> None:
        stage = self._stage(session)
        stage.check(fence)
        stage.give_floor(seat, seq)

    async def private(
        self, session: str, fence: int, moderator: str, participant: str | None, talks: bool = False
    ) -> None:
        stage = self._stage(session)
        stage.check(fence)
        stage.backroom.private(moderator, participant, talks, self._clock())

    async def echo(self, session: str, participant: str, action: EchoAction) -> Heard | None:
        return self._stage(session).backroom.echo(participant, action, self._clock())

    async def close(self, session: str, fence: int) -> None:
        stage = self._stages.get(session)
        if stage is not None:
            stage.check(fence)
            self._forget(session)

    async def stats(self, session: str) -> MediaStats:
        return counts.stats(self._stage(session), self._peers.values(), self.network)

    def _stage(self, session: str) -> Stage:
        stage = self._stages.get(session)
        if stage is None:
            raise MediaRefused("media_unknown_session")
        return stage

    def _forget(self, session: str) -> None:
        for peer in [p for p in self._peers.values() if p.session == session]:
            self.peer_ended(peer, "ended")
        self._stages.pop(session, None)

    def stage_of(self, session: str) -> Stage | None:
        """The session's stage as it is now; another when the session is opened again."""
        return self._stages.get(session)

    def orphan(self, session: str) -> None:
        """No worker looks after the session any more; its seats are emptied if none comes in time."""
        stage = self._stages.get(session)
        if stage is not None:
            stage.orphaned_at = self._clock()

    # --- from peers

    def peer_up(self, peer: Peer) -> None:
        stage = self._stages.get(peer.session)
        if stage is None or peer.answer is None:
            return
        if isinstance(peer, Publisher):
            before = stage.publishers.get(peer.participant)
            stage.publishers[peer.participant] = peer
            if before is not None:
                self.peer_ended(before, "replaced")
            stage.wire_of(peer.participant)
        elif isinstance(peer, Watcher):
            stage.join(peer)
        elif isinstance(peer, PrivatePeer):
            older = stage.backroom.join(peer)
            if isinstance(older, PrivatePeer):
                self.peer_ended(older, "replaced")
        self._tell(port.Up(peer.session, peer.participant, peer.name, peer.direction))

    def peer_back(self, peer: Peer) -> None:
        if peer.direction == "publish":
            self._tell(port.Back(peer.session, peer.participant))

    def peer_ended(self, peer: Peer, reason: str) -> None:
        """Stops forwarding at once; the sockets are closed a moment later."""
        if self._peers.pop(peer.name, None) is None:
            return
        peer.ended = True
        stage = self._stages.get(peer.session)
        if stage is not None and isinstance(peer, Publisher):
            if stage.publishers.get(peer.participant) is peer:
                del stage.publishers[peer.participant]
                stage.wire_of(peer.participant)
        elif stage is not None and isinstance(peer, Watcher):
            stage.part(peer)
        elif stage is not None and isinstance(peer, PrivatePeer):
            stage.backroom.part(peer)
        self._spawn(peer.close())
        self._tell(port.Closed(peer.session, peer.participant, peer.name, peer.direction, reason))

    # --- time

    def tick(self, now: float) -> None:
        """Whatever is due at `now`, in seconds of the plane's clock."""
        self._rounds.tick(now)


def _named(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= MAX_NAME
