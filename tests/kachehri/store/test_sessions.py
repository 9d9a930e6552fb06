"""Sessions, the district around them, and their numbers."""

from __future__ import annotations

import threading

import pytest

from kachehri.store import Conflict, Store, district, event_log, sessions
from kachehri.store.tables import Area, Office, Post, Posting, Seat, Session, Turn
from tests.conftest import MONDAY_MS


def make(store: Store, **other: object) -> Session:
    values: dict[str, object] = {"room_id": "r-1", "title_ur": "ا", "title_en": "A", "starts_at": 1, "ends_at": 2}
    with store.write() as conn:
        return sessions.create(conn, **{**values, "created_at": 0, **other})  # type: ignore[arg-type]


def move(store: Store, session_id: str, phase: str, starts_at: int = 1, deadline: int | None = None) -> None:
    with store.write() as conn:
        sessions.project(conn, session_id, phase=phase, starts_at=starts_at, ends_at=9, deadline=deadline)


def test_a_new_session_is_empty_and_numbered_in_its_series(store: Store) -> None:
    one, two = make(store), make(store, languages=["ur"], practice=True)
    other = make(store, series="women")
    assert (one.number, two.number, other.number) == (1, 2, 1)
    assert one.epoch != two.epoch and len(one.id) == 8 and set(one.id) <= set(sessions._LETTERS)
    with store.read() as conn:
        assert sessions.get(conn, two.id) == two
        assert sessions.get(conn, "nothere2") is None
        assert event_log.verify(conn, one.id).seq == 0


def test_a_room_that_is_not_there(store: Store) -> None:
    with pytest.raises(LookupError):
        make(store, room_id="nowhere")


def test_what_start_up_resumes(store: Store) -> None:
    ids = [make(store).id for _ in range(5)]
    for id, phase in zip(ids, ("new", "live", "closing", "closed", "cancelled"), strict=True):
        move(store, id, phase)
    with store.read() as conn:
        assert sessions.unfinished(conn) == sorted(ids[1:3])


def test_what_is_due(store: Store) -> None:
    late, soon, never = (make(store).id for _ in range(3))
    move(store, late, "live", deadline=200)
    move(store, soon, "live", deadline=100)
    move(store, never, "closed", deadline=None)
    with store.read() as conn:
        assert sessions.due(conn, 99) == []
        assert sessions.due(conn, 200) == [soon, late]


def test_listing_and_renaming(store: Store) -> None:
    ids = [make(store).id for _ in range(3)]
    for place, id in enumerate(ids):
        move(store, id, "scheduled", starts_at=place)
    with store.write() as conn:
        sessions.rename(conn, ids[0], title_ur="نیا", title_en="New", languages=["en"])
        assert [row.id for row in sessions.listing(conn, phases=["scheduled"])] == ids
        assert [row.id for row in sessions.listing(conn, phases=["scheduled"], newest_first=True, limit=1)] == [ids[2]]
        found = sessions.get(conn, ids[0])
    assert found is not None and (found.title_en, found.languages, found.phase) == ("New", ["en"], "scheduled")


def test_seats_and_turns(store: Store, session: Session) -> None:
    with store.write() as conn:
        sessions.set_seats(conn, [Seat(session_id=session.id, id="hall", kind="hall", device_id="d")])
        sessions.set_seats(conn, [Seat(session_id=session.id, id=name, kind="citizen") for name in ("hall", "one")])
        assert [(seat.id, seat.device_id) for seat in sessions.seats(conn, session.id)] == [
            ("hall", "d"),
            ("one", None),
        ]
        turn = Turn(id="t1", session_id=session.id, participant_id="p", state="called", called_at=5, seq=1)
        sessions.save_turns(conn, [turn], [("t1", "q1"), ("t1", "q2")])
        turn.state, turn.seat_id, turn.on_stage_at = "on_stage", "one", 9
        sessions.save_turns(conn, [turn], [("t1", "q1")])
        sessions.save_turns(conn, [], [])
        assert sessions.turns(conn, session.id) == [turn]


def test_the_district(store: Store) -> None:
    with store.write() as conn:
        district.save_offices(
            conn, [Office(id="o-sub", parent_id="o-water", code="water-1", name_ur="ا", name_en="W1")]
        )
        district.save_posts(conn, [Post(id="p1", office_id="o-water", title_ur="ا", title_en="Engineer")])
        district.save_posts(conn, [Post(id="p2", office_id="o-sub", title_ur="ا", title_en="Sub", reports_to="p1")])
        district.save_postings(conn, [Posting(id="x", post_id="p2", name="Someone", from_at=1)])
        district.save_areas(conn, [Area(id="a", kind="district", code="d", name_ur="ا", name_en="D", path="a/")])
        district.save_areas(
            conn, [Area(id="b", parent_id="a", kind="tehsil", code="t", name_ur="ا", name_en="T", path="a/b/")]
        )
        assert [row.code for row in district.offices(conn)] == ["triage", "water", "water-1"]
        assert [row.id for row in district.areas(conn)] == ["a"]
        assert [row.id for row in district.areas(conn, "a")] == ["b"]
        assert (found := district.area(conn, "b")) is not None and found.path == "a/b/"
        assert [row.code for row in district.categories(conn)] == ["water"]
        assert [row.id for row in district.rooms(conn)] == ["r-1"]
        assert (desk := district.triage(conn)) is not None and desk.id == "o-triage"
        district.save_offices(
            conn, [Office(id="o-triage", code="triage", name_ur="ا", name_en="T", triage=True, retired_at=MONDAY_MS)]
        )
        assert district.triage(conn) is None


def test_an_office_that_is_not_there_is_noticed(store: Store) -> None:
    with pytest.raises(Conflict), store.write() as conn:
        district.save_posts(conn, [Post(id="p1", office_id="nowhere", title_ur="ا", title_en="E")])


def test_numbers_are_handed_out_once_and_given_back_when_undone(store: Store) -> None:
    with store.write() as conn:
        assert list(district.take_numbers(conn, 26, 3)) == [0, 1, 2]
        assert list(district.take_numbers(conn, 27)) == [0]
    with pytest.raises(ZeroDivisionError), store.write() as conn:
        district.take_numbers(conn, 26, 100)
        raise ZeroDivisionError
    taken: list[int] = []

    def work() -> None:
        for _ in range(5):
            with store.write() as conn:
                taken.extend(district.take_numbers(conn, 26, 2))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(3, 43))


def test_a_fact_is_set_once(store: Store) -> None:
    with store.write() as conn:
        assert district.fact(conn, "key") is None
        assert district.set_fact(conn, "key", "one") == "one"
        assert district.set_fact(conn, "key", "two") == "one"
        assert district.fact(conn, "key") == "one"
