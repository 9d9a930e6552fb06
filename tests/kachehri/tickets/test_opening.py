"""Every question that was accepted ends in exactly one place, and the account comes out."""

import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.tickets.opening import NAMESPACE, Decided, QuestionFact, commitment_id, open_tickets, ticket_id
from kachehri.tickets.routing import Route, Routing
from rooms.base import ContentRef
from rooms.closing import Balance

ROUTING = Routing(
    routes={"water": Route("water", "engineers"), "harassment": Route("harassment", "women", protected=True)},
    offices=frozenset({"engineers", "women", "desk"}),
    triage="desk",
)


def fact(number: int, state: str = "admitted", parent: int | None = None, **more: object) -> QuestionFact:
    plain = QuestionFact(
        question=f"{number:016x}",
        reference=f"{2600000000 + number}",
        state=state,
        kind="grievance",
        category="water",
        area="uc-1",
        asker=f"{number + 4096:016x}",
        parent=None if parent is None else f"{parent:016x}",
        content=ContentRef(f"{number + 8192:016x}", "0" * 64),
        received_at=1_000 + number,
    )
    return msgspec.structs.replace(plain, **more)


class TestTickets:
    def test_carry_what_was_asked_and_its_number(self) -> None:
        (ticket,) = open_tickets([fact(7)], ROUTING).tickets
        assert ticket.reference == "2600000007"
        assert (ticket.state, ticket.office, ticket.why) == ("routed", "engineers", "category")
        assert (ticket.question, ticket.asker, ticket.content) == (f"{7:016x}", f"{4103:016x}", f"{8199:016x}")
        assert (ticket.kind, ticket.category, ticket.area, ticket.received_at) == ("grievance", "water", "uc-1", 1007)
        assert not ticket.private

    def test_begin_as_proposed_solved_when_answered_on_air(self) -> None:
        (ticket,) = open_tickets([fact(1, "answered", answered_on_air=True)], ROUTING).tickets
        assert ticket.state == "resolution_proposed"

    @pytest.mark.parametrize(
        ("kind", "state"),
        [("answered", "resolution_proposed"), ("refused", "resolution_proposed")]
        + [("ordered", "routed"), ("referred", "routed")],
    )
    def test_begin_where_the_hearing_left_them(self, kind: str, state: str) -> None:
        (ticket,) = open_tickets([fact(1, "heard", decided=Decided(kind))], ROUTING).tickets
        assert (ticket.state, ticket.decided) == (state, Decided(kind))

    def test_that_were_ordered_after_an_answer_are_open(self) -> None:
        decided = Decided("ordered", office="women", due_at=9)
        (ticket,) = open_tickets([fact(1, "heard", answered_on_air=True, decided=decided)], ROUTING).tickets
        assert ticket.state == "routed"

    def test_wait_for_the_desk_that_sorts_where_no_rule_says_whose_they_are(self) -> None:
        (ticket,) = open_tickets([fact(1, category="")], ROUTING).tickets
        assert (ticket.state, ticket.office) == ("registered", "desk")

    def test_of_whoever_was_helped_say_so(self) -> None:
        opening = open_tickets([fact(1), fact(2, assisted=True)], ROUTING)
        assert [ticket.assisted for ticket in opening.tickets] == [False, True]

    def test_have_the_days_of_their_topic_or_of_the_law(self) -> None:
        facts = [fact(1), fact(2, category="harassment"), fact(3, kind="information")]
        opening = open_tickets(facts, ROUTING, {"water": 7})
        assert [ticket.days for ticket in opening.tickets] == [7, 15, 10]

    def test_go_to_the_office_that_the_hearing_named(self) -> None:
        facts = [fact(1, decided=Decided("referred", office="women"))]
        facts += [fact(2, decided=Decided("ordered", office="gone")), fact(3, decided=Decided("refused"))]
        opening = open_tickets(facts, ROUTING)
        found = [(ticket.office, ticket.why) for ticket in opening.tickets]
        assert found == [("women", "hearing"), ("engineers", "category"), ("engineers", "category")]

    @pytest.mark.parametrize(
        "state", ["new", "held", "admitted", "called", "heard", "deferred", "not_taken", "refusing"]
    )
    def test_come_of_whatever_was_neither_withdrawn_nor_refused(self, state: str) -> None:
        assert len(open_tickets([fact(1, state)], ROUTING).tickets) == 1

    def test_of_an_unknown_category_go_to_the_triage_desk(self) -> None:
        (ticket,) = open_tickets([fact(1, category="cats", content=None)], ROUTING).tickets
        assert (ticket.office, ticket.why, ticket.content) == ("desk", "unknown_category", None)

    def test_of_a_protected_category_are_private(self) -> None:
        opening = open_tickets([fact(1, category="harassment"), fact(2, private=True)], ROUTING)
        assert [(ticket.private, ticket.protected) for ticket in opening.tickets] == [(True, True), (True, False)]

    @given(st.text("0123456789abcdef", min_size=16, max_size=16))
    def test_have_the_name_based_uuid_of_their_question(self, question: str) -> None:
        assert ticket_id(question) == str(uuid.uuid5(uuid.UUID(bytes=NAMESPACE), question))

    def test_and_promises_have_names_of_their_own(self) -> None:
        assert commitment_id("1" * 16) == commitment_id("1" * 16) != ticket_id("1" * 16)


class TestFollowers:
    def test_keep_a_number_of_their_own(self) -> None:
        opening = open_tickets([fact(1), fact(2, "merged", 1, private=True)], ROUTING)
        (follower,) = opening.followers
        assert follower.ticket == opening.tickets[0].ticket == ticket_id(f"{1:016x}")
        assert (follower.reference, follower.question) == ("2600000002", f"{2:016x}")
        assert (follower.asker, follower.content, follower.private) == (f"{4098:016x}", f"{8194:016x}", True)
        assert follower.received_at == 1002

    def test_follow_the_end_of_a_chain(self) -> None:
        opening = open_tickets([fact(1, "merged", 2), fact(2, "merged", 3), fact(3, content=None)], ROUTING)
        assert {follower.ticket for follower in opening.followers} == {ticket_id(f"{3:016x}")}

    @pytest.mark.parametrize("state", ["withdrawn", "refused"])
    def test_outlive_a_parent_that_is_gone(self, state: str) -> None:
        opening = open_tickets([fact(1, state), fact(2, "merged", 1), fact(3, "merged", 1, content=None)], ROUTING)
        assert [ticket.reference for ticket in opening.tickets] == ["2600000002"]
        assert [(row.ticket, row.content) for row in opening.followers] == [(ticket_id(f"{2:016x}"), None)]

    def test_of_nobody_known_have_tickets_of_their_own(self) -> None:
        assert len(open_tickets([fact(1, "merged", 99)], ROUTING).tickets) == 1

    def test_in_a_ring_do_not_hang_a_close(self) -> None:
        facts = [fact(1, "merged", 2), fact(2, "merged", 3), fact(3, "merged", 2)]
        opening = open_tickets(facts, ROUTING)
        assert [ticket.reference for ticket in opening.tickets] == ["2600000002"]
        assert len(opening.followers) == 2


class TestBalance:
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["admitted", "merged", "merged", "answered", "withdrawn", "refused"]),
                st.integers(0, 14) | st.none(),
            ),
            max_size=12,
        ),
        st.randoms(use_true_random=False),
    )
    def test_comes_out_whatever_happened(self, raw: list[tuple[str, int | None]], shuffler: object) -> None:
        facts = [fact(number, state, parent) for number, (state, parent) in enumerate(raw)]
        opening = open_tickets(facts, ROUTING)
        balance = opening.balance
        assert balance.balanced
        assert balance.raised == len(facts)
        assert (balance.tickets, balance.followers) == (len(opening.tickets), len(opening.followers))
        assert balance.withdrawn == sum(state == "withdrawn" for state, _ in raw)
        numbers = [row.reference for row in opening.tickets] + [row.reference for row in opening.followers]
        assert sorted(numbers) == sorted(one.reference for one in facts if one.state not in ("withdrawn", "refused"))
        assert {row.ticket for row in opening.followers} <= {row.ticket for row in opening.tickets}
        shuffler.shuffle(facts)  # type: ignore[attr-defined]
        assert open_tickets(facts, ROUTING) == opening

    def test_that_does_not_come_out_is_seen(self) -> None:
        assert not Balance(raised=3, tickets=1, followers=1, withdrawn=0, refused=0).balanced

    def test_of_an_empty_session_comes_out(self) -> None:
        assert open_tickets([], ROUTING).balance == Balance(0, 0, 0, 0, 0)

    @pytest.mark.parametrize("twice", [fact(1), fact(2, reference="2600000001")])
    def test_is_refused_when_something_occurs_twice(self, twice: QuestionFact) -> None:
        with pytest.raises(ValueError, match="twice"):
            open_tickets([fact(1), twice], ROUTING)
