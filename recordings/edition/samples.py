"""Takes a part to pieces and puts it together again: the same boxes, times and flags around other pictures and sounds.

Only what recordings/program/movie.py writes is read (moof with a trun of durations, sizes and flags); anything else is
an error, and no segment is made of it.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple
from zlib import crc32

from recordings.archive import Part, RecordingError, Segment
from recordings.archive.boxes import Box, boxes, inside
from recordings.archive.layout import head_line, part_line, seal_line
from recordings.program.movie import SYNC, Sample, fragment

_EACH: Final = 0x701  # data-offset, and for each sample its duration, size and flags


class Piece(NamedTuple):
    """One part: its number among all of its epoch, and the samples of each track."""

    sequence: int
    runs: tuple[tuple[int, tuple[Sample, ...]], ...]


def pieces_of(data: bytes, parts: Sequence[Part]) -> list[Piece]:
    """The parts of a segment. Errors: `RecordingError` damaged."""
    try:
        return [_piece(data[part.offset : part.ends]) for part in parts]
    except (struct.error, ValueError, IndexError):
        raise RecordingError("damaged", "not made of parts as they are made here") from None


def all_pieces(data: bytes) -> list[Piece]:
    """The same without lines: a moof and its mdat one behind the other. Errors: `RecordingError` damaged."""
    starts = [box.starts - 8 for box in boxes(data) if box.kind == b"moof"]
    try:
        return [_piece(data[start:end]) for start, end in pairwise([*starts, len(data)])]
    except (struct.error, ValueError, IndexError):
        raise RecordingError("damaged", "not made of parts as they are made here") from None


def tracks_of(init: bytes) -> dict[bytes, int]:
    """The number of the picture's track (b"vide") and of the sound's (b"soun") in a head."""
    found: dict[bytes, int] = {}
    track = 0
    for top in boxes(init):
        for kind, starts, ends in inside(init, top):
            if kind == b"tkhd" and ends - starts >= 24:
                track = struct.unpack_from(">I", init, starts + (20 if init[starts] else 12))[0]
            elif kind == b"hdlr" and ends - starts >= 12 and track:
                found[init[starts + 8 : starts + 12]] = track
    return found


def packed(pieces: Sequence[Piece], segment: Segment) -> tuple[bytes, Segment]:
    """A segment of these pieces with the times and durations of another: its bytes, and what its lines say.

    Arguments:
        segment: the one whose parts these are.
    """
    made, said, offset = [], [], 0
    for piece, part in zip(pieces, segment.parts, strict=True):
        data = fragment(piece.sequence, piece.runs)
        made.append(data)
        first = piece.runs[0][1][0].key
        said.append(replace(part, offset=offset, length=len(data), independent=first, crc32=crc32(data)))
        offset += len(data)
    whole = b"".join(made)
    return whole, replace(segment, parts=tuple(said), sha256=hashlib.sha256(whole).hexdigest())


def lines_of(segment: Segment) -> bytes:
    """The lines of a whole segment."""
    text = head_line(segment.epoch, segment.fence) + "".join(map(part_line, segment.parts))
    return (text + seal_line(segment.bytes, segment.sha256)).encode()


def with_data(pieces: Sequence[Piece], track: int, data: Mapping[int, bytes], keys: Mapping[int, bool]) -> list[Piece]:
    """The same pieces with other contents of one track.

    Arguments:
        data, keys: by the place of a sample in its track, from 0 in the whole segment.
    """
    made, at = [], 0
    for piece in pieces:
        runs = []
        for number, samples in piece.runs:
            if number == track:
                fresh = []
                for sample in samples:
                    fresh.append(replace(sample, data=data.get(at, sample.data), key=keys.get(at, sample.key)))
                    at += 1
                runs.append((number, tuple(fresh)))
            else:
                runs.append((number, samples))
        made.append(Piece(piece.sequence, tuple(runs)))
    return made


def run_of(pieces: Sequence[Piece], track: int) -> list[Sample]:
    """All samples of one track, in order."""
    return [sample for piece in pieces for number, samples in piece.runs if number == track for sample in samples]


def _piece(data: bytes) -> Piece:
    moof, mdat = list(boxes(data))
    if (moof.kind, mdat.kind) != (b"moof", b"mdat"):
        raise ValueError("not a moof and its mdat")
    sequence, runs = 0, []
    for box in boxes(data, moof.starts, moof.ends):
        if box.kind == b"mfhd":
            sequence = struct.unpack_from(">I", data, box.starts + 4)[0]
        elif box.kind == b"traf":
            runs.append(_run(data, box))
    if not runs:
        raise ValueError("no track")
    return Piece(sequence, tuple(runs))


def _run(data: bytes, traf: Box) -> tuple[int, tuple[Sample, ...]]:
    track = at = 0
    samples: list[Sample] = []
    for box in boxes(data, traf.starts, traf.ends):
        if box.kind == b"tfhd":
            track = struct.unpack_from(">I", data, box.starts + 4)[0]
        elif box.kind == b"tfdt":
            at = struct.unpack_from(">Q" if data[box.starts] else ">I", data, box.starts + 4)[0]
        elif box.kind == b"trun":
            flags = int.from_bytes(data[box.starts + 1 : box.starts + 4], "big")
            if flags != _EACH:
                raise ValueError("a run of another shape")
            count, offset = struct.unpack_from(">Ii", data, box.starts + 4)
            for duration, size, marks in struct.iter_unpack(
                ">III", data[box.starts + 12 : box.starts + 12 + 12 * count]
            ):
                if offset + size > len(data):
                    raise ValueError("a sample beyond the end")
                samples.append(Sample(at, duration, data[offset : offset + size], marks == SYNC))
                at, offset = at + duration, offset + size
            if len(samples) != count:
                raise ValueError("samples are missing")
    if not track or not samples:
        raise ValueError("an empty track")
    return track, tuple(samples)
