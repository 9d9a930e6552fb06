"""What becomes of a promise: who may say what, and what no order of words can bring about."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.tickets import events as e
from kachehri.tickets import pledges
from kachehri.tickets.lifecycle import By
from kachehri.tickets.pledges import RULES, Pledge, What, decide, evolve, follow, standing
from kachehri.tickets.status import TicketRefused
from rooms.base import ContentRef

DAY = 86_400_000
MADE = 1_800_000_000_000
DUE = MADE + 3 * DAY
SIDES = get_args(By)
WHATS = get_args(What)


def step(what: What, due: int | None = None) -> e.Pledged:
    return e.Pledged(commitment="c", step=what, due=due)


def made() -> Pledge:
    return evolve(None, step("made", DUE), MADE)


def said(known: Pledge | None, what: What, side: By, now: int, due: int | None = None) -> Pledge | None:
    """The promise after somebody said something, lawfully; itself where nothing followed."""
    for each in decide(known, step(what, due), side, now):
        assert isinstance(each, e.Pledged)
        known = evolve(replace(known) if known else None, each, now)
    return known


def refused(known: Pledge | None, what: What, side: By, now: int, due: int | None = None) -> str:
    with pytest.raises(TicketRefused) as no:
        decide(known, step(what, due), side, now)
    return no.value.code


class TestTable:
    def test_has_a_row_for_every_word_and_steps_for_every_row(self) -> None:
        assert set(RULES) == set(WHATS) == set(get_args(e.Pledged.__annotations__["step"]) or WHATS)

    def test_only_she_says_that_it_was_kept(self) -> None:
        assert RULES["kept"].by == RULES["denied"].by == RULES["read_back"].by == ("citizen",)

    def test_only_the_clock_breaks_it(self) -> None:
        assert RULES["broken"].by == ("clock",)

    @pytest.mark.parametrize("side", SIDES)
    @pytest.mark.parametrize("what", WHATS)
    def test_refuses_what_is_not_in_it(self, what: What, side: By) -> None:
        if side not in RULES[what].by:
            known = None if what == "made" else made()
            assert refused(known, what, side, MADE, DUE) == "pledge_not_you"


class TestCourse:
    def test_is_made_once(self) -> None:
        assert refused(made(), "made", "clock", MADE, DUE) == "pledge_unknown"
        assert refused(None, "kept", "citizen", MADE) == "pledge_unknown"

    def test_said_by_the_office_is_not_kept_until_she_says_so(self) -> None:
        known = said(made(), "said", "officer", MADE + DAY)
        assert known and (known.state, known.said_at) == ("said", MADE + DAY)
        known = said(known, "kept", "citizen", MADE + 2 * DAY)
        assert known and (known.state, known.kept_at, known.broken_at) == ("kept", MADE + 2 * DAY, None)

    def test_she_takes_it_back_for_a_day(self) -> None:
        kept = said(made(), "kept", "citizen", MADE)
        back = said(kept, "denied", "citizen", MADE + pledges.TAKE_BACK_MS)
        assert back and (back.state, back.kept_at) == ("made", None)
        assert refused(kept, "denied", "citizen", MADE + pledges.TAKE_BACK_MS + 1) == "pledge_late"

    def test_while_the_end_is_disputed_nothing_is_kept(self) -> None:
        for ticket, code in (("in_progress", ""), ("disputed", "pledge_disputed")):
            try:
                decide(made(), step("kept"), "citizen", MADE, ticket)
                found = ""
            except TicketRefused as no:
                found = no.code
            assert found == code

    def test_what_she_denies_before_the_day_is_owed_and_after_it_broken(self) -> None:
        early = said(said(made(), "said", "officer", MADE), "denied", "citizen", DUE)
        assert early and (early.state, early.said_at) == ("made", None)
        late = said(said(made(), "said", "officer", MADE), "denied", "citizen", DUE + 1)
        assert late and (late.state, late.broken_at) == ("broken", DUE + 1)

    def test_is_broken_once_its_day_is_over_and_not_before(self) -> None:
        assert refused(made(), "broken", "clock", DUE - 1) == "pledge_early"
        known = said(made(), "broken", "clock", DUE + 1)
        assert known and known.state == "broken"
        assert decide(known, step("broken"), "clock", DUE + DAY) == [], "asking again does nothing"
        assert refused(said(made(), "said", "officer", MADE), "broken", "clock", DUE + 1) == "pledge_step"

    def test_a_day_moves_later_only_and_a_new_day_mends_nothing(self) -> None:
        for due in (None, DUE, DUE - 1, MADE - 1):
            assert refused(made(), "moved", "office", MADE, due) == "pledge_day"
        known = said(made(), "moved", "office", MADE, DUE + DAY)
        assert known and (known.state, known.due, known.first_due, known.moves) == ("moved", DUE + DAY, DUE, 1)
        broken = said(made(), "broken", "clock", DUE + 1)
        assert refused(broken, "moved", "office", DUE + 5 * DAY, DUE + 4 * DAY) == "pledge_day"
        moved = said(broken, "moved", "office", DUE + DAY, DUE + 9 * DAY)
        assert moved and (moved.state, moved.broken_at) == ("broken", DUE + 1)
        kept = said(moved, "kept", "citizen", DUE + 2 * DAY)
        assert kept and standing(kept.state, kept.broken_at, kept.due, DUE + 2 * DAY) == "late"

    def test_help_changes_nothing_but_is_remembered(self) -> None:
        known = said(made(), "help", "triage", MADE + 1)
        assert known and (known.state, known.help_at) == ("made", MADE + 1)

    def test_her_answer_to_the_reading_can_change_and_counts_once(self) -> None:
        known = said(made(), "contested", "citizen", MADE)
        assert known and (known.read, known.state) == ("no", "made")
        assert decide(known, step("contested"), "citizen", MADE) == []
        known = said(known, "read_back", "citizen", MADE + 5)
        assert known and (known.read, known.read_at) == ("yes", MADE + 5)

    def test_what_was_said_in_the_hearing_keeps_its_instant(self) -> None:
        read = e.Pledged(commitment="c", step="read_back", said_at=MADE - 7)
        assert evolve(made(), read, MADE + DAY).read_at == MADE - 7

    def test_after_the_end_nothing_more_is_said(self) -> None:
        kept = said(made(), "kept", "citizen", MADE)
        gone = said(made(), "cancelled", "citizen", MADE)
        assert decide(kept, step("kept"), "citizen", MADE) == []
        for known in (kept, gone):
            for what, side in (("said", "officer"), ("moved", "officer"), ("broken", "clock"), ("help", "officer")):
                assert refused(known, what, side, DUE + DAY, DUE + 9 * DAY) == "pledge_step"  # type: ignore[arg-type]


class TestFollow:
    def test_the_end_of_a_ticket_by_her_word_is_the_end_of_its_promises(self) -> None:
        known = {"a": made(), "b": replace(made(), state="kept")}
        assert follow(known, [e.Confirmed()]) == [e.Confirmed(), e.Pledged(commitment="a", step="kept")]
        assert follow(known, [e.Withdrawn()]) == [e.Withdrawn(), e.Pledged(commitment="a", step="cancelled")]

    def test_what_the_office_proposes_it_says_of_its_promises_too(self) -> None:
        known = {"a": made(), "b": replace(made(), state="said"), "c": replace(made(), state="broken")}
        proposed = e.Proposed(outcome="relief_granted", note=ContentRef("n", "d"))
        found = follow(known, [proposed])
        assert found[1:] == [e.Pledged(commitment=id, step="said") for id in ("a", "c")]

    def test_what_she_disputes_is_owed_again(self) -> None:
        known = {"a": replace(made(), state="said"), "b": replace(made(), state="kept"), "c": made()}
        found = follow(known, [e.Disputed()])
        assert found[1:] == [e.Pledged(commitment=id, step="denied") for id in ("a", "b")]
        taken = evolve(replace(made(), state="kept", kept_at=MADE), step("denied"), MADE + 1)
        assert (taken.state, taken.kept_at) == ("made", None)

    def test_silence_and_force_say_nothing_of_a_promise(self) -> None:
        assert follow({"a": made()}, [e.Silent()]) == [e.Silent()]


class TestStanding:
    @pytest.mark.parametrize(
        ("state", "broken", "due", "stands"),
        [
            ("made", None, DUE, "due"),
            ("moved", None, None, "due"),
            ("made", None, DUE - 2 * DAY, "broken"),
            ("said", None, DUE - 2 * DAY, "said"),
            ("kept", None, DUE, "kept"),
            ("kept", DUE, DUE, "late"),
            ("broken", DUE, DUE + DAY, "broken"),
            ("cancelled", None, DUE, "cancelled"),
        ],
    )
    def test_is_one_figure(self, state: str, broken: int | None, due: int | None, stands: str) -> None:
        assert standing(state, broken, due, DUE - DAY) == stands


words = st.tuples(st.sampled_from(WHATS), st.sampled_from(SIDES), st.integers(0, 3 * DAY), st.integers(-DAY, 6 * DAY))


@given(st.lists(words, max_size=25))
def test_no_order_of_words_keeps_what_she_did_not_confirm(course: list[tuple[What, By, int, int]]) -> None:
    now, known, hers = MADE, made(), False
    for what, side, wait, ahead in course:
        now += wait
        before = replace(known)
        try:
            after = said(known, what, side, now, now + ahead if what == "moved" else None)
        except TicketRefused:
            continue
        assert after is not None
        hers = hers or (what == "kept" and side == "citizen")
        assert (after.state == "kept") <= hers
        hers = hers and what != "denied"
        assert after.first_due == DUE
        assert (after.due or 0) >= (before.due or 0), "a day never comes nearer"
        assert before.broken_at is None or after.broken_at == before.broken_at, "what was broken stays on record"
        assert before.state != "cancelled" or after == before
        assert before.state != "kept" or after == before or what == "denied"
        assert after.state != "broken" or (after.broken_at is not None and after.broken_at >= (after.first_due or 0))
        assert standing(after.state, after.broken_at, after.due, now) in get_args(pledges.Standing)
        known = after
