"""Reads RTP headers (RFC 3550 §5.1), unwraps retransmissions (RFC 4588) and finds where a keyframe starts.

Written here rather than borrowed because the forwarder needs six fields of a packet and the payload as it came;
a general parser builds objects for extensions that are thrown away for every packet of every speaker.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

_HEADER = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")

#: One-byte header extensions (RFC 8285 §4.2).
ONE_BYTE = 0xBEDE
#: Extension id of the client-to-mixer audio level (RFC 6464), as written in every offer.
LEVEL_ID = 1
#: Extension id of abs-send-time, which a browser needs before it estimates the bandwidth of its downlink.
SEND_TIME_ID = 3

#: Largest RTP packet accepted from a speaker, in bytes: what is added before sending on (8 bytes of extension,
#: 2 bytes of original sequence number) must still fit the 1,356 bytes that the SRTP library takes.
MAX_PACKET = 1340


class Rtp(NamedTuple):
    """The part of a packet that the forwarder looks at. `level` is -dBov, 0 (loud) to 127 (silence), or None."""

    marker: int
    payload_type: int
    seq: int
    timestamp: int
    ssrc: int
    payload: bytes
    level: int | None


def parse(data: bytes) -> Rtp | None:
    """One packet, without padding, contributing sources and extensions; None when it is not well formed."""
    size = len(data)
    if size < 12 or size > MAX_PACKET:
        return None
    first, second, seq, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != 2:
        return None
    start = 12 + 4 * (first & 0x0F)
    level = None
    if first & 0x10:
        if size < start + 4:
            return None
        profile, words = _EXTENSION.unpack_from(data, start)
        begin = start + 4
        start = begin + 4 * words
        if size < start:
            return None
        if profile == ONE_BYTE:
            level = _level(data, begin, start)
    if size < start:
        return None
    end = size
    if first & 0x20:
        padding = data[-1]
        if padding == 0 or start + padding > size:
            return None
        end -= padding
    return Rtp(second >> 7, second & 0x7F, seq, timestamp, ssrc, data[start:end], level)


def _level(data: bytes, at: int, end: int) -> int | None:
    """The audio level among one-byte extensions; a truncated list simply ends."""
    while at < end:
        head = data[at]
        if head == 0:
            at += 1
            continue
        if head >> 4 == 15:
            return None
        if head >> 4 == LEVEL_ID:
            return data[at + 1] & 0x7F if at + 1 < end else None
        at += 2 + (head & 0x0F)
    return None


def unwrap(packet: Rtp, payload_type: int, ssrc: int) -> Rtp | None:
    """The packet inside a retransmission (RFC 4588 §4); None for the empty ones that browsers send as probes."""
    if len(packet.payload) < 3:
        return None
    seq = int.from_bytes(packet.payload[:2], "big")
    return Rtp(packet.marker, payload_type, seq, packet.timestamp, ssrc, packet.payload[2:], None)


def starts_keyframe(codec: str, payload: bytes) -> bool:
    """Whether a picture that needs no earlier one begins with this packet."""
    if not payload:
        return False
    return _vp8_key(payload) if codec == "vp8" else _h264_key(payload)


def _vp8_key(payload: bytes) -> bool:
    """RFC 7741 §4.2 and §4.3: start of partition 0, and the P bit of the frame header is 0."""
    first = payload[0]
    if not first & 0x10 or first & 0x07:
        return False
    at = 1
    if first & 0x80:
        if len(payload) < 3:
            return False
        extended = payload[1]
        at = 2
        if extended & 0x80:
            at += 2 if payload[at] & 0x80 else 1
        if extended & 0x40:
            at += 1
        if extended & 0x30:
            at += 1
    return at < len(payload) and not payload[at] & 0x01


def _h264_key(payload: bytes) -> bool:
    """RFC 6184: a sequence parameter set, alone or in an aggregation packet, precedes every refresh."""
    kind = payload[0] & 0x1F
    if kind == 7:
        return True
    if kind != 24:
        return False
    at = 1
    while at + 3 <= len(payload):
        size = int.from_bytes(payload[at : at + 2], "big")
        if payload[at + 2] & 0x1F == 7:
            return True
        at += 2 + size
    return False
