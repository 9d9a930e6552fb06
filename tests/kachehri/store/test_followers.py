"""Followers after the close, and whose numbers they are, on both databases."""

from __future__ import annotations

import pytest

from kachehri.store import Connection, Store, carries, followers, people, questions
from kachehri.store import tickets as rows
from kachehri.store.event_log import GENESIS
from kachehri.store.people import Sealed, Taking
from kachehri.store.questions import Asked
from kachehri.store.tables import Follower, Session

TICKET = "11111111-2222-5333-8444-555555555555"


def ticket(
    conn: Connection, id: str, reference: str, *, question: str | None = None, person: str | None = None
) -> None:
    step = rows.step(GENESIS, id, 1, 1, "ticket.opened", "system", b"{}")
    row = rows.Opened(
        id=id,
        question_id=question,
        session_id=None,
        reference=reference,
        office_id="o-water",
        person_id=person,
        category="water",
        area=None,
        privacy="public",
        content_id=None,
        state="routed",
        origin="session",
        outcome=None,
        heard_from_ms=None,
        heard_to_ms=None,
        opened_at=1,
        due_at=None,
        proposed_at=None,
        head_seq=1,
        head_hash=step.hash,
    )
    rows.open_many(conn, [row], [step], [])


def follower(id: str, person: str | None, reference: str, question: str | None = None) -> Follower:
    return Follower(id=id, ticket_id=TICKET, question_id=question, reference=reference, person_id=person, joined_at=5)


@pytest.fixture
def filled(store: Store, session: Session) -> Store:
    with store.write() as conn:
        people.add_persons(conn, [Sealed(each, b"k", None, None, None, None, None, 1) for each in ("p1", "p2")])
        taking = [
            Taking("a1", session.id, "p1", "dev1", None, "web", "citizen", None, "ur", None, 1),
            Taking("a2", session.id, "p2", "dev2", None, "web", "citizen", None, "ur", None, 1),
        ]
        people.join(conn, taking)
        asked = Asked(
            "q1", session.id, "grievance", "a1", None, None, "web", 3, None, "water", None, "normal", "private", None,
            "2600000009", None, "new", 0, 1,
        )  # fmt: skip
        questions.add(conn, [asked])
        ticket(conn, TICKET, "2600000014", question=None)
    return store


def test_a_follower_leaves_once_and_comes_back(filled: Store) -> None:
    with filled.write() as conn:
        for _ in range(2):
            followers.add(conn, follower("f1", "p2", "2600000021"))
        assert rows.follower_count(conn, TICKET) == 1
        followers.answered(conn, "f1", "no")
        assert (followers.leave(conn, "f1", 7), followers.leave(conn, "f1", 8)) == (True, False)
        assert rows.follower_count(conn, TICKET) == 0
        followers.come_back(conn, "f1", "p1", 9)
        found = followers.by_reference(conn, "2600000021")
        assert found is not None and found == followers.get(conn, "f1")
        assert (found.left_at, found.joined_at, found.person_id, found.answer) == (None, 9, "p1", "no")


def test_whose_numbers_they_are(filled: Store, session: Session) -> None:
    with filled.write() as conn:
        followers.add(conn, follower("f1", "p2", "2600000021"))
        assert followers.participants_of_device(conn, "dev1") == [(session.id, "a1")]
        carries.put(conn, session.id, "dev2", "a1", 5)
        assert followers.participants_of_device(conn, "dev2") == [(session.id, "a1")], "a place that was carried here"
        assert followers.participants_of_persons(conn, ["p1", "p2"]) != []
        (brief,) = followers.questions_of(conn, [(session.id, "a1")])
        assert (brief.id, brief.reference, brief.privacy) == ("q1", "2600000009", "private")
        ((row, followed),) = followers.followed_by(conn, ["p2"])
        assert (row.id, followed.id) == ("f1", TICKET)
        assert followers.states(conn, ["q1"]) == {}
        ticket(conn, "11111111-2222-5333-8444-666666666666", "2600000037", question="q1")
        assert followers.states(conn, ["q1"]) == {"q1": "routed"}


def test_what_is_not_for_everybody_or_about_somebody_is_kept_back(filled: Store) -> None:
    other = "11111111-2222-5333-8444-666666666666"
    with filled.write() as conn:
        followers.add(conn, follower("f1", "p2", "2600000021"))
        ticket(conn, other, "2600000037", question="q1")
        assert followers.kept_back(conn, ["q1", "f1"]) == set()
        for id, change, kept in (
            (other, "privacy = 'protected'", {"q1"}),
            (TICKET, "about_post_id = 'office/water'", {"q1", "f1"}),
        ):
            conn.exec_driver_sql(f"UPDATE ticket SET {change} WHERE id = '{id}'")
            assert followers.kept_back(conn, ["q1", "f1"]) == kept
        assert followers.kept_back(conn, []) == set()


def test_particulars_are_needed_while_anything_stands(filled: Store) -> None:
    with filled.write() as conn:
        followers.add(conn, follower("f1", "p2", "2600000021"))
        assert followers.needed(conn, "p1"), "she asked"
        assert followers.needed(conn, "p2"), "she follows"
        followers.leave(conn, "f1", 7)
        assert not followers.needed(conn, "p2")
        ticket(conn, "11111111-2222-5333-8444-777777777777", "2600000041", person="p2")
        assert followers.needed(conn, "p2"), "she went on alone"


def test_a_ticket_without_a_question_is_found_by_how_its_name_begins(filled: Store) -> None:
    with filled.write() as conn:
        found = followers.ticket_named(conn, "1111111122225333")
        assert found is not None and found.id == TICKET
        assert followers.ticket_named(conn, "1111111122225334") is None
        ticket(conn, "11111111-2222-5333-9444-000000000000", "2600000037")
        assert followers.ticket_named(conn, "1111111122225333") is None, "two that begin alike are nobody's"
