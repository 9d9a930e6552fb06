"""What was suggested and what people made of it; and which texts are compared."""

from __future__ import annotations

from kachehri.store import Store, content, hints, tickets
from kachehri.store.hints import Judged
from kachehri.store.tables import Hint, Session
from kachehri.store.ticket_lists import NOTHING, Reach
from tests.conftest import MONDAY_MS
from tests.kachehri.store.test_papers import opened

DAY = 86_400_000


def hint(of: str, other: str, share: int = 700, kind: str = "ticket") -> Hint:
    return Hint(of_id=of, other_id=other, kind=kind, share=share, shown_at=MONDAY_MS)


def test_only_public_tickets_with_words_of_the_place_are_compared(store: Store, session: Session) -> None:
    made = [
        opened(session.id, 1, "o-water", state="routed", area="uc1"),
        opened(session.id, 2, "o-water", state="closed", area="uc1"),
        opened(session.id, 3, "o-water", state="routed", area="uc1", privacy="private"),
        opened(session.id, 4, "o-water", state="routed", area="uc2"),
        opened(session.id, 5, "o-water", state="routed", area="uc1"),
        opened(session.id, 6, "o-triage", state="routed"),
    ]
    rows = [row._replace(content_id=f"w{number}") for number, (row, _) in enumerate(made, 1)]
    kept = [
        content.Kept(f"w{number}", None, None, "text", None, "" if number == 5 else f"text {number}", b"s", MONDAY_MS)
        for number in range(1, 7)
    ]
    with store.write() as conn:
        content.add(conn, kept)
        tickets.open_many(conn, rows, [step for _, step in made], [])

    def found(reach: Reach, since: int = 0, area: str | None = None, limit: int = 400) -> list[str]:
        with store.read() as conn:
            return [each.id for each in hints.texts(conn, reach, since, area=area, limit=limit)]

    everything = Reach(None)
    assert sorted(found(everything)) == ["t1", "t2", "t4", "t6"]
    assert sorted(found(everything, area="uc1")) == ["t1", "t2"], "the closed one too"
    assert found(everything, area="") == ["t6"]
    assert found(Reach(("o-water",), (), ()), area="uc2") == ["t4"] and found(NOTHING) == []
    assert found(everything, MONDAY_MS + 100 * DAY) == [] and len(found(everything, limit=3)) == 3


def test_what_was_said_is_kept_and_can_be_taken_back(store: Store) -> None:
    with store.write() as conn:
        hints.show(conn, [hint("a", "b"), hint("a", "c", 900)])
        hints.show(conn, [hint("a", "b", 100)])
        assert hints.of(conn, "a")["b"].share == 700, "shown once"
        assert hints.say(conn, "a", "b", "apart", "acc", MONDAY_MS)
        assert not hints.say(conn, "a", "x", "apart", "acc", MONDAY_MS), "never suggested"
        assert hints.judged(conn) == [Judged("ticket", 800, 0, 0, 1), Judged("ticket", 650, 0, 1, 0)]
        hints.say(conn, "a", "b", "", "acc", MONDAY_MS)
        found = hints.of(conn, "a")["b"]
    assert (found.said, found.said_at, found.account_id) == ("", None, None)


def test_who_joined_two_in_any_way_said_that_they_are_the_same(store: Store, session: Session) -> None:
    made = [opened(session.id, number, "o-water", state="routed") for number in (1, 2, 3)]
    with store.write() as conn:
        tickets.open_many(conn, [row for row, _ in made], [step for _, step in made], [])
        hints.show(conn, [hint("t1", "t2"), hint("t3", "t1"), hint("t3", "t2")])
        conn.exec_driver_sql("UPDATE ticket SET parent_id = 't1' WHERE id = 't3'")
        conn.exec_driver_sql("UPDATE ticket SET parent_id = 't1' WHERE id = 't2'")
        assert hints.judged(conn) == [Judged("ticket", 650, 2, 0, 1)]
