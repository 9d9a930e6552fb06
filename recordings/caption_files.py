"""A file of captions that a program made of a hearing afterwards: read, laid on the log's clock, masked. Pure.

Its times count from the begin of the hearing or of its recording. Nothing unmasked of it is ever kept.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from moderation.masking import mask_lines
from recordings import subrip, webvtt
from recordings.captions import Cue
from recordings.webvtt import BadCaptions, Timed
from rooms.base import Refused
from rooms.text import clean

#: Bytes of a file: a whole day in Urdu.
FILE_MOST: Final = 1_000_000
LINES_MOST: Final = 12_000
#: Letters of one cue.
LINE_MOST: Final = 600
#: A cue that stands longer, or that goes on so long under the next one, has broken times.
STANDS_MS: Final = 60_000
OVERLAP_MS: Final = 5_000
#: How far a file's times may be moved, in seconds.
OFFSET_MOST_S: Final = 43_200


_TIMES: Final = msgspec.json.Decoder(list[tuple[int, int]])


@dataclass(frozen=True)
class Kept:
    """One line by the log's clock, masked."""

    starts_at: int
    ends_at: int
    text: str


@dataclass(frozen=True)
class Laid:
    """A file on a hearing's clock. `outside` lines lie before its begin or after its end and are left out, `hidden`
    ones had something masked."""

    lines: tuple[Kept, ...]
    outside: int
    hidden: int


def read(raw: bytes) -> list[Timed]:
    """The cues of a WebVTT or SRT file, in order, none far under the next.

    Errors: `BadCaptions`; its code is one of webvtt.py's, or too_big, kind, none, long, overlap.
    """
    if len(raw) > FILE_MOST:
        raise BadCaptions("too_big", 0)
    text = _text(raw)
    if re.match(r"WEBVTT(?:[ \t\r\n]|\Z)", text):
        cues = webvtt.read(text.encode())
    elif "-->" in text:
        cues = subrip.read(text)
    elif text.strip():
        raise BadCaptions("kind", 0)
    else:
        cues = []
    cues = [each for each in cues if each.text.strip()]
    if not cues:
        raise BadCaptions("none", 0)
    if len(cues) > LINES_MOST:
        raise BadCaptions("many", 0)
    _check(cues, text)
    return cues


def _text(raw: bytes) -> str:
    """As UTF-8, or as UTF-16 where a byte order mark says so (RFC 2781 §3.2)."""
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return raw.decode("utf-16" if wide else "utf-8-sig").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadCaptions("encoding", 0 if wide else raw[: error.start].count(b"\n") + 1) from None


def _check(cues: Sequence[Timed], text: str) -> None:
    times = [n for n, line in enumerate(re.split(r"\r\n|\r|\n", text), 1) if "-->" in line]
    for n, cue in enumerate(cues):
        line = times[n] if len(times) == len(cues) else 0  # notes and empty cues: without the line rather than wrong
        if cue.ends_ms - cue.starts_ms > STANDS_MS:
            raise BadCaptions("long", line)
        if n and cues[n - 1].ends_ms - cue.starts_ms > OVERLAP_MS:
            raise BadCaptions("overlap", line)


def lay(cues: Sequence[Timed], zero_at: int, began_at: int, ended_at: int) -> Laid:
    """The lines on the clock of the hearing.

    Arguments:
        zero_at: the instant from which the file counts, in Unix ms.
        began_at, ended_at: of the hearing.
    """
    said: list[tuple[Timed, str]] = []
    outside = 0
    for cue in cues:
        starts_at = zero_at + cue.starts_ms
        if starts_at < began_at or starts_at >= ended_at:
            outside += 1
            continue
        try:
            said.append((cue, clean(cue.text, LINE_MOST, one_line=True)))
        except Refused as refused:
            if refused.code == "text_empty":
                continue
            raise BadCaptions("text_long" if refused.code == "text_too_long" else "encoding", 0) from None
    lines: list[Kept] = []
    # A program breaks lines anywhere, in the middle of a number too.
    masks = mask_lines([text for _, text in said])
    for (cue, _), masked in zip(said, masks, strict=True):
        starts_at, ends_at = zero_at + cue.starts_ms, zero_at + cue.ends_ms
        if lines:
            starts_at = max(starts_at, lines[-1].starts_at + 1)
            lines[-1] = Kept(lines[-1].starts_at, min(lines[-1].ends_at, starts_at), lines[-1].text)
        lines.append(Kept(starts_at, max(min(ends_at, ended_at), starts_at + 1), masked.text))
    return Laid(tuple(lines), outside, sum(bool(masked.kinds) for masked in masks))


def times(lines: Sequence[Kept]) -> bytes:
    """When each line stands, as the database has it (`CaptionFile.lines`)."""
    return msgspec.json.encode([(each.starts_at, each.ends_at) for each in lines])


def line_id(file: str, n: int) -> str:
    """Under which id the words of a line are kept."""
    return f"{file}-{n}"


def cues_of(file: str, language: str, lines: bytes) -> list[Cue]:
    """The cues of a file that was taken in."""
    return [
        Cue(line_id(file, n), language, line_id(file, n), starts_at, ends_at, imported=True)
        for n, (starts_at, ends_at) in enumerate(_TIMES.decode(lines))
    ]


def in_place(typed: Sequence[Cue], files: Sequence[Sequence[Cue]]) -> list[Cue]:
    """All lines in order: where a language has a file, the file stands in the place of what was typed in it."""
    imported = [each for found in files for each in found]
    covered = {each.language for each in imported}
    kept = [each for each in typed if each.language not in covered]
    return sorted([*kept, *imported], key=lambda each: (each.starts_at, each.id))
