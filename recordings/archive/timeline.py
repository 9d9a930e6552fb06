"""When the segments of a rendition were said and where they are played, so that many spans are looked up in one index.

Pure. Instants are milliseconds by the log's clock.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .layout import Segment


class Timeline:
    """Three numbers for each segment. A clock may have been set back between two of them: what is kept is from when on
    everything is over, and until when nothing has begun.
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        lengths = [each.duration_us for each in segments]
        self._played_us = [0, *accumulate(lengths)]
        ends_us = (each.wall_ms * 1_000 + length for each, length in zip(segments, lengths, strict=True))
        self._over_us = list(accumulate(ends_us, max))
        self._begun_ms = list(accumulate((each.wall_ms for each in reversed(segments)), min))[::-1]

    def overlapping(self, starts_at: int, ends_at: int) -> Iterator[Segment]:
        """The segments in which any of a span is; none of which nothing says when it was said."""
        since, until = bisect_right(self._over_us, starts_at * 1_000), bisect_left(self._begun_ms, ends_at)
        for each in self._segments[since:until]:
            if each.placed and each.wall_ms < ends_at and each.wall_ms + each.duration_us // 1_000 > starts_at:
                yield each

    def place(self, at: int) -> float | None:
        """Where an instant is when everything is played one behind the other, in seconds; None behind the end."""
        n = bisect_right(self._over_us, at * 1_000)
        if n == len(self._segments):
            return None
        inside_us = (at - self._segments[n].wall_ms) * 1_000
        return round((self._played_us[n] + max(0, inside_us)) / 1_000_000, 1)
