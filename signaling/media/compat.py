"""With `compat_ice` the only file that touches private names of aiortc, aioice and pylibsrtp, pinned exactly.

Each name used here has a contract test, so that an upgrade which moves one fails with that name and not on a stage:

* aioice: `Connection._protocols, ._nominated, ._queue, ._check_list, ._early_checks, ._early_checks_done, ._closing,
  ._local_candidates, ._local_candidates_start, ._local_candidates_end`, `.gather_candidates`,
  `.get_component_candidates`, `.check_complete`, `.check_incoming`, `.data_received`, `.build_request`;
  `ice.StunProtocol` with `.datagram_received`, `.request`, `.connection_made`, `.connection_lost`;
  `ice.CandidatePair`; `candidate_foundation`, `candidate_priority`; `stun.TransactionError`;
  `ice.get_host_addresses`.
* pylibsrtp: `_binding.ffi, .lib.srtp_protect`, `Session._srtp`.
* aiortc: `RTCIceGatherer._connection`, `RTCDtlsTransport._set_role, ._rx_srtp, ._tx_srtp`;
  `RTCCertificate._create_ssl_context`;
  `RTCRtpSender._send_keyframe` (simulated clients only).

Why below the public classes at all: `RTCPeerConnection` decodes what it receives and encodes what it sends, and a
forwarder must do neither. Media goes from the socket to `Receiver.rtp` in one call, without a queue.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import pylibsrtp
from aioice import Candidate
from aioice import ice as _ice
from aioice import stun as _stun
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
    RTCPeerConnection,
    RTCRtpSender,
)
from OpenSSL import SSL
from pylibsrtp import _binding

from signaling.media.compat_ice import COMPONENT, Agent, Endpoint, LiteAgent
from signaling.media.compat_ice import MAX_QUEUED as MAX_QUEUED
from signaling.media.gate import Gate, Source, Verdict
from signaling.media.mux import Listener
from signaling.media.network import ALONE, Network

logger = logging.getLogger(__name__)

#: Addresses that count as proven at the same time for one peer (a phone has two or three); the oldest gives way.
MAX_CHECKED = 16
#: A peer that was silent at its address for so many seconds, and asks from another one that it had proven before, is
#: checked there again and followed: it has changed back to a network that it came from.
AWAY_S = 1.0


class Receiver(Protocol):
    """What a wire hands its peer. Times are seconds of the plane's monotonic clock."""

    def rtp(self, data: bytes, now: float) -> None: ...
    def rtcp(self, data: bytes, now: float) -> None: ...
    def heard(self, now: float) -> None: ...
    def changed(self, state: str) -> None: ...


class Certificate(RTCCertificate):
    """One for all peers of a process, with what follows from it worked out once."""

    _context: SSL.Context | None = None
    _fingerprints: list[RTCDtlsFingerprint] | None = None

    def getFingerprints(self) -> list[RTCDtlsFingerprint]:
        """As the base class says."""
        if self._fingerprints is None:
            self._fingerprints = super().getFingerprints()
        return self._fingerprints

    def _create_ssl_context(self, srtp_profiles: Any) -> SSL.Context:
        if self._context is None:
            self._context = super()._create_ssl_context(srtp_profiles)
            # A handshake is never resumed: each connection has keys of its own (RFC 5764 §4.1).
            self._context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        return self._context


class Path(NamedTuple):
    """How a peer's packets leave: through which socket, to where, and with whose keys."""

    sock: socket.socket
    to: Source
    session: pylibsrtp.Session


class Wire:
    """One peer's ICE, DTLS and SRTP, from an offer's parameters to `send_rtp`."""

    def __init__(
        self,
        certificate: RTCCertificate,
        receiver: Receiver,
        gate: Gate,
        clock: Callable[[], float],
        addresses: Sequence[str] = (),
        ports: tuple[int, int] | None = None,
        lite: bool = False,
        network: Network = ALONE,
    ) -> None:
        self.receiver, self.gate, self.clock = receiver, gate, clock
        self.addresses, self.ports, self.network = tuple(addresses), ports, network
        self.ends: dict[Listener, Endpoint] = {}
        self.rtt: float | None = None
        #: Packets that the kernel did not take at once; media is dropped then, never queued.
        self.unsent = 0
        gatherer = RTCIceGatherer(iceServers=[])
        gatherer._connection = self._connection = LiteAgent(self) if lite else Agent(self)
        self._gatherer = gatherer
        self._ice = RTCIceTransport(gatherer)
        self._dtls = RTCDtlsTransport(self._ice, [certificate])
        self._dtls._set_role("server")
        self._dtls.on("statechange", self._changed)
        self._rx: pylibsrtp.Session | None = None
        self._tx: pylibsrtp.Session | None = None
        self._sock: socket.socket | None = None
        self._to: Source = ("", 0)
        self._there = 0.0  # when the peer was last heard at `_to`
        self._proven: dict[tuple[Listener | None, Source], None] = {}  # oldest first

    async def gather(self) -> None:
        await self._gatherer.gather()

    @property
    def local(self) -> tuple[str, str]:
        """ICE user name fragment and password."""
        return self._connection.local_username, self._connection.local_password

    @property
    def candidates(self) -> list[Candidate]:
        return self._connection.local_candidates

    async def start(self, ice: RTCIceParameters, dtls: RTCDtlsParameters, role: str = "server") -> bool:
        """Connects; False when it could not. A remote candidate is never needed: clients come to us, and their
        address is learned from an authenticated check (RFC 8445 §7.3.1.3)."""
        await self._ice.start(ice)
        if self._ice.state != "completed":
            return False
        self._dtls._set_role(role)
        await self._dtls.start(dtls)
        return self._dtls.state == "connected"

    async def close(self) -> None:
        self._rx = self._tx = self._sock = None
        self.network.stale()
        await self._dtls.stop()
        await self._ice.stop()
        self._dtls.remove_all_listeners()
        for listener, source in self._proven:
            if listener is not None:
                listener.release(source, self)
        self._proven.clear()
        if self.network.mux is not None:
            self.network.mux.dismiss(self._connection.local_username, self)

    async def probe(self) -> None:
        """Asks a quiet peer for a sign of life (a consent check, RFC 7675); the answer counts as `heard`."""
        pair = self._connection._nominated.get(COMPONENT)
        if pair is None or self._connection.remote_password is None or isinstance(self._connection, LiteAgent):
            return
        request = self._connection.build_request(pair, nominate=False)
        key = self._connection.remote_password.encode()
        try:
            await pair.protocol.request(request, pair.remote_addr, integrity_key=key, retransmissions=0)
        except _stun.TransactionError:
            pass

    def send_rtp(self, data: bytes) -> None:
        if self._tx is not None:
            self._send(self._tx.protect, data)

    def send_rtcp(self, data: bytes) -> None:
        if self._tx is not None:
            self._send(self._tx.protect_rtcp, data)

    def _send(self, protect: Callable[[bytes], bytes], data: bytes) -> None:
        if self._sock is None:
            return
        try:
            self._sock.sendto(protect(data), self._to)
        except (OSError, ValueError, pylibsrtp.Error):
            self.unsent += 1

    def path(self) -> Path | None:
        """Where media goes now; None before the connection stands and after it ended."""
        if self._sock is None or self._tx is None:
            return None
        return Path(self._sock, self._to, self._tx)

    def arrived_on(self, listener: Listener, data: bytes, source: Source) -> None:
        protocol = self.ends.get(listener)
        if protocol is not None:
            self.arrived(protocol, data, source)

    def arrived(self, protocol: Endpoint, data: bytes, source: Source) -> None:
        """One datagram. Whatever is in it, the worst that can follow is that it is counted and dropped."""
        now = self.clock()
        verdict = self.gate.admit(data, source, now)
        if source == self._to:
            self._there = now
        try:
            if verdict is Verdict.RTP or verdict is Verdict.RTCP:
                if self._rx is None:
                    self.gate.drop(Verdict.EARLY)
                elif verdict is Verdict.RTP:
                    plain = self._rx.unprotect(data)
                    self.receiver.rtp(plain, now)
                else:
                    plain = self._rx.unprotect_rtcp(data)
                    self.receiver.rtcp(plain, now)
            elif verdict is Verdict.STUN:
                protocol.stun_received(data, source)
            elif verdict is Verdict.DTLS:
                self._connection.record_received(data)
        except pylibsrtp.Error:
            self.gate.drop(Verdict.NOT_AUTHENTIC)
        except Exception:
            self.gate.drop(Verdict.MALFORMED)
            logger.debug("datagram dropped", exc_info=True)

    @property
    def queued(self) -> int:
        """DTLS records that wait for the handshake; never more than `MAX_QUEUED`."""
        return self._connection._queue.qsize()

    def heard(self) -> None:
        self.receiver.heard(self.clock())

    def away_from(self, source: Source) -> bool:
        """Whether the peer, who asks from `source`, is silent where its media goes."""
        return source not in self.gate.checked or (source != self._to and self.clock() - self._there > AWAY_S)

    def proven(self, listener: Listener | None, source: Source, selected: _ice.CandidatePair | None) -> None:
        """A check succeeded at `source`; `selected` is the nominated pair, which changes when a phone changes
        network."""
        self._proven.pop((listener, source), None)
        self._proven[listener, source] = None
        self.gate.checked.add(source)
        if listener is not None:
            listener.claim(source, self)
        if selected is not None and isinstance(selected.protocol, Endpoint):
            self._sock, self._to = selected.protocol.sock, selected.remote_addr
            self._there = self.clock()
        for old in list(self._proven)[:-MAX_CHECKED]:
            if old[1] != self._to:
                self._forget(*old)
        self.network.stale()
        self.heard()

    def displaced(self, listener: Listener, source: Source) -> None:
        """The network has given this address to another peer, who proved it: nothing of ours goes there any more."""
        self._forget(listener, source)
        if source == self._to:
            self._sock, self._to = None, ("", 0)
            self.network.stale()

    def _forget(self, listener: Listener | None, source: Source) -> None:
        self._proven.pop((listener, source), None)
        self.gate.checked.discard(source)
        if listener is not None:
            listener.release(source, self)

    def _changed(self) -> None:
        state = self._dtls.state
        if state == "connected":
            self._rx, self._tx = self._dtls._rx_srtp, self._dtls._tx_srtp
        elif state in ("closed", "failed"):
            self._rx = self._tx = None
        self.network.stale()
        self.receiver.changed(state)


#: libsrtp itself: (key, row, size) -> status; protects a packet where it lies. 144 bytes must be free after it.
srtp_protect = _binding.lib.srtp_protect


def srtp_handle(session: pylibsrtp.Session) -> Any:
    """What `srtp_protect` wants; valid for as long as the caller keeps the session."""
    return session._srtp[0]


def pointers(kind: str, start: int, stride: int, count: int) -> list[Any]:
    """Addresses that `srtp_protect` takes, at equal distances. The caller keeps the memory."""
    return [_binding.ffi.cast(kind, start + i * stride) for i in range(count)]


def limit_client_addresses(addresses: Sequence[str]) -> None:
    """Makes simulated clients of this process use these addresses; aioice leaves 127.0.0.1 out by itself."""
    _ice.get_host_addresses = lambda use_ipv4, use_ipv6: list(addresses)


def on_keyframe_request(sender: RTCRtpSender, callback: Callable[[], None]) -> None:
    """Tells a simulated speaker that a picture was asked for (PLI, RFC 4585 §6.3.1); she sends a recorded one."""
    sender._send_keyframe = callback  # type: ignore[method-assign]


async def vanish(connection: RTCPeerConnection) -> None:
    """Cuts a simulated client's sockets without a farewell, as a tunnel does; `close` it afterwards as usual."""
    for transceiver in connection.getTransceivers():
        for protocol in transceiver.sender.transport.transport._connection._protocols:
            protocol.transport.close()


def stream_ids(offer: str) -> list[str]:
    """The stream id of each media line of an offer (RFC 8830)."""
    return [section.split("a=msid:", 1)[1].split(" ", 1)[0] for section in offer.split("\r\nm=")[1:]]
