"""ICE on our own sockets: the half of `compat` that reaches below aioice's public face.

A private name that is used here is listed in `compat`, with the others.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aioice import Candidate, Connection
from aioice import ice as _ice
from aioice import stun as _stun
from aioice.candidate import candidate_foundation, candidate_priority

from signaling.media.gate import Source, Verdict
from signaling.media.mux import Listener
from signaling.media.sockets import bind_if_there

if TYPE_CHECKING:
    from signaling.media.compat import Wire

#: DTLS records waiting for the handshake; media never waits in a queue.
MAX_QUEUED = 64
#: One component: RTP and RTCP share it (RFC 8843).
COMPONENT = 1
#: The machine's own addresses are looked up again after this time, in seconds.
LOOK_AGAIN_S = 5.0

_looked_up: tuple[float, tuple[str, ...]] | None = None


def own_addresses(now: float) -> tuple[str, ...]:
    """The machine's addresses; one without a network still has itself."""
    global _looked_up
    if _looked_up is None or not 0 <= now - _looked_up[0] < LOOK_AGAIN_S:
        _looked_up = (now, tuple(_ice.get_host_addresses(use_ipv4=True, use_ipv6=True)) or ("127.0.0.1",))
    return _looked_up[1]


class Endpoint(_ice.StunProtocol):
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


class Share(asyncio.DatagramTransport):
    """One peer's part of a shared socket, as ICE expects a transport to be."""

    def __init__(self, listener: Listener, protocol: Endpoint) -> None:
        super().__init__()
        self._listener, self._protocol = listener, protocol

    def sendto(self, data: Any, addr: Any = None) -> None:
        self._listener.send(data, addr)

    def close(self) -> None:
        self._protocol.connection_lost(None)


class Agent(Connection):
    """ICE with our sockets. It is controlling from birth: we offer, and checks may come before the answer does."""

    def __init__(self, wire: Wire) -> None:
        # A fragment long enough that no two peers of a process share one: a shared port tells them apart by it.
        super().__init__(ice_controlling=True, local_username=secrets.token_hex(6))
        self.wire = wire

    async def gather_candidates(self) -> None:
        """Ours are all known at once; the machine is not searched for its addresses for every peer anew."""
        if not self._local_candidates_start:
            self._local_candidates_start = True
            self._local_candidates += await self.get_component_candidates(COMPONENT, [])
            if not self._local_candidates:
                raise OSError("none of the addresses for media is this machine's")
            self._local_candidates_end = True

    async def get_component_candidates(self, component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        found = []
        wanted = self.wire.addresses or own_addresses(self.wire.clock())
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

    async def _own(self, addresses: Sequence[str]) -> list[Endpoint]:
        protocols = []
        for address in addresses:
            sock = bind_if_there(address, self.wire.ports)
            if sock is None:
                continue
            _, protocol = await asyncio.get_running_loop().create_datagram_endpoint(lambda: Endpoint(self), sock=sock)
            protocol.wire, protocol.sock = self.wire, sock
            protocols.append(protocol)
        return protocols

    def _shared(self, addresses: Sequence[str]) -> list[Endpoint]:
        assert self.wire.network.mux is not None
        protocols = []
        for listener in self.wire.network.mux.listen(addresses):
            protocol = Endpoint(self)
            protocol.wire, protocol.sock, protocol.listener = self.wire, listener.sock, listener
            protocol.connection_made(Share(listener, protocol))
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
            assert isinstance(pair.protocol, Endpoint)
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


class LiteAgent(Agent):
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
        assert isinstance(protocol, Endpoint)
        if protocol.listener is not None and not protocol.listener.is_free(addr, self.wire):
            return  # nothing has come back from there, so nobody else's address is taken away for it
        pair = self._nominated.get(COMPONENT)
        if pair is None or pair.remote_addr != addr or pair.protocol is not protocol:
            remote = Candidate("1", COMPONENT, "udp", candidate_priority(COMPONENT, "prflx"), addr[0], addr[1], "prflx")
            pair = _ice.CandidatePair(protocol, remote)
            pair.state, pair.nominated = _ice.CandidatePair.State.SUCCEEDED, True
            self._nominated[COMPONENT] = pair
        self.wire.proven(protocol.listener, addr, pair)
        self._chosen.set()

    async def close(self) -> None:
        self._closing = True
        self._chosen.set()
        await super().close()
