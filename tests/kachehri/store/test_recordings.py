"""Segments of recordings as rows, on both databases."""

from __future__ import annotations

import pytest

from kachehri.store import Store, recordings, sessions
from kachehri.store.errors import StoreError
from kachehri.store.tables import RecordedSegment

START_MS = 1_800_000_000_000


@pytest.fixture
def house(store: Store) -> Store:
    with store.write() as conn:
        for name in ("aaaaaaaa", "bbbbbbbb"):
            sessions.create(
                conn, id=name, room_id="r-1", title_ur="س", title_en="S", starts_at=1, ends_at=2, created_at=1
            )
    return store


def row(session: str, number: int, rendition: str = "full", at: int = START_MS) -> RecordedSegment:
    return RecordedSegment(
        session_id=session,
        rendition=rendition,
        number=number,
        epoch=1,
        fence=3,
        starts_ms=number * 2_000,
        wall_ms=at + number * 2_000,
        duration_us=2_000_000,
        bytes=100_000,
        sha256="0" * 64,
    )


def test_a_segment_is_entered_once_and_what_stands_stays(house: Store) -> None:
    with house.write() as conn:
        recordings.add(conn, [row("aaaaaaaa", 0), row("aaaaaaaa", 1)])
        again = row("aaaaaaaa", 1)
        again.sha256 = "f" * 64
        recordings.add(conn, [again, row("aaaaaaaa", 2)])
    with house.read() as conn:
        found = recordings.of_session(conn, "aaaaaaaa")
        assert [(each.number, each.sha256[0]) for each in found] == [(0, "0"), (1, "0"), (2, "0")]
        assert recordings.last_number(conn, "aaaaaaaa", "full") == 2
        assert recordings.last_number(conn, "aaaaaaaa", "light") == -1


def test_a_folder_without_a_session_has_no_rows(house: Store) -> None:
    with house.read() as conn:
        assert recordings.known(conn, "aaaaaaaa") and not recordings.known(conn, "cccccccc")
    with pytest.raises(StoreError), house.write() as conn:
        recordings.add(conn, [row("cccccccc", 0)])


def test_what_the_storage_lacks_is_listed_oldest_first_until_it_has_it(house: Store) -> None:
    with house.write() as conn:
        recordings.add(conn, [row("bbbbbbbb", 1), row("aaaaaaaa", 0), row("aaaaaaaa", 0, "sound")])
        waiting = recordings.not_stored(conn, 2)
        assert [(each.session_id, each.rendition) for each in waiting] == [("aaaaaaaa", "full"), ("aaaaaaaa", "sound")]
        recordings.stored(conn, waiting[0], START_MS)
        assert [each.rendition for each in recordings.not_stored(conn, 9)] == ["sound", "full"]


def test_a_session_is_summed_up_by_rendition_and_forgotten_whole(house: Store) -> None:
    with house.write() as conn:
        recordings.add(conn, [row("aaaaaaaa", 0), row("aaaaaaaa", 1), row("aaaaaaaa", 0, "light"), row("bbbbbbbb", 5)])
        lines = recordings.summary(conn, "aaaaaaaa")
        assert [(each.rendition, each.segments, each.duration_us) for each in lines] == [
            ("full", 2, 4_000_000),
            ("light", 1, 2_000_000),
        ]
        assert recordings.recorded_before(conn, START_MS + 2_001) == ["aaaaaaaa"]
        assert recordings.recorded_before(conn, START_MS + 60_000) == ["aaaaaaaa", "bbbbbbbb"]
        recordings.forget(conn, "aaaaaaaa")
        assert not recordings.of_session(conn, "aaaaaaaa") and len(recordings.of_session(conn, "bbbbbbbb")) == 1


def test_what_has_no_time_is_as_old_as_its_hearing(house: Store) -> None:
    with house.write() as conn:
        recordings.add(conn, [replaced_wall(row("aaaaaaaa", 0), -1), replaced_wall(row("aaaaaaaa", 1), -1)])
        found = sessions.get(conn, "aaaaaaaa")
        assert found is not None
        assert recordings.recorded_before(conn, found.ends_at) == []
        assert recordings.recorded_before(conn, found.ends_at + 1) == ["aaaaaaaa"]


def replaced_wall(found: RecordedSegment, wall_ms: int) -> RecordedSegment:
    return found.model_copy(update={"wall_ms": wall_ms})
