"""The only file that touches private names of aiortc, aioice and pylibsrtp. Their versions are pinned exactly.

Each name used here has a contract test, so that an upgrade which moves one fails with that name and not on a stage:

* aioice: `Connection._protocols, ._nominated, ._queue, ._check_list, ._closing, ._early_checks`,
  `._early_checks_done`, `.get_component_candidates`, `.check_complete`,
  `.check_incoming`, `.data_received`, `.build_request`; `ice.StunProtocol` with `.datagram_received`, `.request`,
  `.connection_made`, `.connection_lost`; `ice.CandidatePair`; `candidate_foundation`, `candidate_priority`;
  `stun.TransactionError`; `ice.get_host_addresses` (simulated clients only).
* pylibsrtp: `_binding.ffi, .lib.srtp_protect`, `Session._srtp`.
* aiortc: `RTCIceGatherer._connection`, `RTCDtlsTransport._set_role, ._rx_srtp, ._tx_srtp`;
  `RTCRtpSender._send_keyframe` (simulated clients only).

Why below the public classes at all: `RTCPeerConnection` decodes what it receives and encodes what it sends, and a
forwarder must do neither. Media goes from the socket to `Receiver.rtp` in one call, without a queue.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import pylibsrtp
from aioice import Candidate, Connection
from aioice import ice as _ice
from aioice import stun as _stun
from aioice.candidate import candidate_foundation, candidate_priority
from aiortc import (
    RTCCertificate,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
    RTCPeerConnection,
    RTCRtpSender,
)
from pylibsrtp import _binding

from signaling.media.gate import Gate, Source, Verdict
from signaling.media.mux import Listener
from signaling.media.network import ALONE, Network
from signaling.media.sockets import bind

logger = logging.getLogger(__name__)

#: DTLS records waiting for the handshake; media never waits in a queue.
MAX_QUEUED = 64
#: Addresses that count as proven at the same time for one peer (a phone has two or three); the oldest gives way.
MAX_CHECKED = 16
#: A peer that was silent at its address for so many seconds, and asks from another one that it had proven before, is
#: checked there again and followed: it has changed back to a network that it came from.
AWAY_S = 1.0
#: One component: RTP and RTCP share it (RFC 8843).
COMPONENT = 1


class Receiver(Protocol):
    """What a wire hands its peer. Times are seconds of the plane's monotonic clock."""

    def rtp(self, data: bytes, now: float) -> None: ...
    def rtcp(self, data: bytes, now: float) -> None: ...
    def heard(self, now: float) -> None: ...
    def changed(self, state: str) -> None: ...


class Path(NamedTuple):
    """How a peer's packets leave: through which socket, to where, and with whose keys."""

    sock: socket.socket
    to: Source
    session: pylibsrtp.Session


class _Protocol(_ice.StunProtocol):
    """A socket of ours, or our part of a shared one, with the gate in front of ICE."""

    wire: Wire
    sock: socket.socket
    listener: Listener | None = None

    def datagram_received(self, data: bytes | str, addr: tuple[Any, ...]) -> None:
        assert isinstance(data, bytes)
        self.wire.arrived(self, data, (addr[0], addr[1]))

    def stun_received(self, data: bytes, source: Source) -> None:
        super().datagram_received(data, source)

    async def request(
        self,
        request: _stun.Message,
        addr: tuple[str, int],
        integrity_key: bytes | None = None,
        retransmissions: int | None = None,
    ) -> tuple[_stun.Message, tuple[str, int]]:
        """Measures the round trip on the checks that ICE makes anyway (consent, RFC 7675); an authentic answer is a
        sign of life."""
        began = self.wire.clock()
        if self.listener is not None:
            self.listener.asked[request.transaction_id] = self.wire
        try:
            answer = await super().request(request, addr, integrity_key, retransmissions)
        finally:
            if self.listener is not None:
                self.listener.asked.pop(request.transaction_id, None)
        took = self.wire.clock() - began
        self.wire.rtt = took if self.wire.rtt is None else 0.75 * self.wire.rtt + 0.25 * took
        self.wire.heard()
        return answer


class _Share(asyncio.DatagramTransport):
    """One peer's part of a shared socket, as ICE expects a transport to be."""

    def __init__(self, listener: Listener, protocol: _Protocol) -> None:
        super().__init__()
        self._listener, self._protocol = listener, protocol

    def sendto(self, data: Any, addr: Any = None) -> None:
        self._listener.send(data, addr)

    def close(self) -> None:
        self._protocol.connection_lost(None)


class _Connection(Connection):
    """ICE with our sockets. It is controlling from birth: we offer, and checks may come before the answer does."""

    def __init__(self, wire: Wire) -> None:
        # A fragment long enough that no two peers of a process share one: a shared port tells them apart by it.
        super().__init__(ice_controlling=True, local_username=secrets.token_hex(6))
        self.wire = wire

    async def get_component_candidates(self, component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        found = []
        # A machine without a network still has itself.
        wanted = self.wire.addresses or tuple(addresses) or ("127.0.0.1",)
        for protocol in self._shared(wanted) if self.wire.network.mux is not None else await self._own(wanted):
            host, port = protocol.sock.getsockname()[:2]
            protocol.local_candidate = Candidate(
                foundation=candidate_foundation("host", "udp", host),
                component=component,
                transport="udp",
                priority=candidate_priority(component, "host"),
                host=host,
                port=port,
                type="host",
            )
            self._protocols.append(protocol)
            found.append(protocol.local_candidate)
        return found

    async def _own(self, addresses: Sequence[str]) -> list[_Protocol]:
        protocols = []
        for address in addresses:
            sock = bind(address, self.wire.ports)
            _, protocol = await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Protocol(self), sock=sock)
            protocol.wire, protocol.sock = self.wire, sock
            protocols.append(protocol)
        return protocols

    def _shared(self, addresses: Sequence[str]) -> list[_Protocol]:
        assert self.wire.network.mux is not None
        protocols = []
        for listener in self.wire.network.mux.listen(addresses):
            protocol = _Protocol(self)
            protocol.wire, protocol.sock, protocol.listener = self.wire, listener.sock, listener
            protocol.connection_made(_Share(listener, protocol))
            protocols.append(protocol)
        self.wire.ends = {p.listener: p for p in protocols if p.listener is not None}
        self.wire.network.mux.enrol(self.local_username, self.wire)
        return protocols

    def data_received(self, data: bytes, component: int) -> None:
        """What ICE could not read as STUN. By its first byte it claimed to be, so it is nobody's."""
        self.wire.gate.drop(Verdict.MALFORMED)

    def record_received(self, data: bytes) -> None:
        """A DTLS record, for the handshake."""
        if self._queue.qsize() < MAX_QUEUED:
            self._queue.put_nowait((data, COMPONENT))
        else:
            self.wire.gate.drop(Verdict.QUEUE_FULL)

    def check_complete(self, pair: _ice.CandidatePair) -> None:
        super().check_complete(pair)
        if pair.state == _ice.CandidatePair.State.SUCCEEDED:
            assert isinstance(pair.protocol, _Protocol)
            self.wire.proven(pair.protocol.listener, pair.remote_addr, self._nominated.get(COMPONENT))

    def check_incoming(self, message: _stun.Message, addr: tuple[str, int], protocol: _ice.StunProtocol) -> None:
        if "PRIORITY" not in message.attributes:
            self.wire.gate.drop(Verdict.MALFORMED)
            return
        for pair in self._check_list:
            if pair.remote_addr == addr and pair.protocol is protocol:
                if pair.state is _ice.CandidatePair.State.SUCCEEDED and self.wire.away_from(addr):
                    pair.state = _ice.CandidatePair.State.WAITING
                break
        super().check_incoming(message, addr, protocol)
        self.wire.heard()


class _LiteConnection(_Connection):
    """The other end of an encoder's offer: an ICE-lite agent (RFC 8445 §2.5). It answers checks and makes none; what
    the client nominates is taken, now and whenever the client's address changes."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self.ice_controlling = False
        self._chosen = asyncio.Event()

    async def connect(self) -> None:
        self._early_checks_done = True
        for message, addr, protocol in self._early_checks:
            self.check_incoming(message, addr, protocol)
        self._early_checks.clear()
        await self._chosen.wait()
        if self._closing:
            raise ConnectionError

    def check_incoming(self, message: _stun.Message, addr: tuple[str, int], protocol: _ice.StunProtocol) -> None:
        """An authenticated check: the sender knows our password, which only the client was given."""
        self.wire.heard()
        if "USE-CANDIDATE" not in message.attributes:
            return
        # Nothing has come back from that address, so nobody else's is taken away for it.
        pair = self._nominated.get(COMPONENT)
        if pair is None or pair.remote_addr != addr or pair.protocol is not protocol:
            remote = Candidate("1", COMPONENT, "udp", candidate_priority(COMPONENT, "prflx"), addr[0], addr[1], "prflx")
            pair = _ice.CandidatePair(protocol, remote)
            pair.state, pair.nominated = _ice.CandidatePair.State.SUCCEEDED, True
            self._nominated[COMPONENT] = pair
        assert isinstance(protocol, _Protocol)
        if protocol.listener is None or protocol.listener.is_free(addr, self.wire):
            self.wire.proven(protocol.listener, addr, pair)
            self._chosen.set()

    async def close(self) -> None:
        self._closing = True
        self._chosen.set()
        await super().close()


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
        self.ends: dict[Listener, _Protocol] = {}
        self.rtt: float | None = None
        #: Packets that the kernel did not take at once; media is dropped then, never queued.
        self.unsent = 0
        gatherer = RTCIceGatherer(iceServers=[])
        gatherer._connection = self._connection = _LiteConnection(self) if lite else _Connection(self)
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
        if pair is None or self._connection.remote_password is None or isinstance(self._connection, _LiteConnection):
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

    def arrived(self, protocol: _Protocol, data: bytes, source: Source) -> None:
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
        if selected is not None and isinstance(selected.protocol, _Protocol):
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
