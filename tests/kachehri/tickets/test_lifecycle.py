"""The tables of states and steps keep the promises that the citizen was given."""

from typing import get_args

import pytest

from kachehri.tickets import lifecycle
from kachehri.tickets.lifecycle import (
    DEEDS,
    ENTRY,
    STATES,
    STEPS,
    Deed,
    State,
    Step,
    after,
    entry,
    is_closed,
    is_open,
    may,
    possible,
)


class TestStates:
    def test_all_are_described(self) -> None:
        assert set(STATES) == set(get_args(State))
        assert {about.group for about in STATES.values()} == set(get_args(lifecycle.Group))

    @pytest.mark.parametrize("state", STATES)
    def test_are_open_or_closed(self, state: State) -> None:
        assert is_open(state) != is_closed(state)
        assert is_closed(state) == (STATES[state].next == "nobody")

    def test_a_proposed_resolution_is_still_open(self) -> None:
        assert is_open("resolution_proposed")

    def test_have_words_of_their_own(self) -> None:
        assert len({about.word for about in STATES.values()}) == len(STATES)

    def test_begin_as_asked_or_as_placed_or_as_answered_on_air(self) -> None:
        assert (entry(False), entry(False, placed=True), entry(True)) == ENTRY
        assert entry(True, placed=True) == "resolution_proposed"


class TestSteps:
    def test_all_are_described(self) -> None:
        assert list(dict.fromkeys(edge.step for edge in STEPS)) == list(get_args(Step))
        assert [row.deed for row in DEEDS] == list(get_args(Deed))
        assert not set(get_args(Step)) & set(get_args(Deed))

    def test_a_step_leads_to_one_state_whoever_takes_it(self) -> None:
        for edge in STEPS:
            assert {other.to for other in STEPS if other.step == edge.step} == {edge.to}

    def test_nobody_has_two_rows_for_one_step(self) -> None:
        rows = [(edge.step, state, by) for edge in STEPS for state in edge.come_from for by in edge.by]
        assert len(rows) == len(set(rows))

    def test_only_the_citizen_or_silence_closes_and_a_superior_by_a_step_of_its_own(self) -> None:
        closing = {edge.step: edge.by for edge in STEPS if edge.to == "closed"}
        assert closing == {
            "confirm": ("citizen",),
            "stay_silent": ("clock",),
            "withdraw": ("citizen",),
            "force": ("supervisor",),
        }
        assert [edge.by for edge in STEPS if edge.to == "closed_final"] == [("appeal",)]

    def test_every_state_can_be_reached(self) -> None:
        reached: set[State] = set(ENTRY)
        while True:
            further = {edge.to for edge in STEPS if edge.to and reached.intersection(edge.come_from)} - reached
            if not further:
                break
            reached |= further
        assert reached == set(STATES)

    def test_every_open_state_can_be_left(self) -> None:
        assert {state for edge in STEPS for state in edge.come_from} == set(STATES) - {"closed_final"}

    def test_the_citizen_may_withdraw_and_contest_whenever_it_makes_sense(self) -> None:
        assert all(may("citizen", state, "withdraw") == is_open(state) for state in STATES)
        assert after("resolution_proposed", "dispute") == after("closed", "dispute") == "disputed"
        assert not may("officer", "resolution_proposed", "dispute")

    def test_an_act_is_possible_where_the_tables_say_so(self) -> None:
        assert possible("citizen", "resolution_proposed") == (
            *("confirm", "dispute", "appeal", "withdraw"),
            *("leave", "add_evidence", "rate", "pledge"),
        )
        assert possible("officer", "closed_final") == ("note", "pledge")
        assert not {"force", "warn"} & set(possible("officer", "in_progress"))

    def test_lead_on_or_nowhere(self) -> None:
        assert after("registered", "route") == "routed"
        assert after("closed_final", "dispute") is None
        assert not may("citizen", "closed_final", "dispute")

    def test_lead_back_to_where_the_ticket_waited(self) -> None:
        assert after("awaiting_citizen", "citizen_answers", "in_progress") == "in_progress"
        assert after("awaiting_external", "resume") == "assigned"
