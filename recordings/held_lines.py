"""Which lines of a closed hearing stay with the moderators: what may be a citizen's own words, until somebody released
the chapter. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from kachehri.live import Live
from recordings.captions import Cue
from recordings.chapters import Chapter
from recordings.said import TYPED_MS
from recordings.told import Hidden, Release, Told

#: Seats from which citizens are heard.
CITIZENS: Final = frozenset({"citizen", "hall"})


class Shut:
    """The chapters that were spoken and that nobody released."""

    def __init__(self, told: Iterable[Told]) -> None:
        self._told = sorted((each for each in told if each.chapter.spoken), key=lambda each: each.chapter.starts_at)
        self._starts = [each.chapter.starts_at for each in self._told]
        self._ends = list(accumulate((each.chapter.ends_at for each in self._told), max))

    def during(self, since: int, until: int) -> Iterator[Told]:
        """Those that begin before `until` and end after `since`."""
        n = bisect_left(self._starts, until)
        while n and self._ends[n - 1] > since:
            n -= 1
            if self._told[n].chapter.ends_at > since:
                yield self._told[n]


def all_free(cues: Sequence[Cue], told: Told | None, shut: Shut, everything: bool) -> bool:
    """Whether nothing of a chapter's lines can stay with the moderators, so that nobody has to look at each."""
    if everything or not cues:
        return True
    if told is not None and told.question is not None and not told.open:
        return False
    since, until = cues[0].starts_at - TYPED_MS, max(each.ends_at for each in cues) + TYPED_MS
    return not any(shut.during(since, until))


def is_held(cue: Cue, told: Told | None, live: Live, shut: Shut, everything: bool) -> bool:
    """Whether a line of a chapter, or from before any, stays with the moderators.

    Lines of chapters that nobody released do, wherever they stand: two may be heard at once, one of them from a hall or
    read out, and a line stands in the chapter that began last. Of lines from a file nobody knows who spoke, and their
    times are not exact: near such a chapter all of them stay.
    """
    if everything:
        return False
    if told is not None and told.question is not None and not told.open:
        if _hers(cue, told.chapter, live, told.hidden, told.release):
            return True
    if cue.imported:
        return any(shut.during(cue.starts_at - TYPED_MS, cue.ends_at + TYPED_MS))
    return any(_beside(cue, each, live) for each in shut.during(cue.starts_at, cue.starts_at + 1))


def _beside(cue: Cue, told: Told, live: Live) -> bool:
    """Whether a typed line may be of this chapter, which goes on and nobody released, although another began before the
    line.
    """
    seat = live.session.stage.seats.get(cue.seat)
    if seat is not None and seat.kind in CITIZENS and cue.seat != told.chapter.seat:
        return False  # another citizen's
    return _hers(cue, told.chapter, live, told.hidden, told.release)


def _hers(cue: Cue, chapter: Chapter, live: Live, hidden: Hidden, release: Release) -> bool:
    """Whether a line may be a citizen's own words: while she has the floor, or while nobody has it in her turn. Of what
    is hidden or was kept back, every line is.
    """
    if hidden or release == "kept":
        return True
    seat = live.session.stage.seats.get(cue.seat)
    if seat is not None:
        return seat.kind in CITIZENS
    return chapter.starts_at <= cue.starts_at < chapter.ends_at
