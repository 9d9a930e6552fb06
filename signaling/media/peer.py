"""A peer: one connection of one participant, to publish or to watch, from its offer to its end.

A peer is never repaired. A phone that lost its line or changed its network asks for a fresh one, which replaces the
old as soon as it stands; what the participant has (a seat, a place) belongs to the participant, not to the peer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCIceParameters

from signaling.media.compat import Wire
from signaling.media.gate import Gate, GateLimits
from signaling.media.network import Network
from signaling.media.port import Codec, Direction, MediaRefused, MediaSettings
from signaling.media.sdp import Answer, Local

logger = logging.getLogger(__name__)


class Owner(Protocol):
    """Who is told what becomes of a peer, and what it shares with others."""

    network: Network

    def peer_up(self, peer: Peer) -> None: ...
    def peer_back(self, peer: Peer) -> None: ...
    def peer_ended(self, peer: Peer, reason: str) -> None: ...


class Peer:
    """What publishing and watching peers have in common: the connection and its signs of life."""

    direction: Direction

    def __init__(
        self,
        owner: Owner,
        name: str,
        session: str,
        participant: str,
        codec: Codec,
        settings: MediaSettings,
        certificate: RTCCertificate,
        clock: Callable[[], float],
        limits: GateLimits,
        lite: bool = False,
    ) -> None:
        self.owner, self.name, self.session, self.participant, self.codec = owner, name, session, participant, codec
        self.settings, self.clock = settings, clock
        self.gate = Gate(limits)
        self.wire = Wire(certificate, self, self.gate, clock, settings.addresses, settings.ports, lite, owner.network)
        self._fingerprint = next(f.value for f in certificate.getFingerprints() if f.algorithm == "sha-256")
        self.made_at = self.last = clock()
        self.up = self.silent = self.ended = False
        self.answer: Answer | None = None
        self._task: asyncio.Task[None] | None = None
        self.probed = 0.0

    async def local(self) -> Local:
        """Opens the sockets and says what an offer needs of them."""
        try:
            await self.wire.gather()
        except OSError as error:
            logger.warning("no media socket: %s", error)
            raise MediaRefused("media_full") from None
        ufrag, pwd = self.wire.local
        told = self.settings.announced
        places = [
            (told[min(i, len(told) - 1)] if told else c.host, c.port, c.priority)
            for i, c in enumerate(self.wire.candidates)
        ]
        return Local(ufrag, pwd, self._fingerprint, places)

    def connect(self, answer: Answer, role: str = "server") -> None:
        """Starts connecting; `owner.peer_up` or `owner.peer_ended` follows. `role` is ours in the DTLS handshake."""
        if self.answer is not None:
            raise MediaRefused("media_answered")
        self.answer = answer
        self._task = asyncio.get_running_loop().create_task(self._connect(answer, role))

    async def _connect(self, answer: Answer, role: str) -> None:
        ice = RTCIceParameters(usernameFragment=answer.ufrag, password=answer.pwd)
        prints = [RTCDtlsFingerprint(algorithm=name, value=value) for name, value in answer.fingerprints]
        try:
            done = await self.wire.start(ice, RTCDtlsParameters(fingerprints=prints), role)
        except Exception:
            logger.debug("peer %s could not connect", self.name, exc_info=True)
            done = False
        if self.ended:
            return
        if done:
            self.up = True
            self.last = self.clock()
            self.owner.peer_up(self)
        else:
            self.owner.peer_ended(self, "failed")

    async def close(self) -> None:
        """Ends the connection; harmless when repeated."""
        self.ended = True
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.wait([task])
        await self.wire.close()

    # --- from the wire

    def rtp(self, data: bytes, now: float) -> None:
        """Media; only publishers have a use for it."""
        self.heard(now)

    def rtcp(self, data: bytes, now: float) -> None:
        self.heard(now)

    def heard(self, now: float) -> None:
        self.last = now
        if self.silent:
            self.silent = False
            self.owner.peer_back(self)

    def changed(self, state: str) -> None:
        if self.up and not self.ended and state in ("closed", "failed"):
            self.owner.peer_ended(self, "hung_up")
