"""Chapters of closed hearings: written once, decided by somebody, taken back when their asker asks."""

from __future__ import annotations

from sqlalchemy import update

from kachehri.store import Connection, Store, district, replays, sessions, tickets
from kachehri.store.tables import Category, ReplayChapter, ReplayRequest, Session, table_of
from tests.kachehri.store.test_papers import opened

DAY_MS = 86_400_000


def chapter(session: str, n: int, **more: object) -> ReplayChapter:
    row = ReplayChapter(
        session_id=session,
        key=f"t{n}-1",
        n=n,
        kind="stage",
        question_id=f"q{n}",
        starts_at=n * 1_000,
        ends_at=n * 1_000 + 900,
    )
    return row.model_copy(update=more)


def request(session: str, n: int, at: int, kind: str = "report") -> ReplayRequest:
    return ReplayRequest(id=f"r{n}", session_id=session, key=f"t{n}-1", kind=kind, text="x", at=at)


def ticketed(conn: Connection, session: Session, *numbers: int, **more: object) -> None:
    """Each question has its ticket, as after a close."""
    made = [opened(session.id, n, "o-water", question_id=f"q{n}", **more) for n in numbers]
    tickets.open_many(conn, [row for row, _ in made], [step for _, step in made], [])


def closed(store: Store, session: Session) -> None:
    with store.write() as conn:
        sessions.project(conn, session.id, phase="closed", starts_at=1, ends_at=2, deadline=None)


def test_are_written_once_and_stand_in_their_order(store: Store, session: Session) -> None:
    with store.write() as conn:
        replays.keep(conn, [chapter(session.id, 2), chapter(session.id, 1)])
        assert replays.decide(conn, session.id, "t1-1", "released", "", "acc", 5)
        replays.keep(conn, [chapter(session.id, 1), chapter(session.id, 3)])
        assert [(row.n, row.state) for row in replays.of_session(conn, session.id)] == [
            (1, "released"),
            (2, "new"),
            (3, "new"),
        ]
        assert [row.key for row in replays.of_question(conn, "q2")] == ["t2-1"]
        assert not replays.decide(conn, session.id, "nothing", "released", "", "acc", 5)
        found = replays.one(conn, session.id, "t1-1")
        assert found is not None and (found.decided_by, found.decided_at) == ("acc", 5)


def test_what_was_asked_is_answered_by_the_decision(store: Store, session: Session) -> None:
    with store.write() as conn:
        replays.keep(conn, [chapter(session.id, 1), chapter(session.id, 2)])
        for row in (request(session.id, 1, 7), request(session.id, 1, 7), request(session.id, 2, 6, "removal")):
            replays.ask(conn, row)
        assert [row.id for row in replays.requests(conn, session.id)] == ["r2", "r1"]
        replays.decide(conn, session.id, "t1-1", "kept", "named", "acc", 9)
        assert [row.id for row in replays.requests(conn, session.id)] == ["r2"]


def test_only_what_is_public_is_taken_out_of_public(store: Store, session: Session) -> None:
    with store.write() as conn:
        replays.keep(conn, [chapter(session.id, 1)])
        assert not replays.hide(conn, session.id, "t1-1", "asked", 8)
        replays.decide(conn, session.id, "t1-1", "released", "", "acc", 9)
        assert replays.hide(conn, session.id, "t1-1", "asked", 10)
        found = replays.one(conn, session.id, "t1-1")
        assert found is not None and (found.state, found.decided_by, found.reason) == ("new", None, "asked")


def test_hearings_wait_longest_first_until_everything_is_decided(store: Store, session: Session) -> None:
    with store.write() as conn:
        assert replays.waiting(conn, None) == []
        opening = chapter(session.id, 0, kind="opening", question_id=None, state="released")
        replays.keep(conn, [opening, chapter(session.id, 1), chapter(session.id, 2)])
        ticketed(conn, session, 1, 2)
        (row,) = replays.waiting(conn, None)
        assert (row.session_id, row.new, row.oldest_at, row.requests) == (session.id, 2, 1_900, 0)
        assert replays.waiting(conn, []) == [] and replays.waiting(conn, [row.office_id]) == [row]
        for n in (1, 2):
            replays.decide(conn, session.id, f"t{n}-1", "released", "", "acc", 9)
        assert replays.waiting(conn, None) == []
        replays.ask(conn, request(session.id, 1, 7))
        (row,) = replays.waiting(conn, None)
        assert (row.new, row.oldest_at, row.requests) == (0, 7, 1)


def test_what_has_no_public_ticket_waits_for_nobody(store: Store, session: Session) -> None:
    with store.write() as conn:
        category = Category(id="c-bribe", code="bribe", name_ur="رشوت", name_en="Bribe", protected=True)
        district.save_categories(conn, [category])
        replays.keep(conn, [chapter(session.id, n) for n in range(1, 5)])
        ticketed(conn, session, 1)
        ticketed(conn, session, 2, privacy="private")
        ticketed(conn, session, 3, category="bribe")  # and the fourth was taken back
        assert replays.undecided(conn, session.id) == {"t1-1"}
        (row,) = replays.waiting(conn, None)
        assert (row.new, row.oldest_at) == (1, 1_900)
        replays.decide(conn, session.id, "t1-1", "kept", "named", "acc", 9)
        assert replays.undecided(conn, session.id) == set() and replays.waiting(conn, None) == []


def test_every_chapter_of_a_practice_can_be_decided(store: Store, session: Session) -> None:
    with store.write() as conn:
        conn.execute(update(table_of(Session)).where(table_of(Session).c.id == session.id).values(practice=True))
        replays.keep(conn, [chapter(session.id, 1)])
        assert replays.undecided(conn, session.id) == {"t1-1"}


def test_a_closed_hearing_is_untold_until_its_chapters_stand(store: Store, session: Session) -> None:
    with store.read() as conn:
        assert replays.untold(conn, 10) == []
    closed(store, session)
    with store.write() as conn:
        assert replays.untold(conn, 10) == [session.id]
        replays.keep(conn, [chapter(session.id, 1)])
        assert replays.untold(conn, 10) == []
