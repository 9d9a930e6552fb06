"""The end of recordings: what is over goes everywhere, and what somebody holds stays or comes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from kachehri.settings.tree import Recordings
from kachehri.store import Store, redactions, sessions
from kachehri.store.tables import RecordingHold
from recordings.archive import Archive
from recordings.archive.manifest import Manifest
from recordings.keeper import Keeper
from recordings.retention import DAY_MS, retire
from recordings.storage import LocalStorage, StorageError, Stored
from recordings.storage.sending import Sending
from tests.conftest import ManualClock

from .archive.made import PARTS, SESSION, WALL_MS, archive, begun, write
from .test_keeper import Failing, entered, looked


@pytest.fixture
def made(tmp_path: Path) -> Archive:
    return archive(tmp_path / "recordings")


@pytest.fixture
def kept(house: Store, made: Archive, tmp_path: Path) -> LocalStorage:
    track = begun(made)
    write(track, 0, PARTS)
    track.close()
    Manifest(house, made).round()
    storage = LocalStorage(tmp_path / "storage")
    Sending(house, made, storage).round()
    return storage


def test_what_is_over_goes_everywhere_and_what_is_spared_does_not(
    house: Store, made: Archive, kept: LocalStorage, clock: ManualClock
) -> None:
    clock.now = WALL_MS + 30 * DAY_MS
    assert retire(house, made, kept, 0) == []
    assert retire(house, made, kept, 31) == []
    assert retire(house, made, kept, 29, lambda session: session == SESSION) == []
    assert made.index(SESSION, "full").segments and entered(house)
    (made.folder / SESSION / "withheld.jsonl").write_text("{}\n")
    assert retire(house, made, kept, 29) == [SESSION]
    assert not made.sessions() and not list(kept.list("")) and not entered(house)
    assert made.index(SESSION, "full").segments == ()
    assert retire(house, made, kept, 29) == []


def test_what_was_practice_is_kept_for_two_days_whatever_else_is(
    house: Store, made: Archive, kept: LocalStorage, clock: ManualClock
) -> None:
    clock.now = WALL_MS + 3 * DAY_MS
    assert retire(house, made, kept, 0) == []
    with house.write() as conn:
        conn.execute(text("UPDATE session SET practice = 1"))
    clock.now = WALL_MS + DAY_MS
    assert retire(house, made, kept, 0) == []
    clock.now = WALL_MS + 3 * DAY_MS
    assert retire(house, made, kept, 0) == [SESSION] and not made.sessions()


def test_one_that_was_interrupted_is_ended_the_next_time(
    house: Store, made: Archive, kept: LocalStorage, clock: ManualClock
) -> None:
    clock.now = WALL_MS + 30 * DAY_MS
    with pytest.raises(StorageError):
        retire(house, made, Failing(kept, 0), 1)
    assert made.sessions() and entered(house)
    assert retire(house, made, kept, 1) == [SESSION]


def test_one_that_is_being_written_stays(house: Store, made: Archive, kept: LocalStorage, clock: ManualClock) -> None:
    clock.now = WALL_MS + 30 * DAY_MS
    track = begun(made, fence=2)
    assert retire(house, made, kept, 1) == []
    track.close()
    assert retire(house, made, kept, 1) == [SESSION]


@pytest.mark.parametrize("phase", ["live", "adjourned", "closing", "closed", "cancelled"])
def test_what_waited_goes_with_its_hearing(house: Store, made: Archive, phase: str) -> None:
    track = begun(made)
    write(track, 0, PARTS)
    waits = [made.folder / SESSION / name for name in ("delay-0.sealed", "delay-1.sealed")]
    for path in waits:
        path.write_bytes(b"sealed")
    with house.write() as conn:
        sessions.project(conn, SESSION, phase=phase, starts_at=1, ends_at=2, deadline=None)
    looked(house, made)
    assert all(path.exists() for path in waits), "its program is there"
    track.close()
    looked(house, made)
    assert all(path.exists() for path in waits) is (phase in ("live", "adjourned"))


def test_what_waits_and_cannot_be_removed_keeps_nothing_else(
    house: Store, made: Archive, kept: LocalStorage, clock: ManualClock
) -> None:
    with house.write() as conn:
        sessions.project(conn, SESSION, phase="cancelled", starts_at=1, ends_at=2, deadline=None)
    first, second = (made.folder / SESSION / name for name in ("delay-0.sealed", "delay-1.sealed"))
    first.mkdir()  # what the disk does not let go
    second.write_bytes(b"sealed")
    with structlog.testing.capture_logs() as told:
        looked(house, made)
    assert [each["session"] for each in told if each["event"] == "recordings.delay_left"] == [SESSION]
    assert first.exists() and not second.exists()
    clock.now = WALL_MS + 30 * DAY_MS
    keeper = Keeper(house, Recordings(folder=made.folder, keep_days=1), storage=kept, archive=made)
    keeper.round()
    keeper._editions.close()
    assert not made.sessions() and not list(kept.list(""))


@pytest.mark.parametrize("late", [False, True])
def test_a_hold_that_comes_during_the_removal_keeps_the_folder(
    house: Store, made: Archive, kept: LocalStorage, clock: ManualClock, late: bool
) -> None:
    clock.now = WALL_MS + 30 * DAY_MS
    with house.write() as conn:
        conn.execute(text("UPDATE recorded_segment SET stored_at = NULL"))
    (made.folder / SESSION / "full" / "000000.sealed").write_bytes(b"sealed")
    kept.put(f"{SESSION}/full/000000.sealed", b"sealed")
    sending = Sending(house, made, kept)
    sending.round()
    before = sorted(each.name for each in kept.list(""))

    class Held(LocalStorage):
        def list(self, prefix: str) -> Iterator[Stored]:
            found = list(super().list(prefix))
            if not late:
                hold()
            return iter(found)

        def delete(self, names: Iterable[str]) -> None:
            super().delete(names)
            hold()

    def hold() -> None:
        row = RecordingHold(session_id=SESSION, reason="r", review_on="2027-01-01", made_by="a", made_at=1)
        with house.write() as conn:
            redactions.hold(conn, row)

    with structlog.testing.capture_logs() as told:
        assert retire(house, made, Held(kept._folder), 1) == []
    assert [(each["event"], each["count"]) for each in told] == [("recordings.held", 1)]
    assert made.index(SESSION, "full").segments and entered(house)
    assert bool(list(kept.list(""))) is not late
    sending.forget()
    sending.round()
    assert sorted(each.name for each in kept.list("")) == before, "what was gone from the storage is sent again"
    with house.write() as conn:
        redactions.lift(conn, SESSION)
    assert retire(house, made, kept, 1) == [SESSION] and not list(kept.list(""))


def test_a_hold_behind_a_removal_that_the_storage_broke_off_has_all_of_it_sent_again(
    house: Store, made: Archive, kept: LocalStorage, clock: ManualClock
) -> None:
    clock.now = WALL_MS + 30 * DAY_MS
    before = sorted(each.name for each in kept.list(""))

    class Breaking(LocalStorage):
        def delete(self, names: Iterable[str]) -> None:
            super().delete(list(names)[1:])
            raise StorageError("away")

    with pytest.raises(StorageError):
        retire(house, made, Breaking(kept._folder), 1)
    assert len(list(kept.list(""))) == 1
    row = RecordingHold(session_id=SESSION, reason="r", review_on="2027-01-01", made_by="a", made_at=1)
    with house.write() as conn:
        redactions.hold(conn, row)
    assert retire(house, made, kept, 1) == []
    Sending(house, made, kept).round()
    assert sorted(each.name for each in kept.list("")) == before
