"""The playlists of the program: what a player reads to find the next piece (RFC 8216bis, HTTP Live Streaming).

Pure: an index goes in, text comes out. Addresses are relative to the playlist's own, so that whatever stands in front
of the server may give it any prefix. A live playlist shows the last seconds and nothing older: who comes late hears
what is said now, and what was said before is heard again when it has been released. Durations are written in seconds
with three digits, a target duration as a whole second.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from recordings.archive.layout import Index, Part, Segment
from recordings.channels import number_of

#: Parts are listed this many target durations back from the end (§6.2.2 wants at least three).
_PARTS_BACK: Final = 3
#: A clock that moved this much against the media is told anew, in milliseconds.
_DRIFT_MS: Final = 50
#: The group of all sounds that go with a picture.
_GROUP: Final = "sound"
#: Seconds by which a request may run ahead of the last part (§6.2.5.2, Advance Part Limit).
_AHEAD_S: Final = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """How one rendition is cut.

    Arguments:
        target_s: the longest segment, in whole seconds; must never change while a player holds the playlist.
        part_us: the longest part; 0 for a rendition that is sent in whole segments only.
        window: how many segments a live playlist shows.
    """

    target_s: int
    part_us: int
    window: int

    @property
    def low(self) -> bool:
        return self.part_us > 0


VIDEO: Final = Shape(2, 334_000, 12)
SOUND: Final = Shape(4, 0, 8)
SHAPES: Final = {"full": VIDEO, "light": VIDEO, "sound": SOUND}


def shape_of(rendition: str) -> Shape | None:
    """How a rendition is cut, an interpreter's channel too; None for what is no rendition."""
    return SOUND if number_of(rendition) else SHAPES.get(rendition)


@dataclass(frozen=True, slots=True)
class Report:
    """Where another rendition stands, so that a player that changes over need not ask twice (§4.4.5.4)."""

    rendition: str
    number: int
    part: int


def media_playlist(
    index: Index,
    shape: Shape,
    *,
    live: bool,
    reports: Iterable[Report] = (),
    breaks_before: int = 0,
    gone: Container[int] = (),
) -> str:
    """The playlist of a rendition that is on, or that has just ended (`live` false closes it with ENDLIST).

    Arguments:
        breaks_before: discontinuities of the program before this rendition began: the same break has the same number in
            every rendition (§4.4.3.3), also in a channel that came later.
        gone: numbers of segments that were here and are nobody's any more: they keep their place as gaps (§4.4.4.7), so
            that a player that holds an earlier list goes on behind them.
    """
    shown = [each for each in window(index, shape) if live or each.whole]
    target, part_ms = _target(shape, shown), _part_ms(shape, shown)
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{9 if shape.low else 6}", f"#EXT-X-TARGETDURATION:{target}"]
    if shape.low:
        hold = f"PART-HOLD-BACK={3 * part_ms / 1_000:.3f},HOLD-BACK={3 * target:.3f}"
        lines.append(f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,{hold}")
        lines.append(f"#EXT-X-PART-INF:PART-TARGET={part_ms / 1_000:.3f}")
    lines += ["#EXT-X-INDEPENDENT-SEGMENTS", f"#EXT-X-MEDIA-SEQUENCE:{shown[0].number if shown else 0}"]
    if broken := breaks_before + _epochs_before(index, shown):
        lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{broken}")
    parts_from = (shown[-1].wall_ms - _PARTS_BACK * target * 1_000) if shown else 0
    lines += _body(shown, shape, target, parts_from if live else None, gone=gone)
    if not live:
        return _text([*lines, "#EXT-X-ENDLIST"])
    if shape.low and shown:
        number, part = following(shown[-1])
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{part_name(number, part)}"')
        for each in reports:
            uri = f"../{each.rendition}/live.m3u8"
            lines.append(f'#EXT-X-RENDITION-REPORT:URI="{uri}",LAST-MSN={each.number},LAST-PART={each.part}')
    return _text(lines)


def vod_playlist(index: Index, shape: Shape, *, within: Sequence[tuple[int, int]] | None = None) -> str:
    """What is kept, from its beginning to its end.

    Arguments:
        within: spans of program time in milliseconds, half open; a segment is in if it begins in one of them. None:
            everything.
    """
    kept = [
        each
        for each in index.segments
        if each.whole and (within is None or any(start <= each.starts_ms < end for start, end in within))
    ]
    target = _target(shape, kept)
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", f"#EXT-X-TARGETDURATION:{target}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    lines += ["#EXT-X-INDEPENDENT-SEGMENTS", "#EXT-X-MEDIA-SEQUENCE:0"]
    return _text([*lines, *_body(kept, shape, target, None, gaps=False), "#EXT-X-ENDLIST"])


@dataclass(frozen=True, slots=True)
class Variant:
    """A rendition as the master playlist offers it: `width` 0 for sound alone, `codecs` by RFC 6381."""

    rendition: str
    bits_per_s: int
    codecs: str
    width: int = 0
    height: int = 0
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Interpreted:
    """An interpreter's channel as the master playlist offers it beside the floor's own sound."""

    rendition: str
    bits_per_s: int
    name: str
    language: str = ""


def master_playlist(
    variants: Iterable[Variant], playlist: str = "live.m3u8", interpreted: Sequence[Interpreted] = ()
) -> str:
    """All renditions. Our own pages name one of them instead: a player that has the choice takes a dearer one.

    The floor's sound lies in each variant and is the default of its group; an interpreter's takes its place (§4.4.6.1).
    None is chosen by a player itself: whoever wants to hear an interpreter says so.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if interpreted:
        lines.append(_sound("اصل / Original", "", "DEFAULT=YES,AUTOSELECT=YES"))
        for other in interpreted:
            where = f'DEFAULT=NO,AUTOSELECT=NO,URI="{other.rendition}/{playlist}"'
            lines.append(_sound(other.name, other.language, where))
    beside = max((other.bits_per_s for other in interpreted), default=0)
    for each in variants:
        known = f'BANDWIDTH={each.bits_per_s + beside},CODECS="{each.codecs}"'
        if each.width:
            known += f",RESOLUTION={each.width}x{each.height},FRAME-RATE={each.rate:.3f}"
        if interpreted:
            known += f',AUDIO="{_GROUP}"'
        lines += [f"#EXT-X-STREAM-INF:{known}", f"{each.rendition}/{playlist}"]
    return _text(lines)


def _sound(name: str, language: str, rest: str) -> str:
    spoken = f',LANGUAGE="{language}"' if language else ""
    return f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{_GROUP}",NAME="{name}"{spoken},{rest}'


def codecs_of(init: bytes) -> str:
    """What a header says that it holds (RFC 6381): profile and level from its avcC box, AAC-LC where there is mp4a."""
    found = []
    at = init.find(b"avcC")
    if at >= 0 and len(init) > at + 8:
        found.append(f"avc1.{init[at + 5 : at + 8].hex()}")
    if b"mp4a" in init:
        found.append("mp4a.40.2")
    return ",".join(found)


def window(index: Index, shape: Shape) -> list[Segment]:
    """The segments that a live playlist shows; plain renditions show whole ones only.

    A hole longer than the window (the program was away) begins the window anew behind it.
    """
    # One of which nothing says when it was said is a hole: nobody gets it.
    segments = [each for each in index.segments[-shape.window - 1 :] if each.placed and (each.whole or shape.low)]
    shown = segments[-shape.window :]
    for place in range(len(shown) - 1, 0, -1):
        if shown[place].number - shown[place - 1].number > shape.window:
            return shown[place:]
    return shown


def last(index: Index) -> tuple[int, int]:
    """Number of the last segment and its last part; (-1, -1) before the first."""
    if not index.segments:
        return -1, -1
    segment = index.segments[-1]
    return segment.number, segment.parts[-1].index


def following(segment: Segment) -> tuple[int, int]:
    """Where the next part will be."""
    return (segment.number + 1, 0) if segment.whole else (segment.number, segment.parts[-1].index + 1)


def holds(index: Index, number: int, part: int | None) -> bool:
    """Whether a playlist of this index has what a blocking reload waits for (§6.2.5.2): this part or a later one."""
    at, index_of_last = last(index)
    if at != number:
        return at > number
    segment = index.segments[-1]
    # A part behind the last one of a whole segment is the first of the next.
    return segment.whole if part is None else part <= index_of_last


def too_far(index: Index, shape: Shape, number: int, part: int | None) -> bool:
    """A request for what cannot be there soon: answered with 400 and never waited for (§6.2.5.2)."""
    if not index.segments:
        return True
    at, index_of_last = last(index)
    ahead = math.ceil(_AHEAD_S * 1_000_000 / shape.part_us) if shape.low else 1
    if number > at + 2:
        return True
    return number == at and part is not None and part > index_of_last + ahead


def segment_name(number: int) -> str:
    return f"{number:06}.m4s"


def part_name(number: int, part: int) -> str:
    return f"{number:06}.{part}.m4s"


def _body(
    shown: Sequence[Segment],
    shape: Shape,
    target: int,
    parts_from: int | None,
    *,
    gaps: bool = True,
    gone: Container[int] = (),
) -> list[str]:
    lines: list[str] = []
    before: Segment | None = None
    for segment in shown:
        if before is not None and gaps:
            for missing in range(before.number + 1, segment.number):
                lines += ["#EXT-X-GAP", f"#EXTINF:{target:.3f},", segment_name(missing)]
        jumped = before is not None and (segment.epoch != before.epoch or segment.number != before.number + 1)
        if jumped:
            lines.append("#EXT-X-DISCONTINUITY")
        if before is None or segment.epoch != before.epoch:
            lines.append(f'#EXT-X-MAP:URI="init-{segment.epoch}.mp4"')
        if segment.placed and (before is None or jumped or _drifted(before, segment)):
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_moment(segment.wall_ms)}")
        if parts_from is not None and shape.low and segment.wall_ms >= parts_from:
            lines += [_part(part) + ",GAP=YES" * (segment.number in gone) for part in segment.parts]
        if segment.whole and segment.number in gone:
            lines.append("#EXT-X-GAP")
        if segment.whole:
            lines += [f"#EXTINF:{segment.duration_us / 1e6:.3f},", segment_name(segment.number)]
        before = segment
    return lines


def _part(part: Part) -> str:
    independent = ",INDEPENDENT=YES" if part.independent else ""
    return f'#EXT-X-PART:DURATION={part.duration_us / 1e6:.3f},URI="{part_name(part.number, part.index)}"{independent}'


def _drifted(before: Segment, segment: Segment) -> bool:
    return abs(segment.wall_ms - before.wall_ms - before.duration_us / 1_000) > _DRIFT_MS


def _epochs_before(index: Index, shown: Sequence[Segment]) -> int:
    """How many marks of discontinuity have gone out of the window (§4.4.3.3)."""
    if not shown:
        return 0
    breaks = 0
    for before, segment in zip(index.segments, index.segments[1:], strict=False):
        if segment.number > shown[0].number:
            break
        breaks += segment.epoch != before.epoch or segment.number != before.number + 1
    return breaks


def _target(shape: Shape, segments: Sequence[Segment]) -> int:
    # No segment's duration, rounded, may be above the target (§4.4.3.1).
    return max([shape.target_s, *(math.floor(each.duration_us / 1e6 + 0.5) for each in segments if each.whole)])


def _part_ms(shape: Shape, segments: Sequence[Segment]) -> int:
    return -(-max([shape.part_us, *(part.duration_us for each in segments for part in each.parts)]) // 1_000)


def _moment(wall_ms: int) -> str:
    return datetime.fromtimestamp(wall_ms / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
