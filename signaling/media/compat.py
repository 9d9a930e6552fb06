"""The only file that touches private names of aiortc, aioice and pylibsrtp. Their versions are pinned exactly.

Each name used here has a contract test, so that an upgrade which moves one fails with that name and not on a stage:

* aioice: `Connection._protocols, ._nominated, ._queue`, `.get_component_candidates`, `.check_complete`,
  `.check_incoming`, `.data_received`, `.build_request`; `ice.StunProtocol` with `.datagram_received`, `.request`;
  `ice.CandidatePair`; `candidate_foundation`, `candidate_priority`; `stun.TransactionError`;
  `ice.get_host_addresses` (simulated clients only).
* aiortc: `RTCIceGatherer._connection`, `RTCDtlsTransport._set_role, ._rx_srtp, ._tx_srtp`;
  `RTCRtpSender._send_keyframe` (simulated clients only).

Why below the public classes at all: `RTCPeerConnection` decodes what it receives and encodes what it sends, and a
forwarder must do neither. Media goes from the socket to `Receiver.rtp` in one call, without a queue.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import random
import socket
from collections.abc import Callable, Sequence
from typing import Any, Protocol

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

from signaling.media.gate import Gate, Source, Verdict

logger = logging.getLogger(__name__)

#: DTLS records waiting for the handshake; media never waits in a queue.
MAX_QUEUED = 64
#: Addresses that may be proven at the same time for one peer (a phone has two or three).
MAX_CHECKED = 16
#: Kernel buffers for one peer, in bytes: about half a second of video either way.
SOCKET_BUFFER = 256 * 1024
#: One component: RTP and RTCP share it (RFC 8843).
COMPONENT = 1


class Receiver(Protocol):
    """What a wire hands its peer. Times are seconds of the plane's monotonic clock."""

    def rtp(self, data: bytes, now: float) -> None: ...
    def rtcp(self, data: bytes, now: float) -> None: ...
    def heard(self, now: float) -> None: ...
    def changed(self, state: str) -> None: ...


class _Protocol(_ice.StunProtocol):
    """A socket of ours, with the gate in front of ICE."""

    wire: Wire
    sock: socket.socket

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
        answer = await super().request(request, addr, integrity_key, retransmissions)
        took = self.wire.clock() - began
        self.wire.rtt = took if self.wire.rtt is None else 0.75 * self.wire.rtt + 0.25 * took
        self.wire.heard()
        return answer


class _Connection(Connection):
    """ICE with our sockets. It is controlling from birth: we offer, and checks may come before the answer does."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(ice_controlling=True)
        self.wire = wire

    async def get_component_candidates(self, component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        found = []
        # A machine without a network still has itself.
        for address in self.wire.addresses or tuple(addresses) or ("127.0.0.1",):
            sock = _bind(address, self.wire.ports)
            _, protocol = await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Protocol(self), sock=sock)
            protocol.wire, protocol.sock = self.wire, sock
            host, port = sock.getsockname()[:2]
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
            self.wire.proven(pair.remote_addr, self._nominated.get(COMPONENT))

    def check_incoming(self, message: _stun.Message, addr: tuple[str, int], protocol: _ice.StunProtocol) -> None:
        if "PRIORITY" not in message.attributes:
            self.wire.gate.drop(Verdict.MALFORMED)
            return
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
        pair = self._nominated.get(COMPONENT)
        if pair is None or pair.remote_addr != addr or pair.protocol is not protocol:
            remote = Candidate("1", COMPONENT, "udp", candidate_priority(COMPONENT, "prflx"), addr[0], addr[1], "prflx")
            pair = _ice.CandidatePair(protocol, remote)
            pair.state, pair.nominated = _ice.CandidatePair.State.SUCCEEDED, True
            self._nominated[COMPONENT] = pair
        self.wire.proven(addr, pair)
        self._chosen.set()

    async def close(self) -> None:
        self._closing = True
        self._chosen.set()
        await super().close()


def _bind(address: str, ports: tuple[int, int] | None) -> socket.socket:
    family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER)
        if ports is None:
            sock.bind((address, 0))
            return sock
        low, high = ports
        count = high - low + 1
        first = random.randrange(count)
        for i in range(count):
            try:
                sock.bind((address, low + (first + i) % count))
                return sock
            except OSError:
                continue
        raise OSError(f"no free UDP port between {low} and {high} on {address}")
    except BaseException:
        sock.close()
        raise


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
    ) -> None:
        self.receiver, self.gate, self.clock = receiver, gate, clock
        self.addresses, self.ports = tuple(addresses), ports
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
        await self._dtls.stop()
        await self._ice.stop()
        self._dtls.remove_all_listeners()

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

    def arrived(self, protocol: _Protocol, data: bytes, source: Source) -> None:
        """One datagram. Whatever is in it, the worst that can follow is that it is counted and dropped."""
        now = self.clock()
        verdict = self.gate.admit(data, source, now)
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

    def heard(self) -> None:
        self.receiver.heard(self.clock())

    def proven(self, source: Source, selected: _ice.CandidatePair | None) -> None:
        """A pair's check succeeded; `selected` is the nominated pair, which changes when a phone changes network."""
        if len(self.gate.checked) < MAX_CHECKED or source in self.gate.checked:
            self.gate.checked.add(source)
        if selected is not None and isinstance(selected.protocol, _Protocol):
            self._sock, self._to = selected.protocol.sock, selected.remote_addr
        self.heard()

    def _changed(self) -> None:
        state = self._dtls.state
        if state == "connected":
            self._rx, self._tx = self._dtls._rx_srtp, self._dtls._tx_srtp
        elif state in ("closed", "failed"):
            self._rx = self._tx = None
        self.receiver.changed(state)


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
