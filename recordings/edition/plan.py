"""Which segments everybody gets as they are, which as silence and a slate, and which have to be made anew for it.

Pure. Times of a hearing are by the log's clock, in milliseconds; times in a segment are microseconds from its first
moment. All spans are half open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from recordings.channels import LAG_MS, number_of

Span = tuple[int, int]
Spans = tuple[Span, ...]
Action = Literal["keep", "blank", "render"]

#: What is taken out is wider by this on each side, in milliseconds. A run of sound reaches 43 ms into the next one
#: (1,024 samples at 24,000 a second overlap, ISO/IEC 14496-3 §4.6.11), a picture stands for a tenth of a second, and
#: clocks and hands are not exact: no first sound of what is taken out may be left.
GUARD_MS: Final = 150
#: Renditions with a picture.
PICTURES: Final = frozenset({"full", "light"})


@dataclass(frozen=True, slots=True)
class Cover:
    """A span in which there is no sound, no picture, or neither."""

    starts_at: int
    ends_at: int
    sound: bool = True
    picture: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of one segment: where it is silent, and where a slate stands instead of the picture."""

    action: Action
    silent: Spans = ()
    dark: Spans = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What an edition follows from.

    Arguments:
        released: what everybody may hear and see.
        covers: what is taken out of that: what was dumped, and redactions that are not carried out yet.
        done: redactions that the archive has in it.
        entered: SHA-256 of the segments in which those are, by rendition and number, as they were left then.
    """

    released: Spans = ()
    covers: tuple[Cover, ...] = ()
    done: tuple[Cover, ...] = ()
    entered: Mapping[tuple[str, int], str] = field(default_factory=dict)

    @property
    def all_covers(self) -> tuple[Cover, ...]:
        """Everything that nobody gets, between the first and the last instant of a clock."""
        return (*(Cover(*each) for each in gaps(merged(self.released))), *self.covers)


KEEP: Final = Plan("keep")
#: Before and behind every instant.
_FIRST: Final = -(2**62)
_LAST: Final = 2**62


def edition_plan(basis: Basis, wall_ms: int, duration_us: int, *, picture: bool) -> Plan:
    """What everybody gets of one segment.

    Arguments:
        wall_ms: when its first sample was said.
        picture: whether it has one.
    """
    return plan(basis.all_covers, wall_ms, duration_us, picture=picture)


def plan(covers: Iterable[Cover], wall_ms: int, duration_us: int, *, picture: bool) -> Plan:
    """What becomes of a segment from which this is taken out."""
    covers = tuple(covers)
    silent = _within(((each.starts_at, each.ends_at) for each in covers if each.sound), wall_ms, duration_us)
    dark = _within(((each.starts_at, each.ends_at) for each in covers if each.picture), wall_ms, duration_us)
    if not picture:
        dark = ()
    if not silent and not dark:
        return KEEP
    whole = ((0, duration_us),)
    blank = silent == whole and (dark == whole or not picture)
    return Plan("blank" if blank else "render", silent, dark)


def blank(duration_us: int, *, picture: bool) -> Plan:
    """Nothing of a segment."""
    whole = ((0, duration_us),)
    return Plan("blank", whole, whole if picture else ())


def touches(cover: Cover, wall_ms: int, duration_us: int) -> bool:
    """Whether anything of a segment is taken out by it, its guards included."""
    starts, ends = cover.starts_at - GUARD_MS, cover.ends_at + GUARD_MS
    return starts < ends and (starts - wall_ms) * 1_000 < duration_us and (ends - wall_ms) * 1_000 > 0


def said_later(covers: Iterable[Cover], rendition: str) -> tuple[Cover, ...]:
    """What is taken out of a rendition: in an interpreter's channel for longer, because she says it later."""
    if not number_of(rendition):
        return tuple(covers)
    return tuple(replace(each, ends_at=each.ends_at + LAG_MS) for each in covers if each.starts_at < each.ends_at)


def taken_of(covers: Iterable[Cover], rendition: str) -> tuple[Cover, ...]:
    """What of these takes anything out of a rendition: where there is no picture, what is silent alone."""
    return said_later((each for each in covers if each.sound or rendition in PICTURES), rendition)


def merged(spans: Iterable[Span]) -> Spans:
    """Spans in their order that neither overlap nor touch; empty ones are left out."""
    made: list[Span] = []
    for start, end in sorted(each for each in spans if each[0] < each[1]):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return tuple(made)


def gaps(spans: Sequence[Span]) -> Spans:
    """What lies before, between and behind merged spans."""
    starts = [_FIRST, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), _LAST]
    return tuple((start, end) for start, end in zip(starts, ends, strict=True) if start < end)


def less(spans: Iterable[Span], out: Iterable[Span]) -> Spans:
    """What is in these spans and in none of the others."""
    kept = gaps(merged(out))
    both = ((max(since, start), min(until, end)) for since, until in merged(spans) for start, end in kept)
    return merged(both)


def _within(spans: Iterable[Span], wall_ms: int, duration_us: int) -> Spans:
    """Spans by the clock, widened by their guards, as what they cover of a segment."""
    wide = ((start - GUARD_MS - wall_ms, end + GUARD_MS - wall_ms) for start, end in spans if start < end)
    return merged((max(0, start * 1_000), min(duration_us, end * 1_000)) for start, end in wide)
