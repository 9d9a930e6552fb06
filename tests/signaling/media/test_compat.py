"""One test for each private name that compat uses: an upgrade that moves one fails here, by name."""

from __future__ import annotations

import asyncio
import ctypes
import inspect
import socket
import time
from importlib import metadata

import aioice
import pylibsrtp
import pytest
from aioice import ice as aioice_ice
from aioice import stun
from aiortc import (
    RTCCertificate,
    RTCDtlsTransport,
    RTCIceGatherer,
    RTCIceTransport,
    RTCRtpSender,
)
from aiortc.rtcdtlstransport import SRTP_PROFILES

from signaling.client.media import Clip, Speaker
from signaling.media import compat, compat_ice
from signaling.media.gate import Gate, Verdict
from signaling.media.network import ALONE, Network
from signaling.media.port import MediaSettings

pytestmark = pytest.mark.anyio


class Quiet:
    """A receiver that only remembers."""

    def __init__(self) -> None:
        self.states: list[str] = []
        self.signs = 0

    def rtp(self, data: bytes, now: float) -> None: ...
    def rtcp(self, data: bytes, now: float) -> None: ...

    def heard(self, now: float) -> None:
        self.signs += 1

    def changed(self, state: str) -> None:
        self.states.append(state)


def wire(**given: object) -> compat.Wire:
    certificate = RTCCertificate.generateCertificate()
    settings = {"addresses": ("127.0.0.1",), **given}
    return compat.Wire(certificate, Quiet(), Gate(), time.monotonic, **settings)  # type: ignore[arg-type]


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]


def test_the_versions_are_the_pinned_ones() -> None:
    found = {name: metadata.version(name) for name in ("aiortc", "aioice", "pylibsrtp")}
    assert found == {"aiortc": "1.16.0", "aioice": "0.13.0", "pylibsrtp": "1.0.0"}


async def test_gatherer_connection_is_taken_over_by_the_transport() -> None:
    gatherer = RTCIceGatherer(iceServers=[])
    ours = aioice.Connection(ice_controlling=True)
    gatherer._connection = ours
    assert RTCIceTransport(gatherer)._connection is ours
    assert gatherer.getLocalParameters().usernameFragment == ours.local_username


async def test_dtls_role_and_srtp_sessions() -> None:
    gatherer = RTCIceGatherer(iceServers=[])
    dtls = RTCDtlsTransport(RTCIceTransport(gatherer), [RTCCertificate.generateCertificate()])
    dtls._set_role("server")
    assert dtls._role == "server"
    assert {"_rx_srtp", "_tx_srtp"} <= vars(dtls).keys()


async def test_connection_parts_that_an_ice_lite_agent_keeps() -> None:
    """Checks that came before `connect` are kept with where they came from; closing is a flag."""
    connection = aioice.Connection(ice_controlling=False)
    assert list(connection._early_checks) == [] and connection._early_checks_done is False
    assert connection._closing is False
    assert "USE-CANDIDATE" in stun.ATTRIBUTES_BY_NAME
    await connection.close()
    assert connection._closing is True


async def test_connection_parts_that_are_overridden() -> None:
    connection = aioice.Connection(ice_controlling=True)
    assert connection._protocols == [] and connection._nominated == {} and connection._queue.qsize() == 0
    assert parameters(connection.get_component_candidates) == ["component", "addresses", "timeout"]
    assert parameters(connection.data_received) == ["data", "component"]
    assert parameters(connection.check_complete) == ["pair"]
    assert parameters(connection.check_incoming) == ["message", "addr", "protocol"]
    assert parameters(connection.build_request) == ["pair", "nominate"]


async def test_connection_parts_that_are_read_and_written() -> None:
    ours = vars(aioice.Connection(ice_controlling=True, local_username="abcd1234"))
    assert {"_local_candidates", "_local_candidates_start", "_local_candidates_end"} <= ours.keys()
    assert {"_check_list", "_early_checks", "_early_checks_done", "_closing"} <= ours.keys()
    assert ours["_local_candidates"] == [] and ours["_check_list"] == [] and not ours["_closing"]


async def test_no_two_peers_share_a_name() -> None:
    names = {wire().local[0] for _ in range(50)}
    assert len(names) == 50 and all(len(name) == 12 for name in names)


async def test_the_machine_is_not_searched_for_its_addresses_for_every_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def search(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        asked.append(1)
        return ["10.0.0.5"]

    monkeypatch.setattr(aioice_ice, "get_host_addresses", search)
    monkeypatch.setattr(compat_ice, "_looked_up", None)
    assert {compat_ice.own_addresses(now) for now in (5.0, 6.0, 9.9)} == {("10.0.0.5",)}
    assert len(asked) == 1
    compat_ice.own_addresses(10.1)
    assert len(asked) == 2


def test_a_certificate_s_context_and_fingerprints_are_made_once() -> None:
    assert parameters(RTCCertificate._create_ssl_context) == ["self", "srtp_profiles"]
    one = compat.Certificate.generateCertificate()
    assert one.getFingerprints() is one.getFingerprints()
    assert one.getFingerprints() == RTCCertificate.getFingerprints(one)
    assert one._create_ssl_context(SRTP_PROFILES) is one._create_ssl_context(SRTP_PROFILES)


def test_protect_where_a_packet_lies_is_protect() -> None:
    sessions = []
    for _ in range(2):
        policy = pylibsrtp.Policy(key=bytes(range(30)), ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        sessions.append(pylibsrtp.Session(policy))
    packet = b"\x80\x60\0\1" + bytes(8) + b"sound"
    row, size = bytearray(packet + bytes(144)), bytearray(len(packet).to_bytes(4, "little"))
    row_at, size_at = ((ctypes.c_char * len(each)).from_buffer(each) for each in (row, size))
    [row_pointer] = compat.pointers("char *", ctypes.addressof(row_at), 0, 1)
    [size_pointer] = compat.pointers("int *", ctypes.addressof(size_at), 0, 1)
    assert compat.srtp_protect(compat.srtp_handle(sessions[0]), row_pointer, size_pointer) == 0
    assert bytes(row[: int.from_bytes(size, "little")]) == sessions[1].protect(packet)


def test_protocol_parts_that_are_overridden() -> None:
    assert parameters(aioice_ice.StunProtocol.connection_made) == ["self", "transport"]
    assert parameters(aioice_ice.StunProtocol.connection_lost) == ["self", "exc"]
    assert parameters(aioice_ice.StunProtocol.datagram_received) == ["self", "data", "addr"]
    assert parameters(aioice_ice.StunProtocol.request) == [
        "self", "request", "addr", "integrity_key", "retransmissions",
    ]  # fmt: skip
    assert aioice_ice.CandidatePair.State.SUCCEEDED
    assert issubclass(stun.TransactionTimeout, stun.TransactionError)


async def test_gathering_asks_get_component_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    one = wire()
    await one.gather()
    [candidate] = one.candidates
    assert (candidate.host, candidate.type, candidate.transport) == ("127.0.0.1", "host", "udp")
    await one.close()
    monkeypatch.setattr(aioice_ice, "get_host_addresses", lambda use_ipv4, use_ipv6: [])
    monkeypatch.setattr(compat_ice, "_looked_up", None)
    alone = wire(addresses=())
    assert parameters(aioice.Connection.gather_candidates) == ["self"]
    await alone.gather()
    assert [c.host for c in alone.candidates] == ["127.0.0.1"]
    await alone.close()


async def test_no_address_at_all_is_an_error() -> None:
    for network in (ALONE, Network(MediaSettings(backend="mux"))):
        with pytest.raises(OSError, match="none of the addresses"):
            await wire(addresses=("203.0.113.7",), network=network).gather()
        network.close()


async def test_ports_stay_in_their_range_and_running_out_is_an_error() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    first, second = wire(ports=(free, free)), wire(ports=(free, free))
    await first.gather()
    assert first.candidates[0].port == free
    with pytest.raises(OSError, match="no free UDP port"):
        await second.gather()
    await first.close()
    await second.close()


async def test_we_are_controlling_before_the_answer_comes() -> None:
    assert wire()._connection.ice_controlling


async def test_records_wait_in_a_bounded_queue() -> None:
    one = wire()
    for _ in range(1_000):
        one._connection.record_received(b"x")
    assert one._connection._queue.qsize() == compat.MAX_QUEUED
    assert one.gate.counts[Verdict.QUEUE_FULL] == 1_000 - compat.MAX_QUEUED


async def test_an_empty_or_odd_datagram_reaches_nothing() -> None:
    one = wire()
    await one.gather()
    target = ("127.0.0.1", one.candidates[0].port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for data in (b"", b"\x00", b"\x16", b"\x80", b"\xff" * 1_600, b"\x00\x01" + bytes(94)):
            sender.sendto(data, target)
        async with asyncio.timeout(30):
            while sum(one.gate.counts) < 6:
                await asyncio.sleep(0.01)
    assert one._connection._queue.qsize() == 0
    await one.close()


async def test_sending_before_the_connection_stands_or_after_it_ended_is_harmless() -> None:
    one = wire()
    one.send_rtp(b"x" * 30)
    await one.gather()
    one.send_rtcp(b"x" * 30)
    await one.close()
    one.send_rtp(b"x" * 30)
    await one.probe()


async def test_a_packet_too_long_for_srtp_is_counted() -> None:
    one = wire()
    key = bytes(30)
    policy = pylibsrtp.Policy(key=key, ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    one._tx = pylibsrtp.Session(policy)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        one._sock, one._to = sock, ("127.0.0.1", 9)
        one.send_rtp(b"\x80\x60" + bytes(1_400))
    assert one.unsent == 1


async def test_client_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice_ice, "get_host_addresses", aioice_ice.get_host_addresses)
    compat.limit_client_addresses(["127.0.0.5"])
    connection = aioice.Connection(ice_controlling=False)
    await connection.gather_candidates()
    assert [c.host for c in connection.local_candidates] == ["127.0.0.5"]
    await connection.close()


async def test_a_request_for_a_picture_reaches_the_simulated_speaker(clip: Clip) -> None:
    assert parameters(RTCRtpSender._send_keyframe) == ["self"]
    speaker = Speaker(clip)
    transceiver = speaker.connection.addTransceiver("video", "sendonly")
    asked: list[int] = []
    compat.on_keyframe_request(transceiver.sender, lambda: asked.append(1))
    transceiver.sender._send_keyframe()
    assert asked == [1]
    await speaker.close()
