"""A segment made anew: nothing is heard or seen in what is taken out, all else is there, and no moment has moved."""

from __future__ import annotations

import io

import av
import pytest

from recordings.archive import Archive, RecordingError
from recordings.archive.layout import read_lines
from recordings.edition.plan import Cover, Plan, plan
from recordings.edition.samples import all_pieces, lines_of, pieces_of, run_of
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


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    made = archive(tmp_path_factory.mktemp("filmed"))
    record(made, 8)
    return made


def redacted(made: Archive, rendition: str, *covers: Cover) -> tuple[list[bytes], list[bytes]]:
    """All segments before and after, as the archive's own would be made anew."""
    index = made.index(SESSION, rendition)
    before = [made.read(SESSION, rendition, each.number) for each in index.segments]
    after, hand = [], renderer()
    for at, segment in enumerate(index.segments):
        wanted = plan(covers, segment.wall_ms, segment.duration_us, picture=rendition != "sound")
        init = made.read_init(SESSION, rendition, segment.epoch)
        if wanted.action == "keep":
            after.append(before[at])
            continue
        beside = (before[at - 1] if at else None, before[at + 1] if at + 1 < len(before) else None)
        data, said = hand.render(rendition, init, segment, before[at], wanted, *beside)
        again = read_lines(rendition, segment.number, lines_of(said))
        assert again == said and again is not None and again.whole and again.bytes == len(data)
        assert [(each.duration_us, each.starts_ms, each.wall_ms, each.independent) for each in said.parts] == [
            (each.duration_us, each.starts_ms, each.wall_ms, each.independent) for each in segment.parts
        ]
        after.append(data)
    return before, after


def times(made: Archive, rendition: str, data: bytes, number: int) -> list[list[tuple[int, int, bool]]]:
    """Start, length and kind of every sample of a segment."""
    segment = made.index(SESSION, rendition).segment(number)
    assert segment is not None
    pieces = all_pieces(data)
    tracks = sorted({track for piece in pieces for track, _ in piece.runs})
    return [[(each.starts, each.duration, each.key) for each in run_of(pieces, track)] for track in tracks]


@pytest.mark.parametrize("rendition", ["sound", "light"])
def test_no_energy_is_left_and_the_rest_has_not_moved(made: Archive, rendition: str) -> None:
    index = made.index(SESSION, rendition)
    # From 2.5 s to 5.2 s: over the border of a segment in both renditions.
    before, after = redacted(made, rendition, Cover(WALL_MS + 2_500, WALL_MS + 5_200))
    assert before != after and len(before) == len(after)
    for segment, old, new in zip(index.segments, before, after, strict=True):
        found = times(made, rendition, new, segment.number)
        assert found == times(made, rendition, old, segment.number)
    old_sound, old_first = heard(film(made, index, before))
    sound, first = heard(film(made, index, after))
    assert (len(sound), first) == (len(old_sound), old_first)
    assert level(sound, first, 2.5, 5.2) < 1e-3, "nothing of it is heard, not even its first moments"
    for second in (0, 1, 6, 7):
        assert hears(sound, first, second + 0.05, second + 0.95, pitch(second)) > 0.95
    assert hears(sound, first, 2.05, 2.25, pitch(2)) > 0.9 and hears(sound, first, 5.45, 5.95, pitch(5)) > 0.9
    assert level(sound, first, 2.05, 2.25) > 0.2
    # Where it begins again it is where it was: the samples themselves agree.
    at = slice(round(6.1 * 24_000) - first, round(6.9 * 24_000) - first)
    assert abs(float((sound[at] * old_sound[at]).sum() / (old_sound[at] ** 2).sum()) - 1) < 0.1


def test_no_picture_is_left_and_the_rest_is_there(made: Archive) -> None:
    index = made.index(SESSION, "light")
    before, after = redacted(made, "light", Cover(WALL_MS + 2_500, WALL_MS + 5_200))
    old, new = (seen(film(made, index, each)) for each in (before, after))
    assert [at for at, _ in old] == [at for at, _ in new]
    slate = mean_luma(renderer().slate().reformat(426, 240))
    for at, frame in new:
        found, second = mean_luma(frame), int(at)
        if 2.5 <= at < 5.2:
            assert abs(found - slate) < 6, float(at)
        elif not 2.3 <= at < 5.4:
            assert abs(found - luma(second)) < 6, float(at)


def test_sound_or_picture_alone(made: Archive) -> None:
    index = made.index(SESSION, "light")
    span = (WALL_MS + 2_500, WALL_MS + 3_500)
    before, after = redacted(made, "light", Cover(*span, picture=False))
    pictures = [seen(film(made, index, each)) for each in (before, after)]
    assert [mean_luma(frame) for _, frame in pictures[0]] == [mean_luma(frame) for _, frame in pictures[1]]
    sound, first = heard(film(made, index, after))
    assert level(sound, first, 2.5, 3.5) < 1e-3
    before, after = redacted(made, "light", Cover(*span, sound=False))
    sounds = [heard(film(made, index, each))[0] for each in (before, after)]
    assert (sounds[0] == sounds[1]).all()


def test_a_keyframe_stands_first_and_the_head_fits(made: Archive) -> None:
    index = made.index(SESSION, "light")
    _, after = redacted(made, "light", Cover(WALL_MS + 2_500, WALL_MS + 2_600))
    segment = index.segments[1]
    film_of_one = made.read_init(SESSION, "light", 1) + after[1]
    with av.open(io.BytesIO(film_of_one), "r") as file:
        packets = [packet for packet in file.demux(video=0) if packet.size]
    assert packets[0].is_keyframe and len(packets) == 24
    assert sum(len(run_of([piece], 1)) for piece in pieces_of(made.read(SESSION, "light", 1), segment.parts)) == 24


def test_an_epoch_of_other_settings_is_refused(made: Archive) -> None:
    segment = made.index(SESSION, "light").segments[0]
    data, init = made.read(SESSION, "light", 0), made.read_init(SESSION, "light", 1)
    whole = Plan("render", ((0, 10),), ())
    at = init.find(b"avcC")
    other = init[: at + 12] + bytes([init[at + 12] ^ 1]) + init[at + 13 :]
    with pytest.raises(RecordingError, match="other"):
        renderer().render("light", other, segment, data, Plan("render", (), ((0, 10),)))
    with pytest.raises(RecordingError, match="other"):
        renderer().render("full", init, segment, data, Plan("render", (), ((0, 10),)))
    with pytest.raises(RecordingError, match="other"):
        renderer().render("light", init.replace(b"\x13\x08", b"\x13\x10"), segment, data, whole)
    with pytest.raises(RecordingError, match="other"):
        renderer().template("huge", init)
    with pytest.raises(RecordingError, match="damaged"):
        renderer().render("light", init, segment, bytes(len(data)), whole)
