"""Parts are on the disk when they are told of, and only one process writes."""

from __future__ import annotations

import hashlib
import os
import resource
from pathlib import Path

import pytest

from recordings.archive import Archive, RecordingError, guard, track
from recordings.archive.space import Space

from .made import PARTS, SESSION, abandon, archive, begun, fragment, head, write, write_one


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / SESSION / "full").iterdir() if path.name not in ("fence", "writer"))


def test_a_segment_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    made = archive(tmp_path)
    track = begun(made)
    parts = write(track, 0, PARTS - 1)
    assert names(tmp_path) == ["000000.open", "000000.parts", "init-1.mp4"]
    assert [(part.index, part.offset) for part in parts[:2]] == [(0, 0), (1, parts[0].length)]
    growing = made.index(SESSION, "full").growing
    assert growing is not None and growing.parts == tuple(parts) and growing.sha256 == ""
    write(track, PARTS - 1, 1)
    assert names(tmp_path) == ["000000.m4s", "000000.parts", "init-1.mp4"]
    index = made.index(SESSION, "full")
    whole = b"".join(map(fragment, range(PARTS)))
    assert made.read(SESSION, "full", 0) == whole
    assert index.segments[0].sha256 == hashlib.sha256(whole).hexdigest() and index.growing is None
    assert index.next == (1, 0) and index.segments[0].bytes == len(whole)
    track.close()


def test_a_part_is_read_from_the_growing_segment_and_from_the_whole_one(tmp_path: Path) -> None:
    made = archive(tmp_path)
    track = begun(made)
    part = write(track, 0, 3)[2]
    assert made.read(SESSION, "full", 0, part.offset, part.length) == fragment(2)
    write(track, 3, 3)
    assert made.read(SESSION, "full", 0, part.offset, part.length) == fragment(2)
    assert made.read_init(SESSION, "full", 1) == head()
    with pytest.raises(RecordingError, match="gone"):
        made.read(SESSION, "full", 7)
    with pytest.raises(RecordingError, match="gone"):
        made.read_init(SESSION, "full", 7)
    track.close()


def test_the_index_follows_part_by_part_and_is_the_same_object_while_nothing_is_new(tmp_path: Path) -> None:
    made = archive(tmp_path)
    track = begun(made)
    assert made.index(SESSION, "full").segments == ()
    for number in range(2 * PARTS + 2):
        write_one(track, number)
        index = made.index(SESSION, "full")
        assert index.next == divmod(number + 1, PARTS) and index is made.index(SESSION, "full")
        assert index == archive(tmp_path).index(SESSION, "full")
    found = index.part(1, 2)
    assert found is not None and found.starts_ms == 8 * 333_333 // 1_000
    assert index.part(1, PARTS) is None and index.part(9, 0) is None and index.segment(3) is None
    track.close()


def test_the_next_process_goes_on_behind_with_its_own_head(tmp_path: Path) -> None:
    made = archive(tmp_path)
    first = begun(made, fence=1)
    write(first, 0, PARTS + 2)
    abandon(first)
    second = begun(made, fence=2)
    assert second.number == 2
    write(second, 8, 1)
    segments = made.index(SESSION, "full").segments
    assert [(s.number, s.epoch, s.fence, s.whole, len(s.parts)) for s in segments] == [
        (0, 1, 1, True, 6),
        (1, 1, 1, True, 2),
        (2, 2, 2, False, 1),
    ]
    second.close()


def test_an_older_writer_is_refused_and_cannot_come_back(tmp_path: Path) -> None:
    made = archive(tmp_path)
    older = begun(made, fence=4)
    write(older, 0, 2)
    newer = begun(made, fence=5)
    with pytest.raises(RecordingError, match="fence"):
        write(older, 2, 1)
    with pytest.raises(RecordingError, match="state"):
        write(older, 2, 1)
    older.close()
    with pytest.raises(RecordingError, match="fence"):
        made.track(SESSION, "full", 4)
    write(newer, 2, PARTS)
    newer.close()
    assert [len(s.parts) for s in made.index(SESSION, "full").segments] == [2, 4, 2]


def test_an_epoch_is_new_and_begins_a_segment_of_its_own(tmp_path: Path) -> None:
    made = archive(tmp_path)
    track = begun(made)
    write(track, 0, 2)
    with pytest.raises(RecordingError, match="state"):
        track.begin(1, head())
    track.close()
    track = made.track(SESSION, "full", 1)
    with pytest.raises(RecordingError, match="begin comes first"):
        write(track, 0, 1)
    track.begin(2, head())
    write(track, 2, 1)
    track.begin(3, head())
    write(track, 3, 1)
    track.close()
    track.close()
    assert [(s.number, s.epoch, s.whole) for s in made.index(SESSION, "full").segments] == [
        (0, 1, True),
        (1, 2, True),
        (2, 3, True),
    ]
    assert made.next_epoch(SESSION) == 4


def test_the_disk_gets_full_and_all_that_was_told_of_stays_playable(tmp_path: Path) -> None:
    free = 10**9
    made = Archive(tmp_path, Space(tmp_path, least=10**8, warn_percent=15, room=lambda _: (free, 10**10)))
    track = begun(made)
    assert made.space.state() == "low"
    write(track, 0, 2)
    free = 10**8
    assert made.space.state() == "full"
    with pytest.raises(RecordingError, match="space"):
        write(track, 2, 1)
    track.close()
    with pytest.raises(RecordingError, match="space"):
        made.track(SESSION, "full", 2)
    assert made.read(SESSION, "full", 0) == fragment(0) + fragment(1)
    free = 9 * 10**9
    assert made.space.state() == "enough"
    track = begun(made, fence=2)
    assert track.number == 1
    track.close()


@pytest.mark.parametrize("call", ["write_all", "fsync"])
def test_a_write_that_fails_half_way_ends_the_track_and_is_never_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    made = archive(tmp_path)
    running = begun(made)
    write(running, 0, 2)

    def torn(handle: int, data: bytes) -> None:
        os.write(handle, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    def failed(handle: int) -> None:
        raise OSError(5, "Input/output error")

    if call == "write_all":
        monkeypatch.setattr(track, "write_all", torn)
    else:
        monkeypatch.setattr("os.fsync", failed)
    with pytest.raises(RecordingError) as caught:
        write(running, 2, 1)
    assert caught.value.code == ("space" if call == "write_all" else "disk")
    monkeypatch.undo()
    running.close()
    assert made.index(SESSION, "full").next == (0, 2)
    later = begun(made, fence=2)
    whole = made.read(SESSION, "full", 0)
    assert whole.startswith(fragment(0) + fragment(1)) and len(whole) % len(fragment(0)) == 0
    later.close()


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\0b", "/etc", "ä", "a" * 65, "a\n"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    made = archive(tmp_path / "in")
    for call in (
        lambda: made.track(name, "full", 1),
        lambda: made.track(SESSION, name, 1),
        lambda: made.index(name, "full"),
        lambda: made.index(SESSION, name),
        lambda: made.read(name, "full", 0),
        lambda: made.read_init(SESSION, name, 1),
        lambda: made.rebuild(name),
    ):
        with pytest.raises(RecordingError, match="name"):
            call()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [-1, 10**9])
def test_a_number_is_a_number_of_a_segment(tmp_path: Path, number: int) -> None:
    with pytest.raises(RecordingError, match="name"):
        archive(tmp_path).read(SESSION, "full", number)
    with pytest.raises(RecordingError, match="name"):
        archive(tmp_path).read_init(SESSION, "full", number)


def test_parts_that_cannot_be(tmp_path: Path) -> None:
    track = begun(archive(tmp_path))
    for data, duration in ((b"", 1), (b"x", 0), (bytes(8_000_001), 1)):
        with pytest.raises(RecordingError, match="state"):
            track.part(data, duration_us=duration, independent=True, starts_ms=0, wall_ms=0, last=False)
    write(track, 0, 1)
    track.close()


def test_the_system_takes_half_of_a_part_and_no_more(tmp_path: Path) -> None:
    """A real refusal of write(2), by the limit for a file's size; a full disk answers in the same way."""
    made = archive(tmp_path)
    track = begun(made)
    write(track, 0, 2)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * len(fragment(0)) + 50, hard))
    try:
        with pytest.raises(RecordingError, match="space"):
            write(track, 2, 1)
        track.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / SESSION / "full" / "000000.open").stat().st_size == 2 * len(fragment(0)) + 50
    made.rebuild(SESSION)
    assert made.read(SESSION, "full", 0) == fragment(0) + fragment(1)


def test_a_folder_that_is_put_in_order_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = archive(tmp_path)
    begun(made).close()
    folder = made.folder_of(SESSION, "full")
    monkeypatch.setattr(guard, "PATIENCE_S", 0.02)
    with guard.undisturbed(folder) as alone:
        assert alone
        with pytest.raises(RecordingError, match="busy"):
            made.track(SESSION, "full", 2)
    track = made.track(SESSION, "full", 2)
    with guard.undisturbed(folder) as alone:
        assert not alone
    track.close()


def test_few_of_many_indexes_are_kept_and_names_take_no_memory(tmp_path: Path) -> None:
    made = archive(tmp_path)
    track = begun(made)
    write(track, 0, 1)
    for number in range(100):
        assert made.index(f"s{number}", "full").segments == ()
    assert len(made._readings) < 30
    assert made.index(SESSION, "full").next == (0, 1)
    track.close()
