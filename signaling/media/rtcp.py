"""RTCP in both directions: RFC 3550 §6 reports, RFC 4585 feedback, and REMB (draft-alvestrand-rmcat-remb-03).

A compound packet is read leniently: parts that are not understood are skipped, a truncated one ends the reading,
and nothing that a peer sends raises.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206

#: Most sequence numbers read from one compound packet: bounds what a single datagram can make us send again.
MAX_LOST = 256

#: Seconds between 1900-01-01 (the NTP epoch) and 1970-01-01.
_NTP_EPOCH = 2_208_988_800


class Block(NamedTuple):
    """One report block. `fraction` is lost/256 since the last report, `jitter` is in clock units, `lsr` and `dlsr`
    are in 1/65,536 s."""

    ssrc: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    lsr: int
    dlsr: int


class Report(NamedTuple):
    """A sender report. `ntp` is 32.32 fixed point seconds since 1900."""

    ssrc: int
    ntp: int
    rtp: int


class Feedback(NamedTuple):
    """Everything of interest in one compound packet."""

    reports: list[Report]
    blocks: list[Block]
    lost: list[tuple[int, int]]  # (media SSRC, sequence number)
    keyframes: list[int]  # media SSRCs of PLI and FIR
    bitrate: int | None  # bits per second, from REMB


def parse(data: bytes) -> Feedback:
    reports: list[Report] = []
    blocks: list[Block] = []
    lost: list[tuple[int, int]] = []
    keyframes: list[int] = []
    bitrate: int | None = None
    at, size = 0, len(data)
    while at + 4 <= size:
        first, kind, words = struct.unpack_from("!BBH", data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > size:
            break
        body = data[at + 4 : end]
        count = first & 0x1F
        if kind == SR and len(body) >= 24:
            ssrc, ntp, rtp = struct.unpack_from("!IQI", body)
            reports.append(Report(ssrc, ntp, rtp))
            blocks += _blocks(body[24:], count)
        elif kind == RR and len(body) >= 4:
            blocks += _blocks(body[4:], count)
        elif kind == RTPFB and count == 1 and len(body) >= 8:
            _, media = struct.unpack_from("!II", body)
            for seq in _nacked(body[8:]):
                if len(lost) < MAX_LOST:
                    lost.append((media, seq))
        elif kind == PSFB and len(body) >= 8:
            _, media = struct.unpack_from("!II", body)
            if count == 1:
                keyframes.append(media)
            elif count == 4:
                keyframes += [struct.unpack_from("!I", body, i)[0] for i in range(8, len(body) - 7, 8)]
            elif count == 15 and body[8:12] == b"REMB" and len(body) >= 16:
                bitrate = (((body[13] & 3) << 16) | (body[14] << 8) | body[15]) << (body[13] >> 2)
        at = end
    return Feedback(reports, blocks, lost, keyframes, bitrate)


def _blocks(body: bytes, count: int) -> list[Block]:
    found = []
    for i in range(min(count, len(body) // 24)):
        ssrc, loss, highest, jitter, lsr, dlsr = struct.unpack_from("!IIIIII", body, 24 * i)
        total = loss & 0xFFFFFF
        found.append(Block(ssrc, loss >> 24, total - (1 << 24) if total >> 23 else total, highest, jitter, lsr, dlsr))
    return found


def _nacked(body: bytes) -> Iterable[int]:
    """RFC 4585 §6.2.1: a sequence number and a bit mask of the sixteen after it."""
    for i in range(0, len(body) - 3, 4):
        pid, mask = struct.unpack_from("!HH", body, i)
        yield pid
        for bit in range(16):
            if mask >> bit & 1:
                yield (pid + bit + 1) & 0xFFFF


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def receiver_report(ssrc: int, blocks: Sequence[Block]) -> bytes:
    body = struct.pack("!I", ssrc)
    for b in blocks:
        lost = max(-(1 << 23), min(b.lost, (1 << 23) - 1)) & 0xFFFFFF
        body += struct.pack("!IIIIII", b.ssrc, b.fraction << 24 | lost, b.highest, b.jitter, b.lsr, b.dlsr)
    return _packet(RR, len(blocks), body)


def sender_report(ssrc: int, ntp: int, rtp: int, packets: int, octets: int) -> bytes:
    return _packet(SR, 0, struct.pack("!IQIII", ssrc, ntp, rtp, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF))


def source_description(ssrc: int, cname: str) -> bytes:
    """Names a stream, as RFC 3550 §6.1 asks of every compound packet. One packet for each stream: not every reader
    finds the second chunk of one."""
    item = b"\x01" + bytes([len(cname)]) + cname.encode("ascii")
    return _packet(SDES, 1, struct.pack("!I", ssrc) + item + bytes(4 - len(item) % 4))


def picture_loss(ssrc: int, media: int) -> bytes:
    return _packet(PSFB, 1, struct.pack("!II", ssrc, media))


def bitrate_limit(ssrc: int, bits_per_second: int, medias: Sequence[int]) -> bytes:
    """REMB: tells a browser how much it may send. Without one it hardly goes above its starting rate."""
    exponent = max(0, bits_per_second.bit_length() - 18)
    mantissa = bits_per_second >> exponent
    body = struct.pack("!II4sBBH", ssrc, 0, b"REMB", len(medias), exponent << 2 | mantissa >> 16, mantissa & 0xFFFF)
    return _packet(PSFB, 15, body + b"".join(struct.pack("!I", media) for media in medias))


def not_received(ssrc: int, media: int, seqs: Sequence[int]) -> bytes:
    """A generic NACK for sequence numbers given in rising order (they may wrap around)."""
    body = struct.pack("!II", ssrc, media)
    i = 0
    while i < len(seqs):
        pid, mask = seqs[i], 0
        i += 1
        while i < len(seqs) and 0 < (seqs[i] - pid) & 0xFFFF <= 16:
            mask |= 1 << (((seqs[i] - pid) & 0xFFFF) - 1)
            i += 1
        body += struct.pack("!HH", pid, mask)
    return _packet(RTPFB, 1, body)


def ntp_from_unix(seconds: float) -> int:
    """32.32 fixed point, as in a sender report."""
    return int((seconds + _NTP_EPOCH) * (1 << 32)) & 0xFFFFFFFFFFFFFFFF
