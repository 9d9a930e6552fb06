"""RTP packets as a speaker's phone writes them, for tests that need no network."""

from __future__ import annotations

import struct

VP8_KEY = b"\x10\x00\x9d\x01\x2a" + bytes(20)
VP8_DELTA = b"\x10\x01" + bytes(20)
VP8_REST = b"\x00" + bytes(20)


def rtp(
    payload_type: int = 96,
    seq: int = 1,
    timestamp: int = 0,
    ssrc: int = 77,
    payload: bytes = VP8_DELTA,
    marker: bool = True,
    extension: bytes = b"",
    profile: int = 0xBEDE,
    padding: int = 0,
    sources: int = 0,
) -> bytes:
    first = 0x80 | sources | (0x10 if extension else 0) | (0x20 if padding else 0)
    head = struct.pack("!BBHII", first, (0x80 if marker else 0) | payload_type, seq & 0xFFFF, timestamp, ssrc)
    data = head + bytes(4 * sources)
    if extension:
        extension += bytes(-len(extension) % 4)
        data += struct.pack("!HH", profile, len(extension) // 4) + extension
    data += payload
    return data + bytes(padding - 1) + bytes([padding]) if padding else data
