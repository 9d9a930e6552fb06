"""Looking a span up in a timeline finds what a look at every segment finds, also where a clock was set back."""

from __future__ import annotations

import random
from itertools import accumulate
from pathlib import Path

import pytest

from recordings.archive import Index, Part, Segment
from recordings.archive.layout import UNPLACED
from tests.recordings.archive.made import PART_US, PARTS, SESSION, WALL_MS, archive, begun, write


def segment(number: int, wall_ms: int, duration_us: int) -> Segment:
    return Segment(
        "sound", 1, number, 1, (Part("sound", 1, number, 0, 0, 9, duration_us, True, 2_000 * number, wall_ms),), True
    )


def test_places_count_what_is_played_and_not_what_the_clock_says(tmp_path: Path) -> None:
    made = archive(tmp_path)
    write(begun(made), 0, 3 * PARTS)
    timeline = made.index(SESSION, "full").timeline
    length_ms = PARTS * PART_US // 1_000
    assert timeline.place(WALL_MS - 5_000) == 0.0, "before it was recorded: its begin"
    assert timeline.place(WALL_MS + 500) == 0.5
    assert timeline.place(WALL_MS + length_ms + 500) == pytest.approx(length_ms / 1_000 + 0.5, abs=0.1)
    assert timeline.place(WALL_MS + 3 * length_ms + 60_000) is None


@pytest.mark.parametrize("seed", range(20))
def test_finds_what_a_look_at_every_segment_finds(seed: int) -> None:
    dice = random.Random(seed)
    walls = [
        dice.choice([UNPLACED, 10_000 + 2_000 * n, 10_000 + 2_000 * n + dice.randint(-9_000, 9_000)]) for n in range(12)
    ]
    segments = tuple(segment(n, wall, dice.choice([2_000_000, 1_999_500, 400])) for n, wall in enumerate(walls))
    timeline = Index(SESSION, "sound", segments).timeline
    edges = sorted({edge for each in segments for edge in range(each.wall_ms - 1, each.wall_ms + 2)})
    edges += [each.wall_ms + each.duration_us // 1_000 + by for each in segments for by in (-1, 0, 1)]
    for since in edges:
        for until in edges:
            inside = [
                each
                for each in segments
                if each.placed and each.wall_ms < until and each.wall_ms + each.duration_us // 1_000 > since
            ]
            assert list(timeline.overlapping(since, until)) == inside, (since, until)
    played = [0, *accumulate(each.duration_us for each in segments)]
    for at in edges:
        later = (n for n, each in enumerate(segments) if (at - each.wall_ms) * 1_000 < each.duration_us)
        n = next(later, None)
        expected = None if n is None else round((played[n] + max(0, (at - walls[n]) * 1_000)) / 1_000_000, 1)
        assert timeline.place(at) == expected, at


def test_nothing_is_anywhere_in_an_empty_one() -> None:
    timeline = Index(SESSION, "sound").timeline
    assert list(timeline.overlapping(0, 10**13)) == [] and timeline.place(5) is None
