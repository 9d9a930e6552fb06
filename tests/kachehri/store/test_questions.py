"""Questions, supports and words, written set-wise and found again."""

from __future__ import annotations

import pytest

from kachehri.store import Conflict, Store, content, questions
from kachehri.store.questions import Asked, Changed, Supported
from kachehri.store.tables import Session
from tests.conftest import MONDAY_MS


def asked(session_id: str, number: int, **other: object) -> Asked:
    row = Asked(
        id=f"{number:016x}",
        session_id=session_id,
        kind="grievance",
        asker=f"{number % 3:016x}",
        filed_by=None,
        consent_id=None,
        channel="live",
        received_at=MONDAY_MS + number // 2,
        claimed_arrival=None,
        category="water",
        area="",
        lane="common",
        privacy="public",
        content_id=f"{number + 1000:016x}",
        reference=f"2640{number:06d}",
        parent_id=None,
        state="new",
        supports=0,
        seq=number,
    )
    return row._replace(**other)  # type: ignore[arg-type]


@pytest.fixture
def ten(store: Store, session: Session) -> list[Asked]:
    rows = [asked(session.id, number) for number in range(10)]
    with store.write() as conn:
        questions.add(conn, rows)
        questions.add(conn, [])
    return rows


def test_found_by_every_handle(store: Store, session: Session, ten: list[Asked]) -> None:
    with store.read() as conn:
        for row in ten:
            assert questions.by_id(conn, row.id) == row
            assert questions.by_reference(conn, row.reference) == row
        assert [row.seq for row in questions.of_asker(conn, session.id, f"{1:016x}")] == [7, 4, 1]
        assert questions.by_id(conn, "nothing") is None
        assert questions.by_reference(conn, "0") is None


@pytest.mark.parametrize("field", ["id", "reference"])
def test_what_must_be_unique_is(store: Store, session: Session, ten: list[Asked], field: str) -> None:
    with pytest.raises(Conflict), store.write() as conn:
        questions.add(conn, [asked(session.id, 99, **{field: getattr(ten[3], field)})])


def test_changes_are_carried_in_order(store: Store, session: Session, ten: list[Asked]) -> None:
    with store.write() as conn:
        first = Changed(ten[0].id, "roads", "", "common", "private", None, "admitted", 4, 20)
        questions.change(conn, [first, first._replace(state="merged", parent_id=ten[1].id, seq=21)])
        questions.change(conn, [])
        questions.set_states(conn, [(ten[2].id, "ticketed", 30), (ten[3].id, "ticketed", 31)])
    with store.read() as conn:
        row = questions.by_id(conn, ten[0].id)
        assert row is not None
        assert (row.category, row.state, row.parent_id, row.supports, row.seq) == ("roads", "merged", ten[1].id, 4, 21)
        assert row.reference == ten[0].reference
        assert questions.counts(conn, session.id) == {"new": 7, "merged": 1, "ticketed": 2}


def test_pages_follow_on_without_loss_or_repeat(store: Store, session: Session, ten: list[Asked]) -> None:
    seen: list[str] = []
    after: tuple[int, str] | None = None
    with store.read() as conn:
        while page := questions.listing(conn, session.id, after=after, limit=3):
            seen += [row.id for row in page]
            after = page[-1].received_at, page[-1].id
        assert seen == [row.id for row in ten]
        assert questions.listing(conn, session.id, states=["held"]) == []
        assert len(questions.listing(conn, session.id, states=["new", "held"], limit=7)) == 7


def test_a_support_counts_once(store: Store, session: Session, ten: list[Asked]) -> None:
    def row(question: int, participant: str) -> Supported:
        return Supported(ten[question].id, participant, session.id, MONDAY_MS)

    with store.write() as conn:
        assert questions.support(conn, []) == set()
        fresh = questions.support(conn, [row(0, "a"), row(0, "b"), row(1, "a"), row(0, "a")])
        assert fresh == {(ten[0].id, "a"), (ten[0].id, "b"), (ten[1].id, "a")}
    with store.write() as conn:
        assert questions.support(conn, [row(0, "b"), row(1, "c")]) == {(ten[1].id, "c")}
        assert questions.support(conn, [row(0, "b")]) == set()
        assert questions.unsupport(conn, [(ten[0].id, "a"), (ten[0].id, "never")]) == 1
        assert questions.tallies(conn, session.id) == {ten[0].id: 1, ten[1].id: 2}
        assert len(questions.supporters(conn, session.id)) == 3


def test_many_supports_at_once(store: Store, session: Session, ten: list[Asked]) -> None:
    """More rows than one statement may have parameters."""
    rows = [Supported(ten[0].id, f"{number:016x}", session.id, MONDAY_MS) for number in range(20_000)]
    with store.write() as conn:
        assert len(questions.support(conn, rows[:15_000])) == 15_000
        assert len(questions.support(conn, rows)) == 5_000
        assert questions.tallies(conn, session.id) == {ten[0].id: 20_000}


def test_words_are_kept_and_read_by_session(store: Store, session: Session) -> None:
    kept = content.Kept("c1", session.id, "p1", "text", b"sealed", "پانی", b"salt", MONDAY_MS)
    with store.write() as conn:
        content.add(conn, [kept, kept._replace(id="c2", public=None), kept._replace(id="c3", session_id=None)])
        content.add(conn, [])
        assert content.texts(conn, session.id) == {"c1": "پانی"}
        assert content.texts_of(conn, ["c1", "c2", "c3", "c4"]) == {"c1": "پانی", "c3": "پانی"}
        assert content.texts_of(conn, []) == {}
        assert content.original(conn, "c1") == kept
        assert content.original(conn, "c9") is None


def test_words_can_be_masked_further_but_not_once_erased(store: Store, session: Session) -> None:
    kept = content.Kept("c1", session.id, "p1", "text", b"sealed", "call 0300", b"salt", MONDAY_MS)
    with store.write() as conn:
        content.add(conn, [kept])
        assert content.republish(conn, "c1", "call ***")
        assert content.texts(conn, session.id) == {"c1": "call ***"}
        assert content.of_person(conn, "p1") == [content.Erased("c1", session.id)]
        content.erase(conn, ["c1"], MONDAY_MS)
        content.erase(conn, [], MONDAY_MS)
        assert not content.republish(conn, "c1", "back again")
        assert content.texts(conn, session.id) == {}
