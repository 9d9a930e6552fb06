"""The answer's clip: from the office's first word to what was written down, and never outside of its chapter."""

from __future__ import annotations

from pathlib import Path

import pytest

from recordings import clips
from recordings.chapters import Chapter, Logged
from recordings.cutting import Span
from rooms.base import Event
from rooms.outcomes import OutcomeNoted
from rooms.turns import FloorGiven
from tests.recordings.archive.made import PART_US, PARTS, SESSION, WALL_MS, archive, begun, write

AT = 1_000_000
SEGMENT_MS = PARTS * PART_US // 1_000


def chapter(seconds: int = 300, questions: tuple[str, ...] = ("q",)) -> Chapter:
    return Chapter("t-1", "stage", questions, AT, AT + seconds * 1_000)


def log(*events: tuple[int, Event]) -> list[Logged]:
    return [Logged(AT + second * 1_000, event) for second, event in events]


def floor(seat: str) -> Event:
    return FloorGiven(seat=seat)


def noted(question: str = "q") -> Event:
    return OutcomeNoted(question=question, outcome="answered")


def seconds(found: Span | None) -> tuple[float, float] | None:
    return ((found.starts_at - AT) / 1_000, (found.ends_at - AT) / 1_000) if found else None


@pytest.mark.parametrize(
    ("events", "span"),
    [
        pytest.param([(100, floor("chair")), (140, noted())], (100, 140), id="until it was written down"),
        pytest.param([(100, floor("chair")), (140, noted()), (160, noted())], (100, 160), id="the last note counts"),
        pytest.param([(250, floor("chair"))], (250, 300), id="until the turn ended"),
        pytest.param([(100, floor("chair")), (101, noted())], (210, 300), id="written down before it was said"),
        pytest.param([(10, floor("chair")), (200, noted())], (110, 200), id="too long: its end"),
        pytest.param(
            [(10, floor("chair")), (50, floor("citizen")), (120, floor("deputy")), (200, noted())],
            (120, 200),
            id="too long: from where an official began anew",
        ),
        pytest.param([(100, floor("citizen")), (140, noted())], (240, 300), id="no office had the floor"),
        pytest.param([(100, floor("chair")), (140, noted("other"))], (210, 300), id="somebody else's note"),
        pytest.param([(300, floor("chair"))], (210, 300), id="at the very end"),
        pytest.param([(-9, floor("chair")), (999, noted())], (240, 300), id="what is outside of it"),
    ],
)
def test_is_where_the_office_speaks(events: list[tuple[int, Event]], span: tuple[int, int]) -> None:
    assert seconds(clips.answer(log(*events), chapter(), {"chair", "deputy"})) == span


def test_never_leaves_its_chapter() -> None:
    assert seconds(clips.answer([], chapter(20), {"chair"})) == (0, 20)
    assert seconds(clips.answer(log((20, floor("chair"))), chapter(20), {"chair"})) == (0, 20)


def test_there_is_none_where_nothing_was_said_or_nobody_asked() -> None:
    assert clips.answer([], chapter(0), {"chair"}) is None
    assert clips.answer([], chapter(questions=()), {"chair"}) is None


def test_has_the_segments_of_its_chapter_in_which_any_of_it_is(tmp_path: Path) -> None:
    made = archive(tmp_path)
    write(begun(made), 0, 6 * PARTS)
    index = made.index(SESSION, "full")
    chapter = tuple(each for each in index.segments if each.wall_ms >= WALL_MS + SEGMENT_MS - 9)[:4]
    clip = Span(WALL_MS + 2 * SEGMENT_MS + 500, WALL_MS + 3 * SEGMENT_MS + 500)
    assert [each.number for each in clips.pieces(chapter, clip)] == [2, 3]
    assert [each.number for each in clips.pieces(chapter, Span(WALL_MS, WALL_MS + 9_000_000))] == [1, 2, 3, 4]
