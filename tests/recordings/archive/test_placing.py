"""Lines that are lost are written anew with the epoch and the time that they had, or with none: never with others."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from recordings.archive import Archive, Segment
from recordings.archive.layout import UNPLACED, segment_name
from recordings.archive.placing import Known
from recordings.archive.recover import write_seal
from recordings.edition import Basis, Edition
from recordings.playlists import SOUND, vod_playlist, window
from recordings.program import movie
from recordings.program.studio import resume_at

from .made import SESSION, WALL_MS, abandon, archive, head

RENDITIONS = ("light", "sound")
PART_MS, PARTS = 500, 3


@dataclass
class Life:
    """One epoch: how many parts it wrote, and what was silent before it on the wall and in program time."""

    parts: int
    away_ms: int = 2_345
    drift_ms: int = 17


def live(made: Archive, lives: Iterable[Life], *, killed: bool = False) -> None:
    """Write lives one behind the other; fragments count from 1 in each."""
    starts_ms, zero_ms = 0, WALL_MS
    for fence, life in enumerate(lives, start=1):
        epoch = made.next_epoch(SESSION)
        for name in RENDITIONS:
            track = made.track(SESSION, name, fence)
            track.begin(epoch, head())
            for number in range(life.parts):
                at_ms, first = starts_ms + number * PART_MS, number % PARTS == 0
                sample = movie.Sample(at_ms * 24, PART_MS * 24, b"%s%04d" % (name.encode(), number) * 20, first)
                track.part(
                    movie.fragment(number + 1, [(1, [sample])]),
                    duration_us=PART_MS * 1_000,
                    independent=first,
                    starts_ms=at_ms,
                    wall_ms=zero_ms + at_ms,
                    last=number % PARTS == PARTS - 1,
                )
            abandon(track) if killed else track.close()
        starts_ms += life.parts * PART_MS + life.away_ms
        zero_ms += life.drift_ms


def segments(made: Archive, *, renditions: Iterable[str] = RENDITIONS) -> list[Segment]:
    """All whole segments, without their fences, which no segment says."""
    return [replace(each, fence=0) for name in renditions for each in made.index(SESSION, name).segments]


def lose(made: Archive, *renditions: str) -> None:
    for name in renditions or RENDITIONS:
        for lines in made.folder_of(SESSION, name).glob("*.parts"):
            lines.unlink()


def rows(found: Iterable[Segment]) -> list[Known]:
    return [Known.of(each) for each in found]


def unplaced(found: Iterable[Segment]) -> list[Segment]:
    return [replace(each, parts=tuple(replace(part, wall_ms=UNPLACED) for part in each.parts)) for each in found]


LIVES = (Life(7), Life(3), Life(12))


def test_from_rows_everything_is_as_it_was(tmp_path: Path) -> None:
    made = archive(tmp_path)
    live(made, LIVES)
    before = segments(made)
    assert {each.epoch for each in before} == {1, 2, 3}
    assert len({each.wall_ms - each.starts_ms for each in before}) == 3
    lose(made)
    assert made.rebuild(SESSION, rows(before)) == 0 and segments(made) == before


def test_another_rendition_says_it(tmp_path: Path) -> None:
    made = archive(tmp_path)
    live(made, LIVES)
    before = segments(made)
    lose(made, "light")
    assert made.rebuild(SESSION) == 0 and segments(made) == before


def test_one_line_of_an_epoch_is_enough(tmp_path: Path) -> None:
    made = archive(tmp_path)
    live(made, LIVES)
    before = segments(made)
    kept = before[1], before[-1]
    assert [each.epoch for each in kept] == [1, 3]
    for each in before:
        if each not in kept:
            (made.folder_of(SESSION, each.rendition) / segment_name(each.number, "parts")).unlink()
    made.rebuild(SESSION)
    assert segments(made) == [each if each.epoch != 2 else unplaced([each])[0] for each in before]


def test_a_life_that_left_its_head_alone_confuses_nothing(tmp_path: Path) -> None:
    made = archive(tmp_path)
    live(made, (Life(7), Life(0), Life(4), Life(0)))
    before = segments(made)
    assert {each.epoch for each in before} == {1, 3}
    lose(made, "light")
    assert made.rebuild(SESSION) == 0 and segments(made) == before
    lose(made)
    assert made.rebuild(SESSION, rows(before[-1:])) > 0
    after = segments(made)
    assert [each.placed for each in after] == [each.epoch == 3 for each in before], "which was the first is not known"


def test_where_nothing_says_it_nobody_gets_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = archive(tmp_path)
    live(made, LIVES)
    before = segments(made)
    lose(made)
    assert made.rebuild(SESSION) == len(before) and "recording.unplaced" in capsys.readouterr().out
    after = segments(made)
    assert after == unplaced(before), "of which epoch they are is known: there are as many heads"
    edition = Edition(made, SESSION, Basis(((0, 2 * WALL_MS),)))
    assert {edition.plan(each).action for each in after} == {"blank"} and not edition.open("sound")
    assert edition.overlapping("sound", 0, 2 * WALL_MS) == ()
    index = made.index(SESSION, "sound")
    assert window(index, SOUND) == [] and "PROGRAM-DATE-TIME" not in vod_playlist(index, SOUND)
    last = before[-1]
    assert resume_at(made, SESSION, WALL_MS) == last.starts_ms + last.duration_us // 1_000
    assert made.rebuild(SESSION) == len(before) and segments(made) == after, "twice is once"
    assert made.rebuild(SESSION, rows(before)) == 0 and segments(made) == before, "as soon as something says it"


def test_what_grew_without_a_line_is_of_the_newest_epoch(tmp_path: Path) -> None:
    made = archive(tmp_path)
    live(made, (Life(7), Life(4)), killed=True)
    growing = made.index(SESSION, "sound").segments[-1]
    assert growing.epoch == 2 and not growing.whole
    (made.folder_of(SESSION, "sound") / segment_name(growing.number, "parts")).unlink()
    made.forget(SESSION)
    made.rebuild(SESSION)
    assert made.index(SESSION, "sound").segments[-1].parts == growing.parts


def test_a_hole_makes_counting_worthless(tmp_path: Path) -> None:
    made = archive(tmp_path)
    live(made, (Life(6), Life(6)))
    before = segments(made, renditions=["sound"])
    lose(made)
    (made.folder_of(SESSION, "sound") / segment_name(2)).unlink()
    made.rebuild(SESSION, rows(each for each in before if each.number == 3)[:0])
    assert not any(each.placed for each in segments(made, renditions=["sound"]))


def test_whatever_is_lost_nothing_gets_another_time(tmp_path: Path) -> None:
    rng = random.Random(19)
    placed = total = 0
    for turn in range(40):
        made = archive(tmp_path / str(turn))
        live(made, [Life(rng.choice((0, 1, 4, 7)), rng.choice((0, 900)), rng.choice((0, 31))) for _ in range(4)])
        before = segments(made)
        for each in before:
            if rng.random() < 0.8:
                (made.folder_of(SESSION, each.rendition) / segment_name(each.number, "parts")).unlink()
        made.forget(SESSION)
        made.rebuild(SESSION, rows(each for each in before if rng.random() < 0.1))
        for one, two in zip(before, segments(made), strict=True):
            total, placed = total + 1, placed + two.placed
            if two.placed:
                assert one == two, turn
            else:
                assert unplaced([one]) == [
                    replace(two, epoch=one.epoch, parts=tuple(replace(part, epoch=one.epoch) for part in two.parts))
                ]
    assert placed > total // 2


def test_lines_of_a_torn_kind_keep_what_they_say(tmp_path: Path) -> None:
    made = archive(tmp_path)
    live(made, LIVES)
    before = segments(made)
    lines = made.folder_of(SESSION, "sound") / segment_name(1, "parts")
    said = before[[each.rendition for each in before].index("sound") + 1]
    write_seal(lines, unplaced([said])[0], said.sha256)
    made.forget(SESSION)
    made.rebuild(SESSION)
    assert segments(made) == before
