"""Pictures as RTP payloads: what a receiver puts together again is what the encoder made."""

from __future__ import annotations

import pytest
from aiortc import RTCRtpCodecParameters
from aiortc.codecs import depayload

from signaling.media.packetize import MOST, payloads
from signaling.media.rtp import starts_keyframe

H264 = RTCRtpCodecParameters("video/H264", 90_000)
SPS, PPS = bytes((0x67,)) + bytes(range(20)), bytes((0x68,)) + bytes(4)


def slice_of(size: int, kind: int = 0x65) -> bytes:
    return bytes((kind,)) + bytes(1 + index % 250 for index in range(size - 1))


def together(found: list[bytes]) -> bytes:
    return b"".join(depayload(H264, payload) for payload in found)


@pytest.mark.parametrize("size", [1, 2, 100, MOST - 1, MOST, MOST + 1, MOST + 2, 2 * MOST - 3, 5 * MOST, 60_000])
def test_a_receiver_gets_the_units_that_went_in(size: int) -> None:
    units = [SPS, PPS, slice_of(size)]
    found = payloads(units)
    assert max(map(len, found)) <= MOST
    assert together(found) == b"".join(b"\x00\x00\x00\x01" + unit for unit in units)


def test_parameter_sets_share_a_packet_that_tells_a_keyframe() -> None:
    found = payloads([SPS, PPS, slice_of(3 * MOST)])
    assert found[0][0] & 0x1F == 24 and starts_keyframe("h264", found[0])
    assert not any(starts_keyframe("h264", payload) for payload in found[1:])
    assert found[0][0] & 0x60 == 0x60  # as important as the most important in it


def test_pieces_say_where_a_unit_begins_and_ends() -> None:
    found = payloads([slice_of(3 * MOST, 0x41)])
    assert [payload[0] for payload in found] == [0x40 | 28] * len(found)
    assert [payload[1] & 0xC0 for payload in found] == [0x80] + [0] * (len(found) - 2) + [0x40]
    assert {payload[1] & 0x1F for payload in found} == {1}


def test_one_small_unit_goes_as_it_is() -> None:
    assert payloads([slice_of(50, 0x41)]) == [slice_of(50, 0x41)]
    assert payloads([]) == []
