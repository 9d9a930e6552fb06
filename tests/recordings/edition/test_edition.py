"""The edition: as long as the recording, silence and a slate where nothing is released, at once."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from recordings.archive import Archive, RecordingError
from recordings.edition import Basis, Cover, Edition
from recordings.edition.edition import STATE, made_from
from recordings.edition.making import make
from recordings.edition.samples import all_pieces, run_of
from recordings.program.encode import FULL
from tests.recordings.edition.filmed import (
    SESSION,
    WALL_MS,
    archive,
    film,
    heard,
    hears,
    level,
    luma,
    mean_luma,
    pitch,
    record,
    renderer,
    seen,
)

SECONDS = 12


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edited")
    record(archive(folder), SECONDS)
    return folder


@pytest.fixture
def made(template: Path, tmp_path: Path) -> Archive:
    shutil.copytree(template, tmp_path / "r")
    return archive(tmp_path / "r")


def edition(made: Archive, *released: tuple[float, float], covers: tuple[Cover, ...] = ()) -> Edition:
    spans = tuple((WALL_MS + round(1_000 * since), WALL_MS + round(1_000 * until)) for since, until in released)
    return Edition(made, SESSION, Basis(spans, covers))


def whole(made: Archive, found: Edition, rendition: str) -> bytes:
    index = found.index(rendition)
    return film(made, index, [found.read(each) for each in index.segments])


def test_a_hearing_with_one_released_chapter(made: Archive) -> None:
    found = edition(made, (4.6, 7.3))
    assert make(found, made, renderer()) == 3, "its two ends, which the sound has in one segment"
    for rendition in ("light", "sound"):
        recorded = made.index(SESSION, rendition).segments
        assert found.index(rendition).segments == recorded
        for segment in recorded:
            old, new = (all_pieces(data) for data in (found.source(segment), found.read(segment)))
            for track in {track for piece in old for track, _ in piece.runs}:
                assert [(each.starts, each.duration) for each in run_of(old, track)] == [
                    (each.starts, each.duration) for each in run_of(new, track)
                ]
        sound, first = heard(whole(made, found, rendition))
        for since, until in ((0.1, 4.6), (7.3, 11.8)):
            assert level(sound, first, since, until) < 1e-3
        assert hears(sound, first, 5.1, 5.9, pitch(5)) > 0.95 and level(sound, first, 4.8, 7.1) > 0.2
    pictures = seen(whole(made, found, "light"))
    assert len(pictures) == SECONDS * 12
    slate = mean_luma(renderer().slate().reformat(426, 240))
    for at, frame in pictures:
        if not 4.6 <= at < 7.3:
            assert abs(mean_luma(frame) - slate) < 6, float(at)
        elif 4.9 <= at < 7.0:
            assert abs(mean_luma(frame) - luma(int(at))) < 6, float(at)


def test_what_is_not_made_yet_is_silent_and_what_is_taken_back_is_gone_at_once(made: Archive) -> None:
    found = edition(made, (-1, 5.0))
    border = found.index("light").segments[2]
    assert found.plan(border).action == "render"
    with pytest.raises(RecordingError, match="gone"):
        found.read(border)
    assert found.state() == ("making", None)
    make(edition(made), made, renderer())
    blank = edition(made).read(border)
    assert found.read(border) == blank != found.source(border)
    make(found, made, renderer())
    assert found.read(border) != blank
    assert edition(made).read(found.index("light").segments[0]) != found.source(found.index("light").segments[0])
    redacted = edition(made, (-1, 5.0), covers=(Cover(WALL_MS + 200, WALL_MS + 400),))
    first = redacted.index("light").segments[0]
    assert redacted.plan(first).action == "render"
    sound, begin = heard(film(made, redacted.index("light"), [redacted.read(first)]))
    assert level(sound, begin, 0.0, 2.0) < 1e-3, "from the moment on at which somebody asks for it"


def test_only_what_changed_is_made_and_what_is_old_is_removed(made: Archive) -> None:
    assert make(edition(made, (-1, 5.0)), made, renderer()) == 2
    assert make(edition(made, (-1, 5.0)), made, renderer()) == 0
    kept = {path.name for path in (made.folder / SESSION / "edition" / "light").iterdir()}
    assert make(edition(made, (-1, 5.0), (8.5, 9.5)), made, renderer()) == 2
    names = {path.name for path in (made.folder / SESSION / "edition" / "light").iterdir()}
    assert kept < names and len(names) == len(kept) + 1
    make(edition(made), made, renderer())
    assert [path.name for path in (made.folder / SESSION / "edition" / "light").iterdir()] == ["blank-1.m4s"]


def test_a_recording_of_two_lives(made: Archive) -> None:
    record(made, 4, starts_s=SECONDS + 3, fence=2)
    found = edition(made, (1.0, 17.0))
    make(found, made, renderer())
    assert {each.epoch for each in found.index("light").segments} == {1, 2}
    for segment in found.index("light").segments:
        assert found.read(segment)
    assert {found.head(each) for each in found.index("light").segments} == {made.read_init(SESSION, "light", 1)}


def test_two_hours_that_nobody_released_take_seconds(made: Archive) -> None:
    found = edition(made)
    make(found, made, renderer())
    segment = found.index("light").segments[1]
    began = time.process_time()
    for _ in range(200):
        found.read(segment)
    assert (time.process_time() - began) * 3_600 / 200 < 30


def test_how_far_it_is(made: Archive) -> None:
    found = edition(made, (-1, 5.0))
    assert found.state().state == "making" and made_from(found.folder) == ""
    make(found, made, renderer())
    assert found.state() == ("making", None), "nobody said that it is"
    (found.folder / STATE).write_text('{"at": 17, "mark": "m"}')
    assert found.state() == ("ready", 17) and made_from(found.folder) == "m"
    assert edition(made, (-1, 5.5)).state() == ("making", 17)
    (found.folder / STATE).write_text("{")
    assert made_from(found.folder) == "" and found.state().at is None


def test_a_folder_of_editions_is_no_rendition(made: Archive) -> None:
    make(edition(made), made, renderer())
    assert made.renditions(SESSION) == ["light", "sound"]
    with pytest.raises(RecordingError, match="name"):
        made.folder_of(SESSION, "edition")


def test_the_large_rendition_too(tmp_path: Path) -> None:
    made = archive(tmp_path)
    record(made, 6, rendition=FULL)
    found = edition(made, (2.5, 9.0))
    assert make(found, made, renderer()) == 2
    assert [found.plan(each).action for each in found.index("full").segments] == ["blank", "render", "keep"]
    sound, first = heard(whole(made, found, "full"))
    assert level(sound, first, 0.1, 2.5) < 1e-3 and level(sound, first, 2.8, 3.9) > 0.2
    pictures = seen(whole(made, found, "full"))
    slate = mean_luma(renderer().slate())
    assert len(pictures) == 6 * FULL.rate
    for at, frame in pictures:
        wanted = slate if at < 2.5 else luma(int(at)) if at >= 2.8 else None
        assert wanted is None or abs(mean_luma(frame) - wanted) < 6, float(at)
