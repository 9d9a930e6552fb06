"""Rows, storage, room and end of recordings, without a person."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from kachehri.settings import Settings, from_mapping
from kachehri.settings.tree import Recordings
from kachehri.store import Store, recordings
from recordings.archive import Archive, RecordingError
from recordings.archive.manifest import Manifest, row
from recordings.archive.space import Space
from recordings.keeper import Keeper, keeper_of, storage_of
from recordings.retention import DAY_MS
from recordings.storage import LocalStorage, StorageError, Stored
from recordings.storage.sending import Sending, fetch
from tests.conftest import ManualClock

from .archive.made import PARTS, SESSION, WALL_MS, abandon, archive, begun, fragment, head, write


@pytest.fixture
def made(tmp_path: Path) -> Archive:
    return archive(tmp_path / "recordings")


def entered(store: Store) -> list[tuple[str, int, bool]]:
    with store.read() as conn:
        found = recordings.of_session(conn, SESSION)
    return [(each.rendition, each.number, each.stored_at is not None) for each in found]


def looked(house: Store, made: Archive) -> None:
    """One round of a keeper that has just begun."""
    keeper = Keeper(house, Recordings(folder=made.folder), archive=made)
    keeper.round()
    keeper._editions.close()


class TestManifest:
    def test_whole_segments_are_entered_as_they_come(self, house: Store, made: Archive) -> None:
        manifest = Manifest(house, made)
        assert manifest.round() == 0
        track = begun(made)
        write(track, 0, PARTS + 2)
        assert manifest.round() == 1 and manifest.round() == 0
        write(track, PARTS + 2, PARTS)
        assert manifest.round() == 1
        track.close()
        assert manifest.round() == 1
        with house.read() as conn:
            found = recordings.of_session(conn, SESSION)
        whole = b"".join(map(fragment, range(PARTS)))
        assert found[0].sha256 == hashlib.sha256(whole).hexdigest() and found[0].bytes == len(whole)
        assert [(each.number, each.epoch, each.fence) for each in found] == [(0, 1, 1), (1, 1, 1), (2, 1, 1)]
        assert (found[1].wall_ms, found[1].duration_us) == (WALL_MS + 1_999, 6 * 333_333)

    def test_what_a_dead_process_left_is_finished_and_entered(self, house: Store, made: Archive) -> None:
        track = begun(made)
        write(track, 0, 3)
        manifest = Manifest(house, made)
        assert manifest.round() == 0
        abandon(track)
        assert manifest.round() == 1
        assert made.index(SESSION, "full").growing is None

    def test_rows_are_written_anew_from_the_files(self, house: Store, made: Archive) -> None:
        track = begun(made)
        write(track, 0, 3 * PARTS)
        track.close()
        Manifest(house, made).round()
        before = entered(house)
        with house.write() as conn:
            recordings.forget(conn, SESSION)
        for lines in (made.folder / SESSION / "full").glob("*.parts"):
            lines.unlink()
        assert Manifest(house, made).round() == 3
        assert entered(house) == before

    def test_a_folder_of_no_session_and_a_segment_that_cannot_be_read(self, house: Store, made: Archive) -> None:
        stranger = made.track("zzzzzzzz", "full", 1)
        stranger.begin(1, head())
        write(stranger, 0, PARTS)
        stranger.close()
        (made.folder / "not a session").mkdir()
        track = begun(made)
        write(track, 0, 2 * PARTS)
        track.close()
        folder = made.folder / SESSION / "full"
        (folder / "000000.parts").unlink()
        (folder / "000000.m4s").write_bytes(b"nothing that anybody wrote")
        assert Manifest(house, made).round() == 1
        assert entered(house) == [("full", 1, False)]

    def test_a_growing_segment_has_no_row(self, made: Archive) -> None:
        track = begun(made)
        write(track, 0, 1)
        growing = made.index(SESSION, "full").growing
        assert growing is not None
        with pytest.raises(RecordingError, match="state"):
            row(SESSION, growing)
        track.close()


class Failing:
    """A storage that is away after so many puts."""

    def __init__(self, inner: LocalStorage, puts: int) -> None:
        self._inner, self.left = inner, puts

    def put(self, name: str, data: bytes) -> None:
        if self.left <= 0:
            raise StorageError("away")
        self.left -= 1
        self._inner.put(name, data)

    def get(self, name: str) -> bytes:
        return self._inner.get(name)

    def range(self, name: str, offset: int, length: int) -> bytes:
        return self._inner.range(name, offset, length)

    def list(self, prefix: str) -> Iterator[Stored]:
        return self._inner.list(prefix)

    def delete(self, names: Iterable[str]) -> None:
        if self.left <= 0:
            raise StorageError("away")
        self._inner.delete(names)


class TestSending:
    def test_segments_go_once_and_come_back_whole(self, house: Store, made: Archive, tmp_path: Path) -> None:
        for rendition in ("full", "sound"):
            track = begun(made, rendition=rendition)
            write(track, 0, 2 * PARTS)
            track.close()
        Manifest(house, made).round()
        storage = LocalStorage(tmp_path / "storage")
        assert Sending(house, made, storage).round() == 4 and Sending(house, made, storage).round() == 0
        assert all(stored for _, _, stored in entered(house))
        other = archive(tmp_path / "other")
        assert fetch(storage, other, SESSION) == 2 * (1 + 2 * 2)
        assert fetch(storage, other, SESSION) == 0
        for rendition in ("full", "sound"):
            assert other.index(SESSION, rendition) == made.index(SESSION, rendition)

    def test_after_any_end_the_rest_goes(self, house: Store, made: Archive, tmp_path: Path) -> None:
        track = begun(made)
        write(track, 0, 3 * PARTS)
        track.close()
        Manifest(house, made).round()
        for puts in range(1, 5):
            failing = Failing(LocalStorage(tmp_path / "storage"), puts)
            with pytest.raises(StorageError):
                Sending(house, made, failing).round()
        Sending(house, made, Failing(LocalStorage(tmp_path / "storage"), 99)).round()
        assert [stored for _, _, stored in entered(house)] == [True] * 3
        other = archive(tmp_path / "other")
        fetch(LocalStorage(tmp_path / "storage"), other, SESSION)
        assert other.index(SESSION, "full") == made.index(SESSION, "full")

    def test_what_is_not_what_was_written_never_goes_and_holds_up_nothing(
        self, house: Store, made: Archive, tmp_path: Path
    ) -> None:
        track = begun(made)
        write(track, 0, 3 * PARTS)
        track.close()
        Manifest(house, made).round()
        folder = made.folder / SESSION / "full"
        (folder / "000000.m4s").write_bytes(b"something else")
        (folder / "000001.m4s").unlink()
        storage = LocalStorage(tmp_path / "storage")
        sending = Sending(house, made, storage)
        with structlog.testing.capture_logs() as told:
            assert sending.round() == 1 and sending.round() == 0
        assert [each["code"] for each in told] == ["damaged", "gone"]
        assert sending.held == {(SESSION, "full", 0), (SESSION, "full", 1)}
        assert [each.name for each in storage.list("") if each.name.endswith("m4s")] == [f"{SESSION}/full/000002.m4s"]

    def test_a_storage_with_something_else_in_it(self, made: Archive, tmp_path: Path) -> None:
        storage = LocalStorage(tmp_path / "storage")
        storage.put(f"{SESSION}/full/notes.txt", b"x")
        storage.put(f"{SESSION}/full/000001.open", b"x")
        assert fetch(storage, made, SESSION) == 0
        storage.put(f"{SESSION}/readme", b"x")
        with pytest.raises(StorageError, match="name"):
            fetch(storage, made, SESSION)


class TestKeeper:
    def test_a_round_does_it_all_and_tells_once(self, house: Store, tmp_path: Path, clock: ManualClock) -> None:
        free = [10**12]
        made = Archive(tmp_path / "r", Space(tmp_path, room=lambda _: (free[0], 10**12)))
        storage = Failing(LocalStorage(tmp_path / "storage"), 0)
        seconds = [0.0]
        keeper = Keeper(
            house,
            Recordings(folder=tmp_path / "r", keep_days=1),
            storage=storage,
            archive=made,
            clock=lambda: seconds[0],
        )
        track = begun(made)
        write(track, 0, PARTS)
        track.close()
        clock.now = WALL_MS
        with structlog.testing.capture_logs() as told:
            keeper.round()
            keeper.round()
            assert (keeper.trouble, keeper.space) == ("away", "enough")
            storage.left, free[0] = 99, 10**11
            keeper.round()
            keeper.round()
            assert (keeper.trouble, keeper.space) == ("", "low")
        assert [each["event"] for each in told] == [
            "recordings.storage_changed",
            "recordings.room_changed",
            "recordings.storage_changed",
        ]
        assert entered(house) == [("full", 0, True)]
        clock.now = WALL_MS + 2 * DAY_MS
        keeper.round()
        assert entered(house)
        seconds[0] = 3_600.0
        keeper.round()
        assert not entered(house) and not made.sessions()

    def test_heads_are_sent_again_where_the_disk_broke_off_a_removal(
        self, house: Store, made: Archive, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        storage, seconds, clock.now = LocalStorage(tmp_path / "storage"), [-1.0], WALL_MS
        settings = Recordings(folder=made.folder, keep_days=1)
        keeper = Keeper(house, settings, storage=storage, archive=made, clock=lambda: seconds[0])
        track = begun(made)
        write(track, 0, PARTS)
        track.close()
        keeper.round()
        before = sorted(each.name for each in storage.list(""))
        seconds[0], clock.now = 0.0, WALL_MS + 2 * DAY_MS
        with monkeypatch.context() as patch, pytest.raises(OSError, match="disk"):
            patch.setattr(shutil, "rmtree", lambda _path: (_ for _ in ()).throw(OSError("disk")))
            keeper.round()
        assert not list(storage.list(""))
        keeper.round()
        assert sorted(each.name for each in storage.list("")) == before

    @pytest.mark.anyio
    async def test_it_ends_with_its_round(self, house: Store, tmp_path: Path) -> None:
        keeper = Keeper(house, Recordings(folder=tmp_path / "r"), storage=LocalStorage(tmp_path / "storage"))
        keeper.start()
        await keeper.close()
        assert (tmp_path / "r").is_dir()

    def test_a_house_without_a_program_has_none_until_something_was_recorded(
        self, house: Store, tmp_path: Path
    ) -> None:
        plain = from_mapping({"recordings": {"folder": str(tmp_path / "there")}})
        assert keeper_of(plain, house) is None and not (tmp_path / "there").exists()
        (tmp_path / "there").mkdir()
        assert keeper_of(plain, house) is not None
        on = {"recordings": {"folder": str(tmp_path / "new")}, "program": {"enabled": "yes"}}
        assert keeper_of(from_mapping(on), house) is not None

    def test_the_storage_is_that_of_the_settings(self, tmp_path: Path) -> None:
        assert storage_of(Settings().recordings) is None
        secret = tmp_path / "secret"
        secret.write_text("hidden\n")
        there = replace(
            Settings().recordings,
            storage="s3",
            bucket="hearings",
            endpoint="http://127.0.0.1:9",
            access_key="us",
            secret_key_file=secret,
        )
        storage = storage_of(there)
        assert storage is not None and "hidden" not in repr(vars(storage))
