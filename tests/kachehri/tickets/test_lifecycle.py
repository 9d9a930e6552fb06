"""The tables of states and steps keep the promises that the citizen was given."""

from typing import get_args

import pytest

from kachehri.tickets import lifecycle
from kachehri.tickets.lifecycle import ENTRY, STATES, STEPS, State, Step, after, entry, is_closed, is_open, may


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

    def test_begin_as_asked_or_as_answered_on_air(self) -> None:
        assert (entry(False), entry(True)) == ENTRY == ("registered", "resolution_proposed")


class TestSteps:
    def test_all_are_described_once(self) -> None:
        assert [edge.step for edge in STEPS] == list(get_args(Step))

    def test_only_the_citizen_or_silence_closes(self) -> None:
        closing = {edge.step: edge.by for edge in STEPS if edge.to == "closed"}
        assert closing == {"confirm": ("citizen",), "stay_silent": ("clock",), "withdraw": ("citizen",)}
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

    def test_lead_on_or_nowhere(self) -> None:
        assert after("registered", "route") == "routed"
        assert after("closed_final", "dispute") is None
        assert not may("citizen", "closed_final", "dispute")

    def test_lead_back_to_where_the_ticket_waited(self) -> None:
        assert after("awaiting_citizen", "citizen_answers", "in_progress") == "in_progress"
        assert after("awaiting_external", "resume") == "assigned"
