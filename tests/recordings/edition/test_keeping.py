"""The keeper's share of editions and redactions: who is next, what is entered, and what is stored, in which order."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
import structlog

from kachehri import keys
from kachehri.settings import Settings
from kachehri.store import Store, redactions, replays, sessions
from kachehri.store.tables import RecordingHold, ReplayRequest
from recordings.archive import Archive
from recordings.archive.manifest import known_rows
from recordings.edition import making
from recordings.edition.edition import made_from
from recordings.edition.keeping import AGAIN_S, FAILED_S, Editions
from recordings.edition.making import run
from recordings.edition.report import BUSY, NOTHING
from recordings.keeper import Keeper
from recordings.retention import DAY_MS, retire, wanted
from recordings.storage import LocalStorage, StorageError
from tests.conftest import ManualClock
from tests.recordings.edition.filmed import SESSION, WALL_MS
from tests.recordings.edition.kept import DAYS, entered, here, settled, state, taken


def test_every_closed_hearing_gets_one_and_again_when_something_was_decided(
    house: Store, made: Archive, settings: Settings
) -> None:
    found = here(house, made, settings)
    settled(found)
    assert found.runs == 1 and made_from(made.folder / SESSION / "edition")
    settled(found)
    again = here(house, made, settings)
    settled(again)
    assert (found.runs, again.runs) == (1, 0), "it stands beside it what it was made from"
    taken(house, "a")
    changed = settled(found, 1.0)
    assert found.runs == 2 and set(changed) == {(SESSION, "light", 1), (SESSION, "sound", 0)}
    row = state(house, "a")
    assert (row.state, row.sealed_until) == ("done", house_now(house) + DAYS * DAY_MS)
    entered(house, made)
    settled(found, 2.0)
    assert found.runs == 2


def house_now(house: Store) -> int:
    with house.read() as conn:
        return house.now(conn)


def test_it_is_undone_and_destroyed_in_its_time(
    house: Store, made: Archive, settings: Settings, clock: ManualClock
) -> None:
    found = here(house, made, settings)
    taken(house, "a")
    taken(house, "b", 6_500, 7_000)
    settled(found)
    with house.write() as conn:
        assert redactions.undo(conn, "a", "who", house.now(conn))
    settled(found, 1.0)
    entered(house, made)
    assert state(house, "a").state == "undone" and not wanted(house, SESSION)
    assert [path.name for path in made.folder.rglob("*.sealed")].count("000001.sealed") == 1, "that of b"
    clock.now += DAYS * DAY_MS
    with structlog.testing.capture_logs() as told:
        settled(found, 2.0)
        settled(found, FAILED_S + 3.0)
    assert not list(made.folder.rglob("*.sealed")) and state(house, "b").sealed_until is None
    assert [each["count"] for each in told if each["event"] == "redaction.unsealed"] == [1]


def test_the_storage_has_it_before_it_counts_as_done(
    house: Store, made: Archive, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = LocalStorage(tmp_path / "storage")
    found = here(house, made, settings, storage)
    taken(house, "a")
    with monkeypatch.context() as patch:
        patch.setattr(LocalStorage, "put", lambda *_: (_ for _ in ()).throw(StorageError("away")))
        with pytest.raises(StorageError):
            settled(found)
    assert state(house, "a").state == "new"
    settled(found, AGAIN_S + 1.0)
    assert state(house, "a").state == "done"
    assert {f"{SESSION}/light/000001.{ending}" for ending in ("sealed", "parts", "m4s")} <= stored(storage)
    assert storage.get(f"{SESSION}/light/000001.m4s") == made.read(SESSION, "light", 1)
    with house.write() as conn:
        redactions.undo(conn, "a", "who", house.now(conn))
    settled(found, AGAIN_S + 2.0)
    assert not any(each.name.endswith("sealed") for each in storage.list(""))
    assert storage.get(f"{SESSION}/light/000001.m4s") == made.read(SESSION, "light", 1)


def test_one_that_failed_is_tried_again_after_an_hour(house: Store, made: Archive, settings: Settings) -> None:
    path = made.folder / SESSION / "light" / "000001.m4s"
    whole = path.read_bytes()
    path.write_bytes(b"torn")
    found = here(house, made, settings)
    taken(house, "a")
    settled(found)
    assert state(house, "a").state == "failed" and wanted(house, SESSION)
    path.write_bytes(whole)
    settled(found, 10.0)
    assert state(house, "a").state == "failed"
    settled(found, FAILED_S + 1.0)
    assert state(house, "a").state == "done"


def test_nothing_counts_as_taken_out_of_what_is_away_and_may_come_back(
    house: Store, made: Archive, settings: Settings, tmp_path: Path
) -> None:
    folder = made.folder / SESSION / "light"
    away = [folder / "000001.m4s", folder / "000001.parts"]
    copies = [path.rename(tmp_path / path.name) for path in away]
    made.forget(SESSION)
    found = here(house, made, settings)
    taken(house, "a")
    taken(house, "b", 6_500, 7_000)
    settled(found)
    assert state(house, "a").state == "failed", "what comes back from a backup has it in it"
    assert state(house, "b").state == "done", "that lies elsewhere"
    for copy, path in zip(copies, away, strict=True):
        copy.rename(path)
    made.forget(SESSION)
    settled(found, FAILED_S + 1.0)
    assert state(house, "a").state == "done" and (folder / "000001.sealed").exists()
    entered(house, made)


def test_what_cannot_be_put_back_is_not_tried_over_and_over(
    house: Store, made: Archive, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = here(house, made, settings)
    taken(house, "a")
    settled(found)
    with house.write() as conn:
        assert redactions.undo(conn, "a", "who", house.now(conn))
    with monkeypatch.context() as patch:
        patch.setattr(keys, "read", lambda _path: (b"another key".ljust(32),))
        settled(found, 1.0)
        runs = found.runs
        settled(found, 2.0)
        assert found.runs == runs and wanted(house, SESSION)
    settled(found, FAILED_S + 1.0)
    assert found.runs == runs + 1 and not wanted(house, SESSION)
    entered(house, made)


@pytest.mark.parametrize("status", [1, BUSY])
def test_a_run_that_died_is_begun_again_after_a_while(
    house: Store, made: Archive, settings: Settings, status: int
) -> None:
    found = Editions(house, made, None, DAYS)
    found.COMMAND = (sys.executable, "-c", f"raise SystemExit({status})")
    with structlog.testing.capture_logs() as told:
        settled(found)
        assert [found.busy, found.round(AGAIN_S + 1.0), found.busy] == [False, [], True], "not at once"
    found.close()
    assert [each["event"] for each in told] == (["edition.died"] if status != BUSY else [])


def test_nothing_is_begun_while_somebody_writes_or_before_the_close(
    house: Store, made: Archive, settings: Settings
) -> None:
    found = here(house, made, settings)
    track = made.track(SESSION, "light", 2)
    settled(found)
    assert not found.runs
    track.close()
    with house.write() as conn:
        sessions.project(conn, SESSION, phase="live", starts_at=1, ends_at=2, deadline=None)
    settled(found)
    assert not found.runs
    assert run(settings, "unknown", "m") == NOTHING


def test_what_is_asked_for_is_not_removed(house: Store, made: Archive, settings: Settings, clock: ManualClock) -> None:
    clock.now = WALL_MS + 30 * DAY_MS
    with house.write() as conn:
        replays.ask(conn, ReplayRequest(id="1", session_id=SESSION, key="t-1", kind="removal", at=1))
    assert retire(house, made, None, 1, lambda session: wanted(house, session)) == []
    with house.write() as conn:
        replays.decide(conn, SESSION, "t-1", "kept", "", "a", 2)
        conn.exec_driver_sql("UPDATE replay_request SET closed_at = 3")
    assert retire(house, made, None, 1, lambda session: wanted(house, session)) == [SESSION]


def test_what_is_held_stays_with_its_sealed_originals_until_it_is_free(
    house: Store, made: Archive, settings: Settings, clock: ManualClock
) -> None:
    found = here(house, made, settings)
    taken(house, "a")
    settled(found)
    hold(house)
    clock.now += 2 * DAYS * DAY_MS
    settled(found, FAILED_S)
    taken(house, "b", 6_500, 7_000)  # whatever else is done meanwhile
    settled(found, FAILED_S + 1.0)
    seal = made.folder_of(SESSION, "light") / "000001.sealed"
    assert seal.exists() and state(house, "b").state == "done" and state(house, "a").sealed_until
    with structlog.testing.capture_logs() as told:
        assert retire(house, made, None, 1) == [] and made.sessions()
    assert [(each["event"], each["count"]) for each in told] == [("recordings.held", 1)]
    with house.write() as conn:
        assert redactions.lift(conn, SESSION)
    settled(found, 2 * FAILED_S + 1.0)
    assert state(house, "a").sealed_until is None and not seal.exists()
    assert retire(house, made, None, 1) == [SESSION]


def hold(house: Store) -> None:
    with house.write() as conn:
        redactions.hold(
            conn, RecordingHold(session_id=SESSION, reason="r", review_on="2027-01-01", made_by="a", made_at=1)
        )


def lift(house: Store) -> None:
    with house.write() as conn:
        assert redactions.lift(conn, SESSION)


def test_a_hold_that_comes_during_a_run_keeps_what_is_not_destroyed_yet(
    house: Store, made: Archive, settings: Settings, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = here(house, made, settings)
    taken(house, "a")
    settled(found)
    clock.now += 2 * DAYS * DAY_MS

    def held_now(store: Store, session: str) -> object:
        hold(house)  # the run has read already that nobody holds it
        return known_rows(store, session)

    with monkeypatch.context() as patch:
        patch.setattr(making, "known_rows", held_now)
        settled(found, FAILED_S)
    seals = [made.folder_of(SESSION, "light") / "000001.sealed", made.folder_of(SESSION, "sound") / "000000.sealed"]
    assert all(each.exists() for each in seals) and state(house, "a").sealed_until
    lift(house)
    settled(found, 2 * FAILED_S)
    assert not any(each.exists() for each in seals) and state(house, "a").sealed_until is None


def test_what_the_storage_has_is_kept_when_a_hold_comes_before_it_is_destroyed_there(
    house: Store, made: Archive, settings: Settings, clock: ManualClock, tmp_path: Path
) -> None:
    storage = LocalStorage(tmp_path / "storage")
    found = here(house, made, settings, storage)
    taken(house, "a")
    taken(house, "b", 6_500, 7_000)
    settled(found)
    with house.write() as conn:
        assert redactions.undo(conn, "b", "who", house.now(conn))
        conn.exec_driver_sql("UPDATE redaction SET sealed_until = 5 WHERE id = 'a'")
    found.round(FAILED_S)
    hold(house)  # the run is over, and what it did not entered as yet
    found._child.process.wait()  # type: ignore[union-attr]
    found.round(FAILED_S)
    assert state(house, "a").sealed_until and f"{SESSION}/light/000001.sealed" in stored(storage)
    assert f"{SESSION}/light/000003.sealed" not in stored(storage), "that of b is back in its place"
    lift(house)
    settled(found, 2 * FAILED_S)
    assert state(house, "a").sealed_until is None and not [name for name in stored(storage) if name.endswith("sealed")]


def stored(storage: LocalStorage) -> set[str]:
    return {each.name for each in storage.list("")}


def test_the_storage_keeps_no_original_with_what_is_over(
    house: Store, made: Archive, settings: Settings, clock: ManualClock, tmp_path: Path
) -> None:
    storage = LocalStorage(tmp_path / "storage")
    found = here(house, made, settings, storage)
    taken(house, "a")
    taken(house, "b", 3_200, 3_500)
    settled(found)
    with house.write() as conn:
        conn.exec_driver_sql("UPDATE redaction SET sealed_until = 5 WHERE id = 'a'")
    settled(found, FAILED_S)
    name = f"{SESSION}/light/000001.sealed"
    assert state(house, "a").sealed_until is None and storage.get(name) == (made.folder / name).read_bytes()


@pytest.mark.slow
def test_the_keeper_does_it_in_a_process_of_its_own(
    house: Store, made: Archive, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(house, "a")
    config = tmp_path / "house.toml"
    config.write_text(
        f'[database]\nurl = "{settings.database.url}"\n[recordings]\nfolder = "{settings.recordings.folder}"\n'
        f'[secrets]\nkey_file = "{settings.secrets.key_file}"\n'
    )
    monkeypatch.setenv("KACHEHRI_CONFIG", str(config))
    keeper = Keeper(house, settings.recordings, archive=made)
    until = time.monotonic() + 60
    while state(house, "a").state != "done" and time.monotonic() < until:
        keeper.round()
        time.sleep(0.1)
    keeper.round()
    assert state(house, "a").state == "done"
    entered(house, made)
    said = json.loads((made.folder / SESSION / "edition" / "state.json").read_text())
    assert said["mark"] and made.index(SESSION, "sound").segments
