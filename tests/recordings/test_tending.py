"""Recordings from the command line: what is wrong is found, order is made, and what is away comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from kachehri import plain
from kachehri.settings import Settings, from_mapping
from kachehri.store import Store, recordings
from recordings import tending
from recordings.archive import Archive
from recordings.storage import LocalStorage, StorageError
from recordings.storage.sending import Sending
from recordings.tending import Finding, check, check_command, fetch_command, rebuild_command

from .archive.made import PARTS, SESSION, archive, begun, write


@pytest.fixture
def made(house: Store, tmp_path: Path) -> Archive:
    """Three segments."""
    found = archive(tmp_path / "recordings")
    track = begun(found)
    write(track, 0, 3 * PARTS)
    track.close()
    return found


@pytest.fixture
def settings(made: Archive, tmp_path: Path) -> Settings:
    return from_mapping(
        {"database": {"url": f"sqlite:///{tmp_path / 'house.db'}"}, "recordings": {"folder": str(made.folder)}}
    )


def faults(made: Archive, house: Store) -> list[tuple[int, str]]:
    found = check(made, house, [SESSION]).findings
    assert all(isinstance(each, Finding) and each.session == SESSION for each in found)
    return [(each.number, each.fault) for each in found]


def test_what_is_not_what_was_written_is_named(
    made: Archive, house: Store, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rebuild_command(settings, SESSION) == 0 and check_command(settings, "") == 0
    said = capsys.readouterr().out
    assert "3 segments" in said and "every one is what was written" in said and "ٹکڑے" in said
    folder = made.folder_of(SESSION, "full")
    whole = (folder / "000001.m4s").read_bytes()
    (folder / "000001.m4s").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert faults(made, house) == [(1, "damaged")]
    (folder / "000002.parts").unlink()
    (folder / "000000.m4s").unlink()
    assert faults(made, house) == [(1, "damaged"), (2, "lines"), (0, "gone")]
    assert check_command(settings, SESSION) == 1
    said = capsys.readouterr().out
    assert f"{SESSION}/full/000001.m4s: damaged" in said and "3 are not" in said
    made.init_path(SESSION, "full", 1).unlink()
    (folder / "000001.m4s").write_bytes(whole)
    assert (1, "head") in faults(made, house)


def test_order_is_made_from_segments_and_rows(made: Archive, house: Store, settings: Settings) -> None:
    assert rebuild_command(settings, SESSION) == 0
    before = made.index(SESSION, "full").segments
    lose_lines(made)
    assert rebuild_command(settings, SESSION) == 0 and faults(made, house) == []
    with house.read() as conn:
        assert len(recordings.of_session(conn, SESSION)) == 3
    made.forget(SESSION)
    after = made.index(SESSION, "full").segments
    for one, two in zip(before, after, strict=True):
        # The times of these parts are rounded by hand.
        assert one.epoch == two.epoch and abs(one.wall_ms - two.wall_ms) <= 1
    for name in ("nothing1", "../up"):
        with pytest.raises(plain.Stop, match="recording_none"):
            rebuild_command(settings, name)
    track = begun(made, fence=2)
    assert rebuild_command(settings, SESSION) == 1, "somebody writes it"
    track.close()


def test_what_nothing_says_is_not_guessed(
    made: Archive, house: Store, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    lose_lines(made)
    assert rebuild_command(settings, SESSION) == 1
    said = capsys.readouterr()
    assert "nothing says when" in said.err and "کسی کو نہیں ملتے" in said.err
    assert faults(made, house) == [(0, "time"), (1, "time"), (2, "time")]
    lose_lines(made)
    assert rebuild_command(settings, SESSION) == 1, "the rows know no better"


def lose_lines(made: Archive) -> None:
    for lines in made.folder_of(SESSION, "full").glob("*.parts"):
        lines.unlink()


def test_what_is_away_comes_back(
    made: Archive, house: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild_command(settings, SESSION)
    storage = LocalStorage(tmp_path / "storage")
    Sending(house, made, storage).round()
    with pytest.raises(plain.Stop, match="recording_no_storage"):
        fetch_command(settings, SESSION)
    monkeypatch.setattr(tending, "storage_of", lambda _recordings: storage)
    for each in made.folder_of(SESSION, "full").glob("*.m4s"):
        each.unlink()
    assert [fault for _, fault in faults(made, house)] == ["gone"] * 3
    assert fetch_command(settings, SESSION) == 0 and faults(made, house) == []

    def fails(*_: object) -> int:
        raise StorageError("away", "x")

    monkeypatch.setattr(tending, "fetch", fails)
    with pytest.raises(plain.Stop, match="recording_storage"):
        fetch_command(settings, SESSION)
