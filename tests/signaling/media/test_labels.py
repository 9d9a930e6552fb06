"""A viewer's own numbers on packets that were written once for all."""

from __future__ import annotations

import struct

from signaling.media.forward import Line, Outlet
from signaling.media.labels import Labels
from signaling.media.rtp import ONE_BYTE, Rtp

SPS = b"\x67\x42\xc0\x1e"


def sent(labels: Labels) -> list[bytes | None]:
    """One keyframe of ours and its retransmission, as she gets them."""
    found: list[bytes] = []
    line = Line("video", "h264", 102, 90_000, 4_711, (103, 4_712))
    outlet = Outlet(found.append)
    line.add(outlet)
    line.forward(Rtp(1, 0, 5, 900, 1, SPS, None), 5, 1.0)
    assert line.repeat(outlet, 1, 2.0)
    return [labels.put(data) for data in found]


def test_types_and_the_extension_s_id_are_hers_and_all_else_stays() -> None:
    first, again = sent(Labels({102: 99, 103: 100}, 5))
    assert first is not None and again is not None
    assert (first[1], again[1]) == (0x80 | 99, 0x80 | 100)
    for packet in (first, again):
        assert struct.unpack_from("!HH", packet, 12) == (ONE_BYTE, 1) and packet[16] == 5 << 4 | 2
    assert struct.unpack_from("!I", first, 8) == (4_711,) and first[20:] == SPS
    assert struct.unpack_from("!I", again, 8) == (4_712,) and again[20:] == b"\x00\x01" + SPS


def test_without_the_extension_its_place_is_padding_and_a_type_unknown_to_her_is_not_sent() -> None:
    first, again = sent(Labels({102: 99}, None))
    assert first is not None and first[16:20] == bytes(4)
    assert again is None
