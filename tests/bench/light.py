"""Subscribers that cost little: a real ICE, DTLS and SRTP handshake, then datagrams are only counted.

`python -m tests.bench.light ADDRESS SEED` holds any number of them. They behave towards a server as browsers do: checks
of consent, once a second a receiver report on every stream with a bandwidth estimate (REMB), now and then a NACK for a
picture's packet, a PLI when they begin. One packet in 64 is authenticated; of the rest only the header is read.

Sockets are emptied every 10 ms, not at each packet: on loopback a reader's wake-up is charged to the sender, who in
truth would have a network card between.

Below the classes that aiortc exports only names are used for which `signaling.media.compat` has contract tests.
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from aioice import Candidate, Connection, ice
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
)
from aiortc.sdp import candidate_from_sdp
from pylibsrtp import Error as SrtpError

from signaling.client.media import Clip
from signaling.media import rtcp
from tests.bench.children import serve

#: Seconds between emptying the sockets, with and without packets arriving.
DRAIN_S, IDLE_S = 0.01, 0.1
#: Seconds between a subscriber's reports; of how many one misses a packet of a picture, and one speaks of the sound.
REPORT_S, NACK_EVERY, SOUND_EVERY = 1.0, 2, 5
#: One packet in so many is authenticated.
AUTHENTICATED = 64
#: What she says she can take for each picture, in bit/s: half as much again as comes, so nobody holds anything back.
ESTIMATE = 750_000
#: Room for what arrives between two drains.
BUFFER = 1024 * 1024

_NOT_OURS = (
    "a=candidate", "a=end-of-candidates", "a=ice-", "a=fingerprint", "a=setup", "a=ssrc", "a=msid", "a=sendonly",
    "a=sendrecv", "a=rtcp:", "b=", "c=",
)  # fmt: skip


class _Socket(asyncio.DatagramTransport):
    """What aioice needs of a transport, over a socket that we read ourselves."""

    def __init__(self, sock: socket.socket, protocol: ice.StunProtocol) -> None:
        super().__init__()
        self.sock, self._protocol = sock, protocol
        protocol.connection_made(self)

    def sendto(self, data: Any, addr: Any = None) -> None:
        try:
            self.sock.sendto(data, addr)
        except OSError:
            pass

    def close(self) -> None:
        if self.sock.fileno() >= 0:
            self.sock.close()
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)


class _Connection(Connection):
    """ICE on one socket that belongs to the subscriber."""

    def __init__(self, address: str) -> None:
        super().__init__(ice_controlling=False)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.sock.bind((address, 0))

    async def get_component_candidates(self, component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        host, port = self.sock.getsockname()
        protocol = ice.StunProtocol(self)
        _Socket(self.sock, protocol)
        protocol.local_candidate = Candidate("1", component, "udp", 2_130_706_431, host, port, "host")
        self._protocols.append(protocol)
        return [protocol.local_candidate]


class Stream:
    """One SSRC as it arrives."""

    __slots__ = ("at", "first", "highest", "lsr", "payload_type", "received")

    def __init__(self, payload_type: int, seq: int) -> None:
        self.payload_type, self.first, self.highest = payload_type, seq, seq
        self.received = self.lsr = 0
        self.at = 0.0


class Subscriber:
    """One of them."""

    def __init__(self, hall: Hall, name: str, offer: str, clip: str | None) -> None:
        self.hall, self.name, self.offer = hall, name, offer
        self.streams: dict[int, Stream] = {}
        self.expected = hall.sounds(clip) if clip else None
        self.packets = self.octets = self.authenticated = self.bad = self.foreign = 0
        self.tags: set[int] = set()
        self.up: bool | None = None
        self._reports = hall.rng.randrange(NACK_EVERY * SOUND_EVERY)
        self._ssrc = hall.rng.randrange(8, 1 << 32)
        self._retransmitted = set(map(int, re.findall(r"a=rtpmap:(\d+) rtx/", offer)))
        self._pictures = set(map(int, re.findall(r"a=rtpmap:(\d+) (?:VP8|H264)/", offer)))
        gatherer = RTCIceGatherer(iceServers=[])
        gatherer._connection = self._connection = _Connection(hall.address)
        self._gatherer, self._ice = gatherer, RTCIceTransport(gatherer)
        self._dtls = RTCDtlsTransport(self._ice, [hall.certificate])
        self._dtls._set_role("client")

    async def answer(self) -> str:
        """The answer to the server's offer: every line as it is, received only."""
        await self._gatherer.gather()
        mine = self._gatherer.getLocalParameters()
        (candidate,) = self._connection.local_candidates
        prints = (f for f in self._dtls.getLocalParameters().fingerprints if f.algorithm == "sha-256")
        own = [
            f"a=ice-ufrag:{mine.usernameFragment}", f"a=ice-pwd:{mine.password}", "a=setup:active", "a=recvonly",
            f"a=fingerprint:sha-256 {next(prints).value}", f"a=candidate:{candidate.to_sdp()}", "a=end-of-candidates",
        ]  # fmt: skip
        head, *sections = re.split(r"(?m)^(?=m=)", self.offer)
        group = next(row for row in head.splitlines() if row.startswith("a=group:BUNDLE"))
        lines = ["v=0", "o=- 2 2 IN IP4 0.0.0.0", "s=-", "t=0 0", group]
        for section in sections:
            first, *rest = section.splitlines()
            lines += [first, "c=IN IP4 0.0.0.0", *own]
            lines += [row for row in rest if row and not row.startswith(_NOT_OURS)]
        return "\r\n".join(lines) + "\r\n"

    async def connect(self) -> bool:
        """The handshake; from then on the hall reads the socket."""
        loop = asyncio.get_running_loop()
        sock = self._connection.sock
        (protocol,) = self._connection._protocols

        def arrived() -> None:
            try:
                protocol.datagram_received(*sock.recvfrom(2048))
            except OSError:
                pass

        loop.add_reader(sock, arrived)
        try:
            rows = self.offer.splitlines()
            for candidate in dict.fromkeys(row for row in rows if row.startswith("a=candidate:") and " udp " in row):
                await self._ice.addRemoteCandidate(candidate_from_sdp(candidate.split(":", 1)[1]))
            ufrag, pwd, fingerprint = (_value(rows, name) for name in ("ice-ufrag", "ice-pwd", "fingerprint"))
            await self._ice.start(RTCIceParameters(usernameFragment=ufrag, password=pwd))
            if self._ice.state == "completed":
                kind, value = fingerprint.split(" ", 1)
                fingerprints = [RTCDtlsFingerprint(algorithm=kind.lower(), value=value)]
                await self._dtls.start(RTCDtlsParameters(fingerprints=fingerprints))
        finally:
            loop.remove_reader(sock)
        self.up = self._dtls.state == "connected"
        self._protocol = protocol
        return self.up

    def drain(self, now: float) -> int:
        """Reads everything that waits; returns how many packets of media."""
        buffer, recv_into, streams = self.hall.buffer, self._connection.sock.recv_into, self.streams
        count = 0
        while True:
            try:
                size = recv_into(buffer)
            except OSError:
                self.packets += count
                return count
            first, second = buffer[0], buffer[1]
            if not 128 <= first < 192:
                self._protocol.datagram_received(bytes(buffer[:size]), self._connection._nominated[1].remote_addr)
                continue
            if 192 <= second <= 223:
                self._reported(bytes(buffer[:size]), now)
                continue
            count += 1
            self.octets += size
            seq, ssrc = (buffer[2] << 8) | buffer[3], int.from_bytes(buffer[8:12], "big")
            stream = streams.get(ssrc)
            if stream is None:
                stream = streams[ssrc] = Stream(second & 0x7F, seq)
                if stream.payload_type in self._pictures:
                    self._send(rtcp.receiver_report(self._ssrc, []) + rtcp.picture_loss(self._ssrc, ssrc))
            stream.received += 1
            ahead = (seq - stream.highest) & 0xFFFF
            if 0 < ahead < 0x8000:
                stream.highest += ahead
            if stream.received % AUTHENTICATED == 1:
                self._authenticate(bytes(buffer[:size]), stream)

    def _authenticate(self, data: bytes, stream: Stream) -> None:
        try:
            plain = self._dtls._rx_srtp.unprotect(data)
        except SrtpError:
            self.bad += 1
            return
        self.authenticated += 1
        self.tags.add(len(data) - len(plain))
        if self.expected is None or stream.payload_type in self._pictures | self._retransmitted:
            return
        at = 12 + 4 * (plain[0] & 15)
        if plain[0] & 0x10:
            at += 4 + 4 * int.from_bytes(plain[at + 2 : at + 4], "big")
        self.foreign += plain[at:] not in self.expected

    def _reported(self, data: bytes, now: float) -> None:
        try:
            reports = rtcp.parse(self._dtls._rx_srtp.unprotect_rtcp(data)).reports
        except SrtpError:
            return
        for report in reports:
            stream = self.streams.get(report.ssrc)
            if stream is not None:
                stream.lsr, stream.at = report.ntp >> 16 & 0xFFFFFFFF, now

    def report(self, now: float) -> None:
        """A receiver report for each stream in a packet of its own, as browsers send them (those of sound more seldom);
        with an estimate, and every other time with a NACK for a picture's newest packet."""
        self._reports += 1
        heard = [(ssrc, s) for ssrc, s in self.streams.items() if s.payload_type not in self._retransmitted]
        pictures = [ssrc for ssrc, s in heard if s.payload_type in self._pictures]
        missed = self.hall.rng.choice(pictures) if pictures and self._reports % NACK_EVERY == 0 else None
        for ssrc, s in heard:
            if ssrc not in pictures and self._reports % SOUND_EVERY:
                continue
            dlsr = int((now - s.at) * 65_536) & 0xFFFFFFFF if s.lsr else 0
            block = rtcp.Block(ssrc, 0, 0, s.highest & 0xFFFFFFFF, 100, s.lsr, dlsr)
            said = rtcp.receiver_report(self._ssrc, [block]) + rtcp.source_description(self._ssrc, self.name)
            if pictures and ssrc == pictures[0]:
                said += rtcp.bitrate_limit(self._ssrc, ESTIMATE * len(pictures), pictures)
            if ssrc == missed:
                said += rtcp.not_received(self._ssrc, ssrc, [s.highest & 0xFFFF])
            self._send(said)

    def _send(self, said: bytes) -> None:
        try:
            self._connection.sock.sendto(
                self._dtls._tx_srtp.protect_rtcp(said), self._connection._nominated[1].remote_addr
            )
        except (OSError, SrtpError):
            pass

    async def close(self) -> None:
        await self._dtls.stop()
        await self._ice.stop()


def _value(rows: list[str], name: str) -> str:
    return next(row.split(":", 1)[1] for row in rows if row.startswith(f"a={name}:"))


class Hall:
    """All subscribers of this process."""

    def __init__(self, address: str, seed: int) -> None:
        self.address, self.rng = address, random.Random(seed)
        self.certificate = RTCCertificate.generateCertificate()
        self.buffer = bytearray(2048)
        self.subscribers: dict[str, Subscriber] = {}
        self._clips: dict[str, frozenset[bytes]] = {}

    def sounds(self, clip: str) -> frozenset[bytes]:
        """Every packet of a clip's sound, to know one by."""
        if clip not in self._clips:
            self._clips[clip] = frozenset(piece.data for piece in Clip.load(Path(clip)).audio)
        return self._clips[clip]

    async def join(self, name: str, offer: str, clip: str | None = None) -> dict[str, Any]:
        subscriber = self.subscribers[name] = Subscriber(self, name, offer, clip)
        return {"answer": await subscriber.answer()}

    async def connect(self, name: str) -> dict[str, Any]:
        return {"up": await self.subscribers[name].connect()}

    async def count(self, each: bool = False) -> dict[str, Any]:
        """What has arrived so far, all together; with `each`, also which SSRCs at whom."""
        people = self.subscribers.values()
        found: dict[str, Any] = {
            name: sum(getattr(person, name) for person in people)
            for name in ("packets", "octets", "authenticated", "bad", "foreign")
        }
        # In bytes; it tells the kind of cipher: AES-GCM adds 16, HMAC-SHA1 10.
        found["tags"] = sorted(set().union(*(person.tags for person in people)))
        found["up"] = sum(bool(person.up) for person in people)
        if each:
            found["each"] = {p.name: {ssrc: s.received for ssrc, s in p.streams.items()} for p in people}
            found["types"] = Counter(str(s.payload_type) for p in people for s in p.streams.values())
        return found

    async def leave(self, name: str) -> dict[str, Any]:
        await self.subscribers.pop(name).close()
        return {}

    async def run(self) -> None:
        due: dict[str, float] = {}
        while True:
            now = time.monotonic()
            arrived = 0
            for person in list(self.subscribers.values()):
                if not person.up:
                    continue
                arrived += person.drain(now)
                if now >= due.setdefault(person.name, now + self.rng.random() * REPORT_S):
                    due[person.name] = now + REPORT_S
                    person.report(now)
            await asyncio.sleep(DRAIN_S if arrived else IDLE_S)


async def main() -> None:
    hall = Hall(sys.argv[1], int(sys.argv[2]))
    running = asyncio.get_running_loop().create_task(hall.run())
    await serve({"join": hall.join, "connect": hall.connect, "count": hall.count, "leave": hall.leave})
    running.cancel()


if __name__ == "__main__":
    asyncio.run(main())
