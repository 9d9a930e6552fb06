"""Lists of tickets, read from either database: every way within reach once, and nothing twice."""

from __future__ import annotations

import pytest

from kachehri.store import Store, accounts, district, evidence, replies, ticket_lists, tickets
from kachehri.store.tables import Account, Commitment, Picture, Post, Reply, Session, Ticket
from kachehri.store.ticket_lists import NEVER, NOTHING, Reach, Wanted
from tests.conftest import MONDAY_MS
from tests.kachehri.store.test_papers import opened

DAY = 86_400_000
OPEN = ("registered", "routed", "assigned", "disputed")


@pytest.fixture
def filled(store: Store, session: Session) -> Store:
    """Nine tickets; what each is good for stands beside it."""
    made: list[tuple[tickets.Opened, tickets.Step]] = [
        opened(session.id, 1, "o-water", state="routed", due_at=MONDAY_MS + DAY, area="uc1"),
        opened(session.id, 2, "o-water", state="assigned", due_at=MONDAY_MS + 2 * DAY, area="uc1"),
        opened(session.id, 3, "o-water", state="disputed", due_at=MONDAY_MS + 3 * DAY, privacy="private"),
        opened(session.id, 4, "o-triage", state="routed", due_at=MONDAY_MS + 4 * DAY, category="roads"),
        opened(session.id, 5, "o-triage", state="routed"),
        opened(session.id, 6, "o-triage", state="closed", due_at=MONDAY_MS + DAY),
        opened(session.id, 7, "o-triage", state="disputed", due_at=MONDAY_MS + 5 * DAY, privacy="private"),
        opened(session.id, 8, "o-triage", state="routed", due_at=MONDAY_MS + 6 * DAY),
        opened(session.id, 9, "o-water", state="routed", due_at=MONDAY_MS + 7 * DAY),
    ]
    with store.write() as conn:
        district.save_posts(conn, [Post(id=id, office_id="o-water", title_ur=id, title_en=id) for id in ("sdo", "xen")])
        accounts.add(
            conn,
            Account(id="a1", login="a1", name="A", role="officer", password_hash="", created_at=0, password_set_at=0),
        )
        tickets.open_many(conn, [row for row, _ in made], [step for _, step in made], [])
        for id, values in (
            ("t2", "post_id = 'sdo', account_id = 'a1'"),
            ("t7", "accountable_post_id = 'xen'"),
            ("t9", "about_post_id = 'sdo'"),
            ("t3", "disputes = 1"),
        ):
            conn.exec_driver_sql(f"UPDATE ticket SET {values} WHERE id = '{id}'")
        evidence.save_parts(conn, "t8", {"o-water": None})
    return store


def ids(store: Store, reach: Reach, wanted: Wanted = Wanted(), **more: object) -> list[str]:  # noqa: B008
    with store.read() as conn:
        found = [row.id for row in ticket_lists.listing(conn, reach, wanted, **more)]  # type: ignore[arg-type]
        if not more:
            assert ticket_lists.count(conn, reach, wanted) == len(found) == len(set(found))
            assert all(ticket_lists.within(conn, reach, id) for id in found)
    return found


def test_every_way_within_reach_leads_there_once(filled: Store) -> None:
    assert ids(filled, NOTHING) == []
    assert ids(filled, Reach(None)) == ["t1", "t6", "t2", "t3", "t4", "t7", "t8", "t9", "t5"]
    water = Reach(("o-water",), (), ("o-water",))
    assert ids(filled, water) == ["t1", "t2", "t3", "t8", "t9"], "with the one in which it has a part"
    assert ids(filled, Reach(("o-water",), (), ())) == ["t1", "t2", "t9"], "from above: nothing private, no part"
    assert ids(filled, water._replace(posts=("sdo", "xen"))) == ["t1", "t2", "t3", "t7", "t8", "t9"]
    assert ids(filled, Reach((), (), (), ("sdo", "xen"))) == ["t2", "t7"]
    assert ids(filled, water._replace(about=("sdo",))) == ["t1", "t2", "t3", "t8"], "nothing about oneself"
    assert ids(filled, Reach(("o-triage",), ("o-water",))) == ids(filled, Reach(None))
    with filled.read() as conn:
        assert not ticket_lists.within(conn, water, "t4") and not ticket_lists.within(conn, NOTHING, "t1")


def test_a_list_is_narrowed_in_every_way(filled: Store) -> None:
    everything = Reach(None)
    assert ids(filled, everything, Wanted(OPEN, topic="roads")) == ["t4"]
    assert ids(filled, everything, Wanted(OPEN, area="uc1")) == ["t1", "t2"]
    assert ids(filled, everything, Wanted(OPEN, mine=("sdo",))) == ["t2"]
    assert ids(filled, everything, Wanted(OPEN, mine=("xen",), account="a1")) == ["t2", "t7"]
    assert ids(filled, everything, Wanted(OPEN, account="nobody")) == []
    assert ids(filled, everything, Wanted(OPEN, answers=("xen",))) == ["t7"]
    assert ids(filled, everything, Wanted(ending="0003")) == ["t3"]
    assert ids(filled, everything, Wanted(OPEN, due_before=MONDAY_MS + DAY + 1)) == ["t1"]
    # Four fifths of the time are over, and the day is not.
    assert ids(filled, everything, Wanted(OPEN, at_risk=MONDAY_MS + DAY * 9 // 10)) == ["t1"]
    assert ids(filled, everything, Wanted(OPEN, at_risk=MONDAY_MS + DAY * 17 // 10)) == ["t2"]


def test_pages_follow_one_another_over_all_ways(filled: Store) -> None:
    reach = Reach(("o-water",), (), ("o-water",), ("xen",))
    whole, found = ids(filled, reach), []
    after: tuple[int, str] | None = None
    for _ in range(9):
        with filled.read() as conn:
            page = ticket_lists.listing(conn, reach, Wanted(), after=after, limit=2)
        found += [row.id for row in page]
        if len(page) < 2:
            break
        after = (page[-1].due_at or NEVER, page[-1].id)
    assert found == whole


def test_sums_are_those_of_the_list(filled: Store) -> None:
    reach = Reach(("o-water",), (), ("o-water",), ("xen",))
    with filled.read() as conn:
        tally = ticket_lists.tally(conn, reach, MONDAY_MS + 2 * DAY + 1)
        assert tally == {"routed": (3, 1), "assigned": (1, 1), "disputed": (2, 0)}
        load = ticket_lists.load(conn, reach, MONDAY_MS + 2 * DAY + 1, OPEN)
        assert load == [("o-triage", "", 2, 0), ("o-water", "", 3, 1), ("o-water", "sdo", 1, 1)]
        assert ticket_lists.causes(conn, reach, MONDAY_MS) == [("water", "", 4), ("water", "uc1", 2)]
        assert ticket_lists.causes(conn, reach, MONDAY_MS + 1) == []
        assert len(ticket_lists.sessions(conn, reach)) == 1 and ticket_lists.sessions(conn, NOTHING) == []


def test_an_answer_waits_for_a_signature_until_it_is_proposed(filled: Store) -> None:
    def step(ticket: Ticket, type: str) -> None:
        added = tickets.step(ticket.head_hash, ticket.id, ticket.head_seq + 1, MONDAY_MS, type, "a1", b"{}")
        names = [name for name in tickets.Moved._fields if name not in ("id", "from_seq", "head_seq", "head_hash")]
        same = {name: getattr(ticket, name) for name in names}
        change = tickets.Moved(id=ticket.id, from_seq=ticket.head_seq, head_seq=added.seq, head_hash=added.hash, **same)
        with filled.write() as conn:
            assert tickets.move(conn, change, [added])

    def now() -> Ticket:
        with filled.read() as conn:
            found = tickets.get(conn, "t3")
        assert found is not None
        return found

    wanted = Wanted(OPEN, submitted=True)
    assert ids(filled, Reach(None), wanted) == []
    step(now(), "ticket.submitted")
    assert ids(filled, Reach(None), wanted) == ["t3"]
    assert "t3" not in ids(filled, Reach(None), Wanted(OPEN, submitted=False))
    step(now(), "ticket.proposed")
    assert ids(filled, Reach(None), wanted) == []
    assert ids(filled, Reach(None), Wanted(OPEN, submitted=False)) == ids(filled, Reach(None), Wanted(OPEN))


def test_promises_within_reach_are_listed_until_they_are_over(filled: Store, session: Session) -> None:
    rows = [
        Commitment(
            id=f"m{n}",
            session_id=session.id,
            ticket_id=ticket,
            made_by="x",
            content_id="c",
            made_at=1,
            state=state,
            due_at=due,
        )
        for n, (ticket, state, due) in enumerate(
            (("t1", "made", 9), ("t2", "broken", 3), ("t4", "made", 1), ("t9", "kept", 2), ("t3", "moved", None))
        )
    ]
    with filled.write() as conn:
        tickets.promise(conn, rows)
        found = ticket_lists.promised(conn, Reach(("o-water",), (), ("o-water",)))
    assert [(each.id, number) for each, number in found] == [
        ("m1", "2600000002"),
        ("m0", "2600000001"),
        ("m4", "2600000003"),
    ]


def test_pictures_and_ready_answers(filled: Store) -> None:
    with filled.write() as conn:
        for n, shown in enumerate((False, True)):
            evidence.add(
                conn,
                Picture(
                    id=f"p{n}",
                    ticket_id="t1",
                    at=n,
                    account_id="a1",
                    shown=shown,
                    width=3,
                    height=2,
                    sha256=bytes([n]),
                    content=b"jpeg%d" % n,
                ),
            )
        assert [each.id for each in evidence.of_ticket(conn, "t1")] == ["p0", "p1"]
        assert [each.id for each in evidence.of_ticket(conn, "t1", shown=True)] == ["p1"]
        assert evidence.get(conn, "t2", "p0") is None and evidence.count(conn, "t1") == 2
        found = evidence.get(conn, "t1", "p1")
        assert found is not None and found.content == b"jpeg1"
        assert evidence.same(conn, "t1", bytes([1])) == "p1" and evidence.same(conn, "t2", bytes([1])) is None
        row = Reply(id="r1", office_id="o-water", name="B", text="{number}", made_by="a1", made_at=1)
        replies.keep(conn, row)
        replies.keep(conn, row.model_copy(update={"text": "changed"}))
        (kept,) = replies.of_offices(conn, ["o-water"])
        assert kept.text == "changed" and replies.of_offices(conn, ["o-triage"]) == []
        replies.retire(conn, "r1", 2)
        assert replies.get(conn, "r1") is None and replies.of_offices(conn, ["o-water"]) == []
