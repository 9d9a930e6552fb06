"""Spans out of an archive and back into it: no original is lost, and none is left in the clear."""

from __future__ import annotations

import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from kachehri.store.tables import Redaction
from kachehri.vault import Vault
from recordings.archive import Archive, RecordingError, disk
from recordings.archive.layout import UNPLACED
from recordings.archive.recover import write_seal
from recordings.edition import sealing
from recordings.redaction import Done, Work, carry_out
from tests.recordings.edition.filmed import (
    SESSION,
    WALL_MS,
    archive,
    film,
    heard,
    hears,
    level,
    pitch,
    record,
    renderer,
)

VAULT = Vault([b"k" * 32])
NOW = 1_000


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("redacted")
    record(archive(folder), 8)
    return folder


@pytest.fixture
def made(template: Path, tmp_path: Path) -> Archive:
    shutil.copytree(template, tmp_path / "r")
    return archive(tmp_path / "r")


def taken(id: str, since_ms: int, until_ms: int, **more: object) -> Redaction:
    row = Redaction(
        id=id, session_id=SESSION, starts_at=WALL_MS + since_ms, ends_at=WALL_MS + until_ms, made_by="a", made_at=1
    )
    return row.model_copy(update=more)


def done(row: Redaction, until: int = NOW + 1) -> Redaction:
    return row.model_copy(update={"state": "done", "done_at": 2, "sealed_until": until})


def undone(row: Redaction) -> Redaction:
    return row.model_copy(update={"state": "undone", "undone_at": 5})


def run(made: Archive, *rows: Redaction) -> Done:
    return carry_out(made, SESSION, Work.of(rows, NOW), VAULT, renderer())


def files(made: Archive) -> dict[str, bytes]:
    """Segments, their lines and heads; sealed ones by their name alone, for no two seals are alike."""
    return {
        str(path.relative_to(made.folder)): path.read_bytes() if path.suffix != ".sealed" else b""
        for path in sorted(made.folder.rglob("*"))
        if path.suffix in (".m4s", ".parts", ".mp4", ".sealed", ".new")
    }


def sealed(made: Archive) -> list[str]:
    return [name for name in files(made) if name.endswith(".sealed")]


def sound_of(made: Archive) -> tuple[object, int]:
    index = made.index(SESSION, "sound")
    return heard(film(made, index, [made.read(SESSION, "sound", each.number) for each in index.segments]))


def loudest(made: Archive, since_s: float, until_s: float) -> float:
    sound, first = sound_of(made)
    return level(sound, first, since_s, until_s)  # type: ignore[arg-type]


def test_nothing_counts_as_taken_out_while_a_segment_may_still_hold_it(made: Archive) -> None:
    before, row = files(made), taken("a", 2_500, 3_000)
    segment = made.index(SESSION, "light").segments[3]
    parts = tuple(replace(each, wall_ms=UNPLACED) for each in segment.parts)
    lines = made.folder_of(SESSION, "light") / "000003.parts"
    write_seal(lines, replace(segment, parts=parts), segment.sha256)
    made.forget(SESSION)
    assert run(made, row).failed == {"a"} and not run(made, done(row, NOW)).failed
    lines.write_bytes(before[f"{SESSION}/light/000003.parts"])
    made.forget(SESSION)
    assert not run(made, row).failed


def test_what_is_taken_out_is_gone_and_comes_back_as_it_was(made: Archive) -> None:
    before, row = files(made), taken("a", 2_500, 3_000)
    assert made.index(SESSION, "sound").segments
    found = run(made, row)
    assert not found.failed and {(rendition, number) for rendition, number, _, _ in found.replaced} == {
        ("light", 1),
        ("sound", 0),
    }
    assert sealed(made) == [f"{SESSION}/light/000001.sealed", f"{SESSION}/sound/000000.sealed"]
    assert loudest(made, 2.5, 3.0) < 1e-3 and loudest(made, 3.3, 3.9) > 0.2
    for rendition, number, size, digest in found.replaced:
        data = made.read(SESSION, rendition, number)
        segment = made.index(SESSION, rendition).segment(number)
        assert segment is not None and (len(data), sha256(data).hexdigest()) == (size, digest)
        assert (segment.bytes, segment.sha256) == (size, digest), "whoever had read the index reads it anew"
    clear = before[f"{SESSION}/light/000001.m4s"]
    assert not any(clear[-2_000:] in path.read_bytes() for path in made.folder.rglob("*") if path.is_file())
    assert run(made, row).replaced == found.replaced, "once more does no harm"
    back = run(made, undone(row))
    assert files(made) == before and set(back.unsealed) == {("light", 1), ("sound", 0)}
    assert files(made) == before and not run(made, undone(row)).failed


def test_one_of_two_that_overlap_is_undone(made: Archive) -> None:
    first, second = taken("a", 2_300, 3_000), taken("b", 2_900, 3_500)
    run(made, second)
    only_second = {name: data for name, data in files(made).items()}
    run(made, undone(second))
    run(made, first)
    run(made, done(first), second)
    assert loudest(made, 2.3, 3.5) < 1e-3
    run(made, undone(first), done(second))
    assert files(made) == only_second, "made from the original and what still holds"
    run(made, undone(first), undone(second))
    assert not sealed(made)


def test_what_was_kept_long_enough_is_destroyed(made: Archive) -> None:
    row = taken("a", 2_500, 3_000)
    run(made, row)
    redacted = files(made)
    found = run(made, done(row, until=NOW))
    assert set(found.unsealed) == {("light", 1), ("sound", 0)} and not found.replaced and not sealed(made)
    assert {name: data for name, data in redacted.items() if not name.endswith("sealed")} == files(made)


def test_what_nobody_can_undo_any_more_is_not_kept_for_another(made: Archive) -> None:
    first, second = taken("a", 2_300, 2_900), taken("b", 3_200, 3_500)
    run(made, first, second)
    run(made, done(first, until=NOW), done(second))
    assert sealed(made), "the second one can still be undone"
    run(made, done(first).model_copy(update={"sealed_until": None}), undone(second))
    assert not sealed(made)
    assert loudest(made, 2.3, 2.9) < 2e-3, "and the first stays out"
    sound, begin = sound_of(made)
    assert hears(sound, begin, 3.1, 3.9, pitch(3)) > 0.9  # type: ignore[arg-type]


def interrupted(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """The process ends before the write of this number reaches the disk, and so behind the one before it."""
    count = 0
    write = disk.write_whole

    def counted(path: Path, data: bytes) -> None:
        nonlocal count
        count += 1
        if count == at:
            raise KeyboardInterrupt
        write(path, data)

    monkeypatch.setattr(sealing, "write_whole", counted)


@pytest.mark.parametrize("back", [False, True])
def test_an_end_at_any_moment_is_made_good_by_the_next_run(
    made: Archive, template: Path, back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = taken("a", 2_500, 3_000)
    if back:
        run(made, row)
    rows = [undone(row)] if back else [row]
    start = made.folder.with_name("start")
    shutil.copytree(made.folder, start)
    run(made, *rows)
    wanted = files(made)
    # For each segment that is sealed, two files, and for each rendition the word to the readers.
    for at in range(1, (6 if back else 8) + 1):
        shutil.rmtree(made.folder)
        shutil.copytree(start, made.folder)
        made.forget(SESSION)
        with monkeypatch.context() as patch:
            interrupted(patch, at)
            with pytest.raises(KeyboardInterrupt):
                run(made, *rows)
        made.forget(SESSION)
        assert not run(made, *rows).failed
        # What the second run finds in place of a plain original was sealed by the first.
        assert {name for name in files(made) if not name.endswith(".new")} == set(wanted)
        assert all(files(made)[name] == data for name, data in wanted.items())


def test_a_sealed_original_of_another_key_is_left_alone(made: Archive) -> None:
    row = taken("a", 2_500, 3_000)
    run(made, row)
    before = files(made)
    other = Vault([b"o" * 32])
    found = carry_out(made, SESSION, Work.of([undone(row)], NOW), other, renderer())
    assert found.failed == {"a"} and not found.replaced and files(made) == before


def test_a_damaged_segment_fails_and_the_others_are_done(made: Archive) -> None:
    (made.folder / SESSION / "light" / "000001.m4s").write_bytes(b"something else")
    found = run(made, taken("a", 2_500, 3_000))
    assert found.failed == {"a"} and [each[:2] for each in found.replaced] == [("sound", 0)]


def test_a_recording_that_is_being_written_waits(made: Archive) -> None:
    track = made.track(SESSION, "light", 2)
    with pytest.raises(RecordingError, match="busy"):
        run(made, taken("a", 2_500, 3_000))
    track.close()


def test_sound_alone_leaves_other_renditions_and_a_picture_leaves_the_sound(made: Archive) -> None:
    before = files(made)
    found = run(made, taken("a", 2_500, 3_000, sound=False))
    assert [each[:2] for each in found.replaced] == [("light", 1), ("sound", 0)]
    assert files(made)[f"{SESSION}/sound/000000.m4s"] == before[f"{SESSION}/sound/000000.m4s"]
    assert sealed(made) == [f"{SESSION}/light/000001.sealed"]


def test_what_there_is_to_do() -> None:
    row = taken("a", 0, 1)
    assert not Work.of([done(row)], NOW) and Work.of([row], NOW).anew == [row]
    assert Work.of([done(row, until=NOW)], NOW).over and not Work.of([done(row, until=NOW)], NOW).holds
    gone = undone(row).model_copy(update={"done_at": 6})
    assert not Work.of([gone, done(row).model_copy(update={"sealed_until": None})], NOW)
