"""What comes back from a backup is nobody's, and is taken out again; what never comes back is given up."""

from __future__ import annotations

import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import structlog

from kachehri.live import Live
from kachehri.settings import Settings
from kachehri.store import Store, recordings, redactions
from kachehri.store.redactions import TRIES
from kachehri.store.tables import Redaction
from recordings.archive import Archive
from recordings.edition.basis import basis_of
from recordings.edition.edition import Edition
from recordings.edition.keeping import FAILED_S
from recordings.edition.sealing import sealed_at
from recordings.redaction import SKEW_MS
from recordings.retention import DAY_MS, retire, wanted
from recordings.tending import check, check_command, rebuild_command
from rooms.session import Session
from tests.conftest import ManualClock
from tests.recordings.edition.filmed import SESSION, WALL_MS
from tests.recordings.edition.kept import DAYS, entered, here, settled, state, taken


def test_an_old_copy_that_is_put_back_is_nobodys(house: Store, made: Archive, settings: Settings) -> None:
    folder = made.folder / SESSION / "light"
    old = {name: (folder / name).read_bytes() for name in ("000001.m4s", "000001.parts", "000002.m4s", "000002.parts")}

    def shown() -> list[str]:
        session = Session(id=SESSION)
        session.lifecycle.phase = "closed"
        live = Live(session, "", {})
        made.forget(SESSION)
        with house.read() as conn:
            basis = replace(basis_of(conn, live, made.folder, []), released=((0, 2 * WALL_MS),))
        found = Edition(made, SESSION, basis)
        return [found.plan(each).action for each in found.index("light").segments]

    found = here(house, made, settings)
    taken(house, "a")
    settled(found)
    assert state(house, "a").state == "done" and shown() == ["keep"] * 4
    for name, data in old.items():
        (folder / name).write_bytes(data)
    assert shown() == ["keep", "blank", "keep", "keep"]
    taken(house, "again")
    settled(found, 1.0)
    assert state(house, "again").state == "done" and shown() == ["keep"] * 4
    assert (folder / "000001.m4s").read_bytes() != old["000001.m4s"]


def test_an_old_copy_that_is_put_back_is_taken_out_of_again(
    house: Store, made: Archive, settings: Settings, clock: ManualClock
) -> None:
    folder = made.folder / SESSION / "light"
    segment, lines, seal = (folder / f"000001.{ending}" for ending in ("m4s", "parts", "sealed"))
    old, old_lines = segment.read_bytes(), lines.read_bytes()
    found = here(house, made, settings)
    taken(house, "a")
    settled(found)
    until, at = state(house, "a").sealed_until, 1.0
    for alone, sealed in ((False, True), (True, True), (False, False), (True, False)):
        # In place, as a copy does, so that the folder looks as before; without its lines, and without its original.
        segment.write_bytes(old)
        if not alone:
            lines.write_bytes(old_lines)
        if not sealed:
            seal.unlink()
        settled(found, at)
        assert state(house, "a").state == "done" and segment.read_bytes() == old, "not before the hour is over"
        wrong = {(each.rendition, each.number, each.fault) for each in check(made, house, [SESSION]).findings}
        assert wrong == {("light", 1, "damaged" if alone else "back")}
        at += FAILED_S
        with structlog.testing.capture_logs() as told:
            settled(found, at)
        assert "redaction.again" in {each["event"] for each in told}
        assert (state(house, "a").state, state(house, "a").sealed_until) == ("done", until)
        assert segment.read_bytes() != old and seal.exists()
        assert check(made, house, [SESSION]).findings == ()
        entered(house, made)
    clock.now += DAYS * DAY_MS
    at += FAILED_S
    settled(found, at)
    assert not seal.exists()
    segment.write_bytes(old)
    lines.write_bytes(old_lines)
    assert rebuild_command(settings, SESSION) == 0 and state(house, "a").state == "new"
    settled(found, at + 1.0)
    assert state(house, "a").state == "done" and segment.read_bytes() != old
    settled(found, at + FAILED_S)
    assert not seal.exists() and state(house, "a").sealed_until is None


def test_what_can_never_be_taken_out_is_given_up_and_retention_goes_on(
    house: Store, made: Archive, settings: Settings, clock: ManualClock, tmp_path: Path
) -> None:
    folder = made.folder / SESSION / "light"
    copies = [(folder / name).rename(tmp_path / name) for name in ("000001.m4s", "000001.parts")]
    shutil.copy(copies[1], folder)
    (folder / "000001.m4s").mkdir()  # what the disk does not give back
    found = here(house, made, settings)
    taken(house, "a")
    with structlog.testing.capture_logs() as told:
        for tries in range(TRIES):
            assert wanted(house, SESSION)
            settled(found, tries * (FAILED_S + 1.0))
            assert state(house, "a").tries == tries + 1
            clock.now += DAY_MS
    assert state(house, "a").state == "lost" and not wanted(house, SESSION)
    assert [each["count"] for each in told if each["event"] == "redaction.lost"] == [1]
    session = Session(id=SESSION)
    session.lifecycle.phase = "closed"
    with house.read() as conn:
        assert basis_of(conn, Live(session, "", {}), made.folder, []).covers, "silent for everybody"
    runs, at = found.runs, (TRIES + 1) * (FAILED_S + 1.0)
    settled(found, at)
    assert found.runs == runs, "and it is not tried any more"
    (folder / "000001.m4s").rmdir()
    for copy in copies:
        shutil.copy(copy, folder)
    settled(found, at + FAILED_S)
    assert state(house, "a").state == "done" and (folder / "000001.sealed").exists()
    assert retire(house, made, None, 1, lambda session: wanted(house, session)) == [SESSION]


def test_a_recording_that_cannot_be_looked_at_does_not_stop_the_others(
    house: Store, made: Archive, settings: Settings
) -> None:
    found = here(house, made, settings)
    taken(house, "a")
    settled(found)
    lines = made.folder / SESSION / "light" / "000001.parts"
    lines.unlink()
    lines.mkdir()  # as where the disk does not give it back
    with structlog.testing.capture_logs() as told:
        settled(found, FAILED_S + 1.0)
        assert found._hourly == FAILED_S + 1.0, "the hour is over, and the next round is one of its own"
    assert "redaction.unlooked" in {each["event"] for each in told}


def test_what_an_older_database_does_not_know_stays_cut_out_and_sealed_and_is_named(
    house: Store, made: Archive, settings: Settings, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    found = here(house, made, settings)
    taken(house, "a")
    settled(found)
    folder = made.folder / SESSION / "light"
    segment, seal = folder / "000001.m4s", folder / "000001.sealed"
    cut, original = segment.read_bytes(), seal.read_bytes()
    row = state(house, "a")
    with house.read() as conn:
        digests = {(each.rendition, each.number): each.sha256 for each in recordings.of_session(conn, SESSION)}
    with house.write() as conn:
        redactions.forget(conn, SESSION)
        conn.exec_driver_sql("UPDATE recorded_segment SET sha256 = 'x' WHERE rendition = 'light' AND number = 1")
    sealed = [("light", 1, "sealed"), ("sound", 0, "sealed")]
    assert [(each.rendition, each.number, each.fault) for each in check(made, house, [SESSION]).findings] == sealed
    assert check_command(settings, SESSION) == 1
    said = capsys.readouterr().out
    assert f"{SESSION}/light/000001.m4s: sealed" in said and "no redaction" in said and "مہر بند" in said
    again = here(house, made, settings)
    with structlog.testing.capture_logs() as told:
        settled(again)
        settled(again, FAILED_S)
    assert [each["count"] for each in told if each["event"] == "redaction.unknown"] == [2], "once with each start"

    # Another redaction of the same two seconds puts nothing of the first back, done or undone.
    late = max(sealed_at(path) for path in made.folder.rglob("*.sealed")) + SKEW_MS + 1
    taken(house, "b", 3_200, 3_500)
    with house.write() as conn:
        conn.exec_driver_sql(f"UPDATE redaction SET made_at = {late}")
    for at in (2, 3):
        with structlog.testing.capture_logs() as told:
            settled(again, at * FAILED_S)
        assert {each["code"] for each in told if each["event"] == "redaction.failed"} == {"unknown"}
        assert (segment.read_bytes(), seal.read_bytes()) == (cut, original)
        assert len([*made.folder.rglob("*.sealed")]) == 2
        if at == 2:
            assert state(house, "b").state == "failed"
            with house.write() as conn:
                assert redactions.undo(conn, "b", "who", late)

    # The right database again.
    with house.write() as conn:
        redactions.forget(conn, SESSION)
        redactions.add(conn, Redaction(**row.model_dump()))
        for (rendition, number), digest in digests.items():
            recordings.replaced(conn, SESSION, rendition, number, 1, digest)
        assert redactions.undo(conn, "a", "who", house.now(conn))
    assert check(made, house, [SESSION]).findings == ()
    settled(again, 4 * FAILED_S)
    assert segment.read_bytes() != cut and not seal.exists()


def between(house: Store, made: Archive, settings: Settings, folder: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Two redactions of one segment, each in a run of its own: its files between the two, and behind them."""

    def files() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(folder.glob("000001.*"))}

    found = here(house, made, settings)
    taken(house, "a")
    settled(found)
    first = files()
    with house.read() as conn:
        rows = [each for each in recordings.of_session(conn, SESSION) if each.rendition == "light"]
    assert {each.sha256 for each in rows if each.number == 1} == {sha256(first["000001.m4s"]).hexdigest()}
    taken(house, "b", 3_200, 3_500)
    settled(found, 1.0)
    assert state(house, "b").state == "done"
    return first, files()


def test_a_database_from_between_two_redactions_of_a_segment_puts_nothing_of_the_later_one_back(
    house: Store, made: Archive, settings: Settings
) -> None:
    folder = made.folder / SESSION / "light"
    first, both = between(house, made, settings, folder)
    with house.write() as conn:
        conn.exec_driver_sql("DELETE FROM redaction WHERE id = 'b'")
        recordings.replaced(conn, SESSION, "light", 1, 1, sha256(first["000001.m4s"]).hexdigest())
    again = here(house, made, settings)
    with structlog.testing.capture_logs() as told:
        settled(again)
    assert [each["count"] for each in told if each["event"] == "redaction.unknown"] == [2]
    findings = check(made, house, [SESSION]).findings
    assert ("light", 1, "sealed") in {(each.rendition, each.number, each.fault) for each in findings}
    # Nor does another one of the same two seconds, or the first one where it is undone.
    taken(house, "c", 2_100, 2_200)
    settled(again, FAILED_S)
    with house.write() as conn:
        assert redactions.undo(conn, "a", "who", house.now(conn))
    settled(again, 2 * FAILED_S)
    assert {path.name: path.read_bytes() for path in folder.glob("000001.*")} == both
    assert state(house, "c").state == "failed" and wanted(house, SESSION), "neither counts as done"


def test_files_from_between_two_redactions_of_a_segment_have_both_taken_out_again(
    house: Store, made: Archive, settings: Settings
) -> None:
    folder = made.folder / SESSION / "light"
    first, both = between(house, made, settings, folder)
    for name, data in first.items():
        (folder / name).write_bytes(data)
    settled(here(house, made, settings))
    assert {state(house, id).state for id in "ab"} == {"done"} and check(made, house, [SESSION]).findings == ()
    assert (folder / "000001.m4s").read_bytes() not in (first["000001.m4s"], b"")
    entered(house, made)
