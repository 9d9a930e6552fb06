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
from dataclasses import replace
from typing import Any, get_args

from signaling.media import client_offer, counts, port, sdp
from signaling.media.compat import Certificate
from signaling.media.direct import CODEC, NAME
from signaling.media.gate import GateLimits
from signaling.media.network import Network
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
from signaling.media.private import PRIVATE_SSRC, PrivatePeer
from signaling.media.publisher import Publisher
from signaling.media.rounds import Rounds
from signaling.media.stage import Stage
from signaling.media.watcher import Watcher

logger = logging.getLogger(__name__)

#: Seconds between ticks with a speaker connected (how soon a lost packet is asked for again), and without.
BUSY_TICK_S, IDLE_TICK_S = 0.025, 0.25
#: Peers of one person who counts among those who follow the program: the one she has, and the next.
COUNTED_PEERS = 2
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
        self._certificate = Certificate.generateCertificate()
        self.network = Network(self.settings, clock)
        self._stages: dict[str, Stage] = {}
        self._peers: dict[str, Peer] = {}
        #: Called when a session begins anew: who makes its program finds it at once.
        self.opened: Callable[[], None] = lambda: None
        self._followers: list[Reports] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None
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
        if direction == "program":
            counts.may_follow(stage, self._peers.values(), participant, most, self._clock())
        self._clear_way(session, participant, direction, most)
        peer = self._make(stage, participant, direction, seats, network, most=most)
        local = await self._admit(peer)
        if isinstance(peer, PrivatePeer):
            return Offer(peer.name, sdp.private_offer(local, PRIVATE_SSRC))
        if isinstance(peer, Publisher):
            return Offer(peer.name, sdp.publish_offer(local, stage.codec, self.settings.video_kbps))
        if direction == "program":
            assert isinstance(peer, Watcher)
            return Offer(peer.name, sdp.program_offer(local, CODEC, stage.program.lines, peer.width == 2))
        return Offer(peer.name, sdp.watch_offer(local, stage.codec, [seat.lines for seat in stage.seats.values()]))

    async def publish_for(self, session: str, participant: str, sdp: str) -> Offer:
        stage = self._stage(session)
        if not _named(participant):
            raise MediaRefused("media_invalid")
        offer = client_offer.read(sdp, stage.codec)
        self._clear_way(session, participant, "publish")
        peer = self._make(stage, participant, "publish", None, lite=True)
        assert isinstance(peer, Publisher)
        payloads = offer.payloads
        peer.expects(payloads.audio, payloads.video, payloads.rtx)
        local = await self._admit(peer)
        peer.connect(offer.remote, offer.role)
        return Offer(peer.name, client_offer.answer(local, offer, self.settings.video_kbps))

    async def program_for(self, session: str, participant: str, sdp: str) -> Offer:
        stage = self._stage(session)
        if not _named(participant):
            raise MediaRefused("media_invalid")
        counts.may_follow(stage, self._peers.values(), participant, None, self._clock())
        counts.may_play(session, self._peers.values(), participant, self.settings)
        offer = client_offer.read(sdp, CODEC, receives=True, picture=stage.program.pictured)
        self._clear_way(session, participant, "program")
        peer = self._make(stage, participant, "program", None, lite=True)
        assert isinstance(peer, Watcher)
        peer.labels = client_offer.labels(offer, CODEC)
        local = await self._admit(peer)
        peer.connect(replace(offer.remote, active=offer.remote.active[: peer.width]), offer.role)
        return Offer(peer.name, client_offer.program_answer(local, offer, stage.program.lines))

    def _clear_way(self, session: str, participant: str, direction: Direction, most: int | None = None) -> None:
        """Bounds the machine's and the session's peers before one more is made."""
        mine = [p for p in self._peers.values() if p.session == session]
        if len(self._peers) >= self.settings.max_peers or len(mine) >= self.settings.max_session_peers:
            raise MediaRefused("media_full")
        hers = [p for p in mine if p.participant == participant and p.direction == direction]
        self._make_room(hers, direction, self.settings.max_watching if most is None else COUNTED_PEERS)

    async def _admit(self, peer: Peer) -> sdp.Local:
        """Opens the peer's sockets; the session may be closed meanwhile."""
        self._peers[peer.name] = peer
        try:
            local = await peer.local()
        except BaseException:
            self._peers.pop(peer.name, None)
            self._spawn(peer.close())
            raise
        if peer.ended:
            raise MediaRefused("media_unknown_session")
        return local

    def _make_room(self, mine: list[Peer], direction: Direction, most: int) -> None:
        """A newer offer replaces one that was never taken up; a standing peer stays until the new one stands."""
        if direction in ("publish", "private"):
            leaving = [p for p in mine if not p.up]
        else:
            leaving = mine[: max(0, len(mine) - most + 1)]
        for peer in leaving:
            self.peer_ended(peer, "replaced")

    def _make(
        self,
        stage: Stage,
        participant: str,
        direction: Direction,
        seats: tuple[str, ...] | None,
        network: NetworkClass = "unknown",
        *,
        lite: bool = False,
        most: int | None = None,
    ) -> Peer:
        name = secrets.token_hex(8)
        limits = GateLimits(picture_bytes_per_s=2 * self.settings.video_kbps * 125)
        codec = CODEC if direction == "program" else stage.codec
        common = (
            self, name, stage.session, participant, codec, self.settings, self._certificate, self._clock, limits,
        )  # fmt: skip
        if direction == "publish":
            kbps = port.UPLINK_KBPS[network]
            return Publisher(lambda publisher: stage.wire_of(publisher.participant), *common, kbps=kbps, lite=lite)
        if direction == "private":
            return PrivatePeer(stage.backroom.spoken, *common)
        if direction == "program":
            shown = [stage.program.audio, *([stage.program.video] if stage.program.pictured else [])]
            ways = [(line, NAME) for line in shown]
            kbps = port.DOWNLINK_KBPS[network]
            return Watcher(ways, *common, kbps=kbps, most=most, direction=direction, lite=lite)
        lines = []
        for seat in stage.seats.values():
            allowed = seats is None or seat.name in seats
            lines += [(line if allowed else None, seat.name) for line in (seat.audio, seat.video)]
        return Watcher(lines, *common, kbps=port.DOWNLINK_KBPS[network])

    async def answer(self, session: str, participant: str, peer: str, sdp: str) -> None:
        self._stage(session)
        found = self._peers.get(peer)
        if found is None or found.session != session or found.participant != participant:
            raise MediaRefused("media_unknown_peer")
        if found.answer is not None:
            raise MediaRefused("media_answered")
        sending = found.direction == "publish"
        lines = found.width if isinstance(found, Watcher) else {"publish": 2, "private": 1}[found.direction]
        found.connect(_read(sdp, found.codec, lines, sending))

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


def _read(text: str, codec: Codec, lines: int, sending: bool) -> sdp.Answer:
    """The browser's answer, with anything unforeseen in it reported as what it is: an unusable answer."""
    try:
        return sdp.read_answer(text, codec, lines, sending)
    except (ValueError, TypeError, AttributeError):
        raise MediaRefused("media_answer_invalid") from None
