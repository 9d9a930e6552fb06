"""RTCP checked against another implementation, in both directions."""

from __future__ import annotations

from aiortc import rtp as oracle
from hypothesis import given
from hypothesis import strategies as st

from signaling.media import rtcp

U32 = st.integers(0, 2**32 - 1)


@given(st.binary(max_size=120))
def test_nothing_that_arrives_raises(data: bytes) -> None:
    rtcp.parse(data)


@given(st.binary(max_size=60), st.sampled_from([200, 201, 205, 206]), st.integers(0, 31), st.integers(0, 20))
def test_no_body_raises(body: bytes, kind: int, count: int, words: int) -> None:
    rtcp.parse(bytes([0x80 | count, kind, 0, words]) + body)


@given(st.lists(st.integers(0, 65_535), min_size=1, max_size=40, unique=True))
def test_what_is_asked_for_is_what_is_read(numbers: list[int]) -> None:
    numbers.sort()
    data = rtcp.not_received(1, 77, numbers)
    assert [seq for _, seq in rtcp.parse(data).lost] == numbers
    [packet] = oracle.RtcpPacket.parse(data)
    assert isinstance(packet, oracle.RtcpRtpfbPacket) and packet.media_ssrc == 77
    assert sorted(packet.lost) == numbers


def test_asking_across_the_wrap() -> None:
    data = rtcp.not_received(1, 77, [65_534, 65_535, 0, 3])
    assert len(data) == 16 and [seq for _, seq in rtcp.parse(data).lost] == [65_534, 65_535, 0, 3]


@given(U32, st.integers(0, 255), st.integers(-(2**23), 2**23 - 1), U32, U32, U32, U32)
def test_receiver_report(ssrc: int, fraction: int, lost: int, highest: int, jitter: int, lsr: int, dlsr: int) -> None:
    block = rtcp.Block(ssrc, fraction, lost, highest, jitter, lsr, dlsr)
    data = rtcp.receiver_report(1, [block])
    assert rtcp.parse(data).blocks == [block]
    [packet] = oracle.RtcpPacket.parse(data)
    assert isinstance(packet, oracle.RtcpRrPacket)
    report = packet.reports[0]
    assert (report.ssrc, report.fraction_lost, report.packets_lost) == (ssrc, fraction, lost)


@given(U32, st.integers(0, 2**64 - 1), U32)
def test_sender_report_with_names(ssrc: int, ntp: int, timestamp: int) -> None:
    data = rtcp.sender_report(ssrc, ntp, timestamp, 5, 6) + rtcp.source_description(ssrc, "seat-1")
    assert rtcp.parse(data).reports == [rtcp.Report(ssrc, ntp, timestamp)]
    sender, names = oracle.RtcpPacket.parse(data)
    assert isinstance(sender, oracle.RtcpSrPacket) and sender.sender_info.rtp_timestamp == timestamp
    assert isinstance(names, oracle.RtcpSdesPacket)
    assert [(c.ssrc, c.items) for c in names.chunks] == [(ssrc, [(1, b"seat-1")])]


@given(st.integers(1, 2**36))
def test_bitrate_limit(bits: int) -> None:
    data = rtcp.bitrate_limit(1, bits, [7, 8])
    read = rtcp.parse(data).bitrate
    assert read is not None and read <= bits and read > bits * 0.99999 - 1
    [packet] = oracle.RtcpPacket.parse(data)
    assert isinstance(packet, oracle.RtcpPsfbPacket)
    assert oracle.unpack_remb_fci(packet.fci) == (read, [7, 8])


def test_pictures_asked_for() -> None:
    full = bytes(oracle.RtcpPsfbPacket(fmt=4, ssrc=1, media_ssrc=0, fci=(9).to_bytes(4, "big") + bytes(4)))
    assert rtcp.parse(rtcp.picture_loss(1, 77) + full).keyframes == [77, 9]


def test_one_datagram_asks_for_a_bounded_number() -> None:
    body = b"\x00\x01\xff\xff" * 200
    data = bytes([0x81, 205]) + ((8 + len(body)) // 4).to_bytes(2, "big") + bytes(8) + body
    assert len(rtcp.parse(data).lost) == rtcp.MAX_LOST


def test_unix_epoch_in_ntp() -> None:
    assert rtcp.ntp_from_unix(0) >> 32 == 2_208_988_800
