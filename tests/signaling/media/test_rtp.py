from __future__ import annotations

import pytest
from aiortc import rtp as oracle
from hypothesis import given
from hypothesis import strategies as st

from signaling.media import rtp
from tests.signaling.media import packets


def test_header_padding_sources_and_extensions_are_stripped() -> None:
    data = packets.rtp(111, 4711, 123456, 99, b"sound", False, extension=b"\x30\x01\x10\x85", padding=7, sources=2)
    packet = rtp.parse(data)
    assert packet == rtp.Rtp(0, 111, 4711, 123456, 99, b"sound", 0x05)


@given(
    st.binary(max_size=40),
    st.integers(0, 65_535),
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.integers(0, 15),
    st.integers(0, 20),
)
def test_reads_what_another_reader_reads(
    payload: bytes, seq: int, timestamp: int, marker: bool, sources: int, padding: int
) -> None:
    data = packets.rtp(96, seq, timestamp, 5, payload, marker, b"\x22\x01\x02\x03", padding=padding, sources=sources)
    ours, theirs = rtp.parse(data), oracle.RtpPacket.parse(data)
    assert ours is not None
    assert (ours.seq, ours.timestamp, ours.ssrc, ours.payload) == (
        theirs.sequence_number,
        theirs.timestamp,
        theirs.ssrc,
        theirs.payload,
    )
    assert bool(ours.marker) is bool(theirs.marker)


@given(st.binary(max_size=80))
def test_nothing_that_arrives_raises(data: bytes) -> None:
    packet = rtp.parse(data)
    if packet is not None:
        for codec in ("vp8", "h264"):
            rtp.starts_keyframe(codec, packet.payload)
        rtp.unwrap(packet, 96, 1)


@given(st.sampled_from(["vp8", "h264"]), st.binary(max_size=30))
def test_no_payload_raises(codec: str, payload: bytes) -> None:
    rtp.starts_keyframe(codec, payload)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x60",
        packets.rtp()[:11],
        b"\x40" + packets.rtp()[1:],
        packets.rtp(payload=bytes(rtp.MAX_PACKET)),
        packets.rtp(extension=bytes(4))[:14],
        packets.rtp(extension=bytes(40))[:20],
        b"\xa0" + packets.rtp(payload=b"")[1:-1] + b"\xff",
        b"\x8f" + packets.rtp(payload=b"")[1:],
    ],
)
def test_what_is_not_a_packet_is_none(data: bytes) -> None:
    assert rtp.parse(data) is None


def test_two_byte_extensions_are_skipped() -> None:
    packet = rtp.parse(packets.rtp(extension=b"\x01\x01\x05\x00", profile=0x1000, payload=b"x"))
    assert packet is not None and packet.level is None and packet.payload == b"x"


def test_level_after_another_extension_and_a_truncated_list() -> None:
    after = rtp.parse(packets.rtp(extension=b"\x00\x32\x01\x02\x03\x10\x9e"))
    assert after is not None and after.level == 0x1E
    truncated = rtp.parse(packets.rtp(extension=b"\x32\x01\x02\x10"))
    assert truncated is not None and truncated.level is None
    stopped = rtp.parse(packets.rtp(extension=b"\xf0\x10\x05\x00"))
    assert stopped is not None and stopped.level is None


def test_retransmission_unwraps_to_the_original() -> None:
    packet = rtp.parse(packets.rtp(97, 5, 90, 78, b"\x12\x34" + packets.VP8_KEY))
    assert packet is not None
    inner = rtp.unwrap(packet, 96, 77)
    assert inner is not None and (inner.seq, inner.payload_type, inner.ssrc) == (0x1234, 96, 77)
    assert inner.payload == packets.VP8_KEY
    assert rtp.unwrap(packet._replace(payload=b"\x00\x01"), 96, 77) is None


@pytest.mark.parametrize(
    ("codec", "payload", "key"),
    [
        ("vp8", packets.VP8_KEY, True),
        ("vp8", packets.VP8_DELTA, False),
        ("vp8", packets.VP8_REST, False),
        ("vp8", b"\x90\x80\x05\x00", True),  # 7-bit picture id
        ("vp8", b"\x90\x80\x05\x01", False),
        ("vp8", b"\x90\xe0\x85\x99\x10\x40\x00", True),  # 15-bit picture id, TL0, temporal index
        ("vp8", b"\x90\xe0\x85\x99\x10\x40\x01", False),
        ("vp8", b"\x11\x00", False),  # partition 1
        ("vp8", b"\x90\x80", False),
        ("vp8", b"", False),
        ("h264", b"\x67\x42", True),
        ("h264", b"\x65\x00", False),
        ("h264", b"\x41\x00", False),
        ("h264", b"\x18\x00\x02\x09\x10\x00\x03\x67\x42\x00", True),  # delimiter, then parameters
        ("h264", b"\x18\x00\x02\x06\x10", False),
        ("h264", b"\x18\x00", False),
    ],
)
def test_where_a_keyframe_starts(codec: str, payload: bytes, key: bool) -> None:
    assert rtp.starts_keyframe(codec, payload) is key
