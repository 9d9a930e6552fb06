"""What papers, lists and pages of acts are made from: the same rows in the same order from both databases."""

from __future__ import annotations

from kachehri.store import Store, audit, content, papers, people, ticket_lists, tickets
from kachehri.store import questions as question_rows
from kachehri.store.event_log import GENESIS
from kachehri.store.papers import GONE, OFFICE, PRIVATE
from kachehri.store.tables import Audit, Participant, Session
from kachehri.store.ticket_lists import NEVER, NOTHING, Reach, Wanted
from tests.conftest import MONDAY_MS


def asked(session_id: str, number: int, **more: object) -> question_rows.Asked:
    row = question_rows.Asked(
        id=f"{number:016x}",
        session_id=session_id,
        kind="grievance",
        asker=f"a{number:015x}",
        filed_by=None,
        consent_id=None,
        channel="web",
        received_at=MONDAY_MS + number,
        claimed_arrival=None,
        category="water",
        area=None,
        lane="common",
        privacy="public",
        content_id=f"c{number:015x}",
        reference=f"26{number:08d}",
        parent_id=None,
        state="new",
        supports=0,
        seq=number,
    )
    return row._replace(**more)  # type: ignore[arg-type]


def opened(session_id: str, number: int, office: str, **more: object) -> tuple[tickets.Opened, tickets.Step]:
    first = tickets.step(GENESIS, f"t{number}", 1, MONDAY_MS, "ticket.opened", "system", b"{}")
    row = tickets.Opened(
        id=f"t{number}",
        question_id=f"{number:016x}",
        session_id=session_id,
        reference=f"26{number:08d}",
        office_id=office,
        person_id=None,
        category="water",
        area=None,
        privacy="public",
        content_id=f"c{number:015x}",
        state="registered",
        origin="session",
        outcome=None,
        heard_from_ms=None,
        heard_to_ms=None,
        opened_at=MONDAY_MS,
        due_at=None,
        proposed_at=None,
        head_seq=1,
        head_hash=first.hash,
    )
    return row._replace(**more), first  # type: ignore[arg-type]


def filled(store: Store, session_id: str) -> None:
    """Six questions: two for water, one that follows, one for triage, one private, one withdrawn."""
    questions = [asked(session_id, number) for number in range(1, 7)]
    questions[4] = questions[4]._replace(privacy="private")
    questions[5] = questions[5]._replace(state="withdrawn")
    pairs = [
        opened(session_id, 1, "o-water", due_at=MONDAY_MS + 5),
        opened(session_id, 2, "o-water"),
        opened(session_id, 4, "o-triage", due_at=MONDAY_MS + 3, state="resolution_proposed"),
        opened(session_id, 5, "o-water", privacy="private", due_at=MONDAY_MS + 9),
    ]
    follower = tickets.Following("f3", "t1", f"{3:016x}", session_id, f"26{3:08d}", None, MONDAY_MS)
    with store.write() as conn:
        question_rows.add(conn, questions)
        tickets.open_many(conn, [row for row, _ in pairs], [step for _, step in pairs], [follower])
        content.add(
            conn,
            [
                content.Kept(f"c{n:015x}", session_id, f"p{n}", "text", None, f"words {n}", b"s", MONDAY_MS)
                for n in range(1, 7)
            ],
        )


def test_a_register_stands_by_section_office_and_arrival(store: Store, session: Session) -> None:
    filled(store, session.id)
    with store.read() as conn:
        rows = papers.register(conn, session.id)
        assert [int(row.question, 16) for row in rows] == [4, 1, 2, 3, 5, 6]
        assert [row.section for row in rows] == [OFFICE] * 4 + [PRIVATE, GONE]
        # What is private is listed under no office: the office alone would tell what it is about.
        assert [row.office_id for row in rows] == ["o-triage", "o-water", "o-water", "o-water", None, None]
        assert rows[3].follows == f"26{1:08d}" and rows[3].ticket_state == "registered" and rows[1].follows is None
        assert [tuple(each) for each in papers.sections(rows)] == [
            (OFFICE, "o-triage", 1),
            (OFFICE, "o-water", 3),
            (PRIVATE, None, 1),
            (GONE, None, 1),
        ]
        assert papers.stamp(conn, session.id) == 4 and papers.stamp(conn, "nothere2") == 0
        assert papers.register(conn, "nothere2") == [] == papers.events(conn, session.id, ["session.started"])


def test_lists_of_tickets_keep_to_their_reach(store: Store, session: Session) -> None:
    filled(store, session.id)

    def ids(reach: Reach, wanted: Wanted = Wanted(), **more: object) -> list[str]:  # noqa: B008
        return [row.id for row in ticket_lists.listing(conn, reach, wanted, **more)]  # type: ignore[arg-type]

    with store.read() as conn:
        assert ids(Reach(None)) == ["t4", "t1", "t5", "t2"]  # the soonest due first, those without a date last
        assert ids(Reach(("o-water",), (), ())) == ["t1", "t2"]
        assert ids(Reach(("o-water",), (), ("o-water",))) == ["t1", "t5", "t2"]
        assert ids(Reach(("o-triage",), (session.office_id,))) == ["t4", "t1", "t5", "t2"]
        assert ids(NOTHING) == []
        first = ticket_lists.listing(conn, Reach(None), Wanted(), limit=3)
        assert ids(Reach(None), after=(first[-1].due_at or NEVER, first[-1].id)) == ["t2"]
        assert ids(Reach(None), Wanted(("resolution_proposed",))) == ["t4"]
        assert ids(Reach(None), Wanted(session_id="nothere2")) == []
        assert ids(Reach(None), Wanted(due_before=MONDAY_MS + 6)) == ["t4", "t1"]
        assert ticket_lists.count(conn, Reach(None), Wanted()) == 4
        assert first[1].followers == 1 and first[1].text == "words 1" and first[2].private
        assert [each[0] for each in ticket_lists.sessions(conn, Reach(None))] == [session.id]
        assert ticket_lists.within(conn, Reach(("o-water",), (), ()), "t1")
        assert not ticket_lists.within(conn, Reach(("o-water",), (), ()), "t5")


def test_acts_are_read_newest_first_and_by_subject(store: Store) -> None:
    with store.write() as conn:
        for number, at in enumerate((1, 2, 2, 3)):
            row = Audit(
                id=f"{number}", at=at, action="phone.reveal", subject=f"s{number % 2}", reason="r", body={"n": "1"}
            )
            audit.add(conn, row)
    with store.read() as conn:
        first = [row for row, _ in audit.listing(conn, limit=2)]
        rest = [row for row, _ in audit.listing(conn, before=(first[-1].at, first[-1].id))]
        assert [row.id for row in (*first, *rest)] == ["3", "2", "1", "0"] and first[0].body == {"n": "1"}
        assert [row.id for row in audit.of_subject(conn, "s1")] == ["1", "3"]
        assert audit.listing(conn, actions=["person.erase"]) == []


def test_words_of_somebody_erased_are_found_until_they_are_gone(store: Store, session: Session) -> None:
    filled(store, session.id)
    with store.write() as conn:
        key = people.Sealed("p1", b"k", None, None, None, None, None, MONDAY_MS)
        people.add_persons(conn, [key, key._replace(id="p2")])
        people.join(
            conn,
            [
                people.Taking(f"a{n:015x}", session.id, f"p{n}", f"d{n}", None, "web", "citizen", None, "ur", None, 1)
                for n in (1, 2)
            ],
        )
        assert [each.id for each in content.said_by(conn, "p1")] == [f"c{1:015x}"]
        assert [each.id for each in people.of_person(conn, "p1")] == [f"a{1:015x}"]
        people.destroy_key(conn, "p1", MONDAY_MS)
        assert content.left_over(conn) == [(session.id, f"a{1:015x}")]
        content.erase(conn, [f"c{1:015x}"], MONDAY_MS)
        people.forget_participant(conn, f"a{1:015x}")
        assert content.left_over(conn) == [] == content.said_by(conn, "p1")
        found = people.participant(conn, f"a{1:015x}")
        assert isinstance(found, Participant) and found.device_id is None
        other = people.participant(conn, f"a{2:015x}")
        assert other is not None and other.device_id == "d2"
    store.settle()
