"""Writes the boxes of fragmented MP4 (ISO/IEC 14496-12; AVC in it: 14496-15 §5; AAC in it: 14496-14 §5.6).

Only what the program needs: one picture track, one sound track or both; a head without samples, and fragments that
can each be sent by themselves.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: Sample flags, 14496-12 §8.8.3.1: needs no other; and: needs others, and nobody may begin with it.
SYNC: Final = 0x02000000
NON_SYNC: Final = 0x01010000
_MATRIX: Final = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED: Final = 0x55C4  # the language "und" in three times five bits, §8.4.2.3


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture, or one run of sound, in the ticks of its track."""

    starts: int
    duration: int
    data: bytes
    key: bool

    @property
    def ends(self) -> int:
        return self.starts + self.duration


@dataclass(frozen=True, slots=True)
class TrackHead:
    """What the head of a file says about a track.

    Arguments:
        entry: its sample entry, a whole box.
        width, height: of a picture, in pixels; 0 for sound.
    """

    number: int
    timescale: int
    entry: bytes
    width: int = 0
    height: int = 0


def box(kind: bytes, *content: bytes) -> bytes:
    """A box around what is in it."""
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def full_box(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    """A box with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def head(tracks: Sequence[TrackHead]) -> bytes:
    """ftyp and moov: all that a player needs before the first fragment."""
    brands = [b"iso6", b"mp41"]
    if len(tracks) == 1:  # CMAF (23000-19 §7.3) has one track in a file
        brands.append(b"cmfc")
    ftyp = box(b"ftyp", b"iso6", struct.pack(">I", 0), *brands)
    following = max(track.number for track in tracks) + 1
    mvhd = full_box(
        b"mvhd",
        0,
        0,
        struct.pack(">IIII", 0, 0, 1_000, 0),
        struct.pack(">IH10x", 0x10000, 0x0100),
        _MATRIX,
        bytes(24),
        struct.pack(">I", following),
    )
    mvex = box(b"mvex", *(full_box(b"trex", 0, 0, struct.pack(">5I", track.number, 1, 0, 0, 0)) for track in tracks))
    return ftyp + box(b"moov", mvhd, *map(_trak, tracks), mvex)


def _trak(track: TrackHead) -> bytes:
    picture = bool(track.width)
    tkhd = full_box(
        b"tkhd",
        0,
        0x3,
        struct.pack(">IIIII8x", 0, 0, track.number, 0, 0),
        struct.pack(">hhHH", 0, 0 if picture else 1, 0 if picture else 0x0100, 0),
        _MATRIX,
        struct.pack(">II", track.width << 16, track.height << 16),
    )
    mdhd = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, track.timescale, 0, _UNDETERMINED, 0))
    name = b"Picture\0" if picture else b"Sound\0"
    hdlr = full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide" if picture else b"soun"), name)
    media = full_box(b"vmhd", 0, 1, bytes(8)) if picture else full_box(b"smhd", 0, 0, bytes(4))
    dinf = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    stbl = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), track.entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, box(b"minf", media, dinf, stbl)))


def fragment(sequence: int, runs: Sequence[tuple[int, Sequence[Sample]]]) -> bytes:
    """moof and mdat of a fragment.

    Arguments:
        runs: pairs of track number and its samples, one behind the other without a hole; none is empty.
    """
    # The offsets in it are as long as they are, whatever they say: write it once to know where the samples begin.
    length = len(_moof(sequence, runs, 0))
    data = b"".join(sample.data for _, samples in runs for sample in samples)
    return _moof(sequence, runs, length + 8) + box(b"mdat", data)


def _moof(sequence: int, runs: Sequence[tuple[int, Sequence[Sample]]], offset: int) -> bytes:
    trafs = []
    for number, samples in runs:
        tfhd = full_box(b"tfhd", 0, 0x020000, struct.pack(">I", number))  # default-base-is-moof
        tfdt = full_box(b"tfdt", 1, 0, struct.pack(">Q", samples[0].starts))
        rows = (struct.pack(">III", s.duration, len(s.data), SYNC if s.key else NON_SYNC) for s in samples)
        # data-offset, and for each sample its duration, size and flags
        trun = full_box(b"trun", 0, 0x701, struct.pack(">Ii", len(samples), offset), *rows)
        trafs.append(box(b"traf", tfhd, tfdt, trun))
        offset += sum(len(sample.data) for sample in samples)
    return box(b"moof", full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)), *trafs)


def avc_entry(width: int, height: int, configuration: bytes) -> bytes:
    """The sample entry avc1 with its AVCDecoderConfigurationRecord."""
    plain = struct.pack(">6xH16xHHIIIH32sHh", 1, width, height, 0x480000, 0x480000, 0, 1, bytes(32), 0x18, -1)
    return box(b"avc1", plain, box(b"avcC", configuration), box(b"pasp", struct.pack(">II", 1, 1)))


def aac_entry(rate: int, channels: int, configuration: bytes, bits_per_second: int) -> bytes:
    """The sample entry mp4a with the AudioSpecificConfig in its descriptors (14496-1 §7.2.6)."""
    specific = _descriptor(5, configuration)
    # object type 0x40 is MPEG-4 audio; stream type 5 is sound, in the upper six bits, and a bit that is always set
    decoder = _descriptor(4, struct.pack(">BB3xII", 0x40, 0x15, bits_per_second, bits_per_second), specific)
    stream = _descriptor(3, struct.pack(">HB", 1, 0), decoder, _descriptor(6, b"\x02"))
    plain = struct.pack(">6xH8xHHIHH", 1, channels, 16, 0, rate, 0)
    return box(b"mp4a", plain, full_box(b"esds", 0, 0, stream))


def _descriptor(tag: int, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">BB", tag, len(inside)) + inside
