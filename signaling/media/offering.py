"""A peer from the moment somebody asks for it until it connects: whether there is room, how it is built, what is said.

Kept apart from the plane because here alone the directions differ: who sends or receives what, over which lines, and
whose description comes first, ours (a browser's page asks for it) or hers (an encoder or a player, RFC 9725).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Protocol

from signaling.media import client_offer, counts, port, sdp
from signaling.media.compat import Certificate
from signaling.media.direct import CODEC, NAME
from signaling.media.gate import GateLimits
from signaling.media.peer import Owner, Peer
from signaling.media.port import Codec, Direction, MediaRefused, MediaSettings, NetworkClass, Offer
from signaling.media.private import PRIVATE_SSRC, PrivatePeer
from signaling.media.publisher import Publisher
from signaling.media.stage import Stage
from signaling.media.watcher import Watcher

#: Peers of one person who counts among those who follow the program: the one she has, and the next.
COUNTED_PEERS = 2


class Host(Owner, Protocol):
    """The plane, as far as a new peer needs it."""

    settings: MediaSettings


class Offering:
    """Makes peers and what is said to those who asked for them.

    Arguments:
        peers: the plane's own, by name; one that is made here stands in it as soon as its sockets are being opened.
        clock: seconds of the plane's clock.
    """

    def __init__(
        self,
        host: Host,
        peers: dict[str, Peer],
        *,
        clock: Callable[[], float],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._host, self._peers, self._clock, self._spawn = host, peers, clock, spawn
        self._certificate = Certificate.generateCertificate()

    # --- what is asked for

    async def offer(
        self,
        stage: Stage,
        participant: str,
        direction: Direction,
        seats: tuple[str, ...] | None,
        network: NetworkClass,
        most: int | None,
    ) -> Offer:
        if direction == "program":
            counts.may_follow(stage, self._peers.values(), participant, most, self._clock())
        self._clear_way(stage.session, participant, direction, most)
        peer = self.make(stage, participant, direction, seats, network, most=most)
        local = await self._admit(peer)
        if isinstance(peer, PrivatePeer):
            return Offer(peer.name, sdp.private_offer(local, PRIVATE_SSRC))
        if isinstance(peer, Publisher):
            return Offer(peer.name, sdp.publish_offer(local, stage.codec, self._host.settings.video_kbps))
        if direction == "program":
            assert isinstance(peer, Watcher)
            return Offer(peer.name, sdp.program_offer(local, CODEC, stage.program.lines, peer.width == 2))
        return Offer(peer.name, sdp.watch_offer(local, stage.codec, [seat.lines for seat in stage.seats.values()]))

    async def publish_for(self, stage: Stage, participant: str, sdp: str) -> Offer:
        offer = client_offer.read(sdp, stage.codec)
        self._clear_way(stage.session, participant, "publish")
        peer = self.make(stage, participant, "publish", None, lite=True)
        assert isinstance(peer, Publisher)
        payloads = offer.payloads
        peer.expects(payloads.audio, payloads.video, payloads.rtx)
        local = await self._admit(peer)
        peer.connect(offer.remote, offer.role)
        return Offer(peer.name, client_offer.answer(local, offer, self._host.settings.video_kbps))

    async def program_for(self, stage: Stage, participant: str, sdp: str) -> Offer:
        counts.may_follow(stage, self._peers.values(), participant, None, self._clock())
        counts.may_play(stage.session, self._peers.values(), participant, self._host.settings)
        offer = client_offer.read(sdp, CODEC, receives=True, picture=stage.program.pictured)
        self._clear_way(stage.session, participant, "program")
        peer = self.make(stage, participant, "program", None, lite=True)
        assert isinstance(peer, Watcher)
        peer.labels = client_offer.labels(offer, CODEC)
        local = await self._admit(peer)
        peer.connect(replace(offer.remote, active=offer.remote.active[: peer.width]), offer.role)
        return Offer(peer.name, client_offer.program_answer(local, offer, stage.program.lines))

    # --- room, and the peer itself

    def _clear_way(self, session: str, participant: str, direction: Direction, most: int | None = None) -> None:
        """Bounds the machine's and the session's peers before one more is made."""
        settings = self._host.settings
        mine = [p for p in self._peers.values() if p.session == session]
        if len(self._peers) >= settings.max_peers or len(mine) >= settings.max_session_peers:
            raise MediaRefused("media_full")
        hers = [p for p in mine if p.participant == participant and p.direction == direction]
        self._make_room(hers, direction, settings.max_watching if most is None else COUNTED_PEERS)

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
            self._host.peer_ended(peer, "replaced")

    def make(
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
        settings = self._host.settings
        limits = GateLimits(picture_bytes_per_s=2 * settings.video_kbps * 125)
        codec = CODEC if direction == "program" else stage.codec
        common = (
            self._host, name, stage.session, participant, codec, settings, self._certificate, self._clock, limits,
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


def take_answer(peer: Peer, sdp: str) -> None:
    """Connects a peer that was offered, by what the browser answered."""
    if peer.answer is not None:
        raise MediaRefused("media_answered")
    sending = peer.direction == "publish"
    lines = peer.width if isinstance(peer, Watcher) else {"publish": 2, "private": 1}[peer.direction]
    peer.connect(_read(sdp, peer.codec, lines, sending))


def _read(text: str, codec: Codec, lines: int, sending: bool) -> sdp.Answer:
    """The browser's answer, with anything unforeseen in it reported as what it is: an unusable answer."""
    try:
        return sdp.read_answer(text, codec, lines, sending)
    except (ValueError, TypeError, AttributeError):
        raise MediaRefused("media_answer_invalid") from None
