"""How a ticket comes to its end: what is proposed, what the citizen says to it or does not say, and who is above."""

from __future__ import annotations

from typing import Any

import pytest

from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from kachehri.tickets.decide import decide
from kachehri.tickets.lifecycle import is_open
from rooms.base import ContentRef

from .story import BODY, CHIEF, CITIZEN, CLOCK, DAY, HEAD, OFFICE, OFFICER, WORDS, Story, begun


class TestProposing:
    def propose(self, **said: Any) -> a.Propose:
        return a.Propose(**{"outcome": "relief_granted", "note": WORDS, **said})

    def test_says_in_words_what_was_done(self) -> None:
        assert begun().no(self.propose(note=ContentRef("", "")), OFFICER) == "note_missing"

    @pytest.mark.parametrize("outcome", ["relief_not_possible", "inadmissible"])
    def test_a_refusal_cites_its_rule(self, outcome: str) -> None:
        story = begun()
        assert story.no(self.propose(outcome=outcome), OFFICER) == "rule_missing"
        story.proposed(outcome=outcome, rule=WORDS)
        assert story.life.outcome == outcome

    def test_a_refusal_of_information_cites_its_rule(self) -> None:
        story = begun(kind="information")
        assert story.no(self.propose(outcome="relief_not_possible"), OFFICER) == "rule_missing"
        assert story.no(self.propose(outcome="relief_granted"), OFFICER) == "outcome_kind"

    @pytest.mark.parametrize("outcome", ["withdrawn", "noted", "not_ours"])
    def test_an_outcome_is_one_of_its_kind(self, outcome: str) -> None:
        assert begun().no(self.propose(outcome=outcome), OFFICER) == "outcome_kind"

    def test_nothing_is_missing_from_whoever_was_not_asked(self) -> None:
        assert begun().no(self.propose(outcome="no_information_from_citizen"), OFFICER) == "outcome_unasked"
        assert begun().no(self.propose(outcome="duplicate"), OFFICER) == "outcome_parent"

    def test_a_topic_may_ask_for_a_picture(self) -> None:
        story = begun()
        story.more = {"evidence_needed": True}
        assert story.no(self.propose(), OFFICER) == "evidence_missing"
        story.do(a.AddEvidence(attachment="pic"), OFFICER)
        story.proposed()

    def test_all_offices_with_a_part_are_done_or_a_superior_says_so(self) -> None:
        story = begun()
        story.do(a.Share(office="roads"), OFFICE)
        assert story.do(a.Share(office="roads"), OFFICE) == []
        assert story.no(a.Share(office="water"), OFFICE) == "part_lead"
        assert story.no(self.propose(), OFFICER) == "parts_open"
        assert story.no(a.FinishPart(office="roads"), OFFICER) == "ticket_not_you"
        assert begun().no(a.FinishPart(office="roads"), OFFICE) == "part_unknown"
        assert decide(story.life, self.propose(), CHIEF, story.ctx)
        story.do(a.FinishPart(office="roads"), Doer("office", "r", "roads"))
        assert story.no(a.FinishPart(office="roads"), Doer("office", "r", "roads")) == "part_unknown"
        story.proposed()


class TestTheCitizensWord:
    def test_silence_counts_fifteen_days_after_the_notice_arrived(self) -> None:
        story = begun().proposed().wait(60)
        assert story.no(a.StaySilent(), CLOCK) == "arrival_missing"
        story.arrived().wait(15)
        assert story.no(a.StaySilent(), CLOCK) == "too_early", "the day that she was told lasts to its end"
        assert story.do(a.NoteArrival(channel="email"), CLOCK) == [], "a second receipt begins nothing anew"
        story.wait(1).do(a.StaySilent(), CLOCK)
        assert (story.life.state, story.life.basis) == ("closed", "citizen_silent")

    def test_thirty_where_somebody_writes_for_her(self) -> None:
        story = begun(assisted=True).proposed().arrived().wait(30)
        assert story.no(a.StaySilent(), CLOCK) == "too_early"
        story.wait(1).do(a.StaySilent(), CLOCK)

    def test_an_operator_needs_her_recorded_consent(self) -> None:
        story = begun().proposed()
        assert story.no(a.Confirm(how="operator"), CITIZEN) == "consent_missing"
        story.do(a.Confirm(how="operator", consent="k7"), CITIZEN)
        assert (story.life.basis, story.life.solved) == ("citizen_confirmed", "yes")

    def test_a_no_goes_one_level_up_and_only_the_superior_goes_on(self) -> None:
        story = begun().proposed().disputed()
        assert (story.life.state, story.life.level, story.life.accountable) == ("disputed", 1, "above-1")
        for doer in (OFFICER, OFFICE):
            assert story.no(a.Assign(post="p-1"), doer) == "ticket_not_you"
            assert story.no(a.Propose(outcome="relief_granted", note=WORDS), doer) == "ticket_not_you"
        story.proposed(CHIEF)

    def test_whoever_was_doubted_writes_again_only_for_the_superior_to_sign(self) -> None:
        story = begun().proposed().disputed()
        story.do(a.Assign(post="p-1", account="aslam"), CHIEF)
        assert story.no(a.Countersign(), CHIEF) == "nothing_submitted"
        story.proposed(outcome="partial_relief")
        assert (story.life.state, story.life.proposed_at) == ("assigned", 0)
        assert story.life.submitted is not None
        assert story.no(a.Countersign(), Doer("supervisor", "aslam", "water", "p-9", 1)) == "own_proposal"
        story.wait(1).do(a.Countersign(), CHIEF)
        assert (story.life.state, story.life.outcome) == ("resolution_proposed", "partial_relief")
        assert (story.life.proposed_by, story.life.proposed_at) == ("aslam", DAY)
        assert story.no(a.Countersign(), CHIEF) == "ticket_step"

    def test_somebody_else_may_propose_after_a_no(self) -> None:
        story = begun().proposed().disputed()
        story.do(a.Assign(post="p-3", account="other"), CHIEF)
        story.proposed(Doer("officer", "other", "water", "p-3"))
        assert story.life.state == "resolution_proposed"

    def test_a_new_holder_of_the_same_post_is_whoever_was_doubted(self) -> None:
        story = begun().proposed().disputed()
        story.do(a.Assign(post="p-1", account="new"), CHIEF)
        story.proposed(Doer("officer", "new", "water", "p-1"))
        assert story.life.state == "assigned" and story.life.submitted is not None

    def test_a_superior_who_was_doubted_needs_another_as_well(self) -> None:
        story = begun().proposed(CHIEF).disputed().proposed(CHIEF)
        assert (story.life.state, story.life.submitted_by) == ("disputed", "chief")
        assert story.no(a.Countersign(), CHIEF) == "own_proposal"
        story.do(a.Countersign(), HEAD)
        assert story.life.state == "resolution_proposed"

    def test_twice_no_and_then_an_appeal(self) -> None:
        story = begun().proposed()
        assert story.no(a.Appeal(), CITIZEN) == "appeal_first"
        story.disputed().proposed(CHIEF).disputed().proposed(HEAD)
        assert story.no(a.Dispute(), CITIZEN) == "dispute_limit"
        story.do(a.Appeal(words=WORDS), CITIZEN)
        assert story.life.state == "in_appeal"

    def test_a_close_can_be_disputed_for_fifteen_days(self) -> None:
        story = begun().proposed()
        story.do(a.Confirm(), CITIZEN)
        assert story.wait(16).no(a.Dispute(), CITIZEN) == "dispute_late"
        story.wait(-1).disputed()
        assert (story.life.closed_at, story.life.basis) == (None, "")

    def test_what_silence_used_up_is_used_up(self) -> None:
        story = begun().proposed().arrived().wait(16)
        story.do(a.StaySilent(), CLOCK)
        assert story.no(a.Dispute(), CITIZEN) == "dispute_late"
        story.do(a.Appeal(), CITIZEN)

    def test_an_appeal_within_thirty_days(self) -> None:
        story = begun().proposed()
        story.do(a.Confirm(), CITIZEN)
        assert story.wait(31).no(a.Appeal(), CITIZEN) == "appeal_late"
        story.wait(-1).do(a.Appeal(), CITIZEN)

    def test_praise_asks_for_nothing_that_could_be_denied(self) -> None:
        story = begun(kind="praise").proposed(outcome="noted")
        assert story.no(a.Dispute(), CITIZEN) == story.no(a.Appeal(), CITIZEN) == "dispute_kind"

    def test_a_protected_matter_is_withdrawn_after_a_call(self) -> None:
        story = begun(protected=True)
        assert story.no(a.Withdraw(), CITIZEN) == "withdraw_check"
        story.do(a.Withdraw(called_back=True), CITIZEN)
        assert (story.life.outcome, story.life.basis) == ("withdrawn", "citizen_withdrew")
        story.disputed()
        assert is_open(story.life.state), "who was pressed to withdraw can come back"

    def test_did_anyone_ask_for_money(self) -> None:
        story = begun().proposed()
        story.do(a.Confirm(), CITIZEN)
        story.do(a.Rate(solved="yes", stars=4, money="no"), CITIZEN)
        assert (story.life.stars, story.life.money, story.life.flagged) == (4, "no", False)
        story.do(a.Rate(solved="no", money="yes", follower="f1"), CITIZEN)
        assert (story.life.solved, story.life.stars, story.life.flagged) == ("yes", 4, True)
        assert story.no(a.Rate(solved="yes", stars=6), CITIZEN) == "rate_range"


class TestAppeals:
    def appealed(self) -> Story:
        story = begun().proposed()
        story.do(a.Confirm(), CITIZEN)
        story.do(a.Appeal(), CITIZEN)
        return story

    @pytest.mark.parametrize("doer", [Doer("appeal", "aslam", "court"), Doer("appeal", "new", "court", "p-1")])
    def test_nobody_decides_who_had_a_hand_in_it(self, doer: Doer) -> None:
        story = self.appealed()
        assert story.no(a.Uphold(order=WORDS), doer) == "own_case"
        assert story.no(a.Direct(order=WORDS, office="water"), doer) == "own_case"

    def test_ends_it_or_sends_it_back_with_an_order(self) -> None:
        story = self.appealed()
        assert story.no(a.Uphold(order=ContentRef("", "")), BODY) == "note_missing"
        story.wait(3).do(a.Direct(order=WORDS, office="roads"), BODY)
        assert (story.life.state, story.life.office, story.life.directed_at) == ("assigned", "roads", 3 * DAY)
        story = self.appealed()
        story.do(a.Uphold(order=WORDS), BODY)
        assert (story.life.state, story.life.basis) == ("closed_final", "appeal_decided")

    def test_the_clock_appeals_what_lies_with_an_office(self) -> None:
        story = begun()
        story.do(a.Appeal(automatic=True), CLOCK)
        assert story.life.state == "in_appeal"
        assert begun().no(a.Appeal(), CITIZEN) == "ticket_not_you"


class TestWithoutHerWord:
    def force(self) -> a.Force:
        return a.Force(outcome="relief_granted", reason=WORDS)

    def test_only_from_the_second_level_after_a_warning_that_arrived_and_three_working_days(self) -> None:
        story = begun().proposed()
        assert story.no(self.force(), OFFICER) == "ticket_not_you"
        assert story.no(self.force(), CHIEF) == story.no(a.Warn(reason=WORDS), CHIEF) == "force_level"
        assert story.no(self.force(), HEAD) == "force_unwarned"
        story.do(a.Warn(reason=WORDS), HEAD)
        assert story.wait(9).no(self.force(), HEAD) == "force_unwarned", "nobody has told her"
        story.do(a.NoteArrival(channel="sms", of="warning"), CLOCK)
        assert story.wait(2).no(self.force(), HEAD) == "force_early"
        assert story.do(a.Warn(reason=WORDS), HEAD) == [], "a second warning begins nothing anew"
        story.wait(1).do(self.force(), HEAD)
        assert story.life.basis == "supervisor_forced"
        story.wait(15).disputed()

    @pytest.mark.parametrize("word", ["dispute", "answer"])
    def test_whoever_speaks_has_objected(self, word: str) -> None:
        story = begun()
        if word == "answer":
            story.do(a.AskCitizen(question=WORDS), OFFICER)
        else:
            story.proposed()
        story.do(a.Warn(reason=WORDS), HEAD)
        story.do(a.NoteArrival(channel="sms", of="warning"), CLOCK)
        story.wait(5).do(a.Answer(answer=WORDS) if word == "answer" else a.Dispute(), CITIZEN)
        assert story.no(self.force(), HEAD) == "force_unwarned"


class TestGoingUp:
    def test_level_by_level_and_never_twice_to_the_same(self) -> None:
        story = begun()
        story.do(a.Escalate(level=1), CLOCK)
        assert (story.life.level, story.life.accountable, story.life.post) == (1, "above-1", "p-1")
        assert story.no(a.Escalate(level=1), CLOCK) == "level_reached"
        story.do(a.Escalate(level=3, post="dc"), CLOCK)
        assert story.life.accountable == "dc"
        assert story.no(a.Escalate(level=4), CLOCK) == "level_highest"

    def test_the_citizen_once_it_is_late(self) -> None:
        story = begun(start=20)
        story.more = {"due": 30 * DAY}
        assert story.no(a.Escalate(level=1), CITIZEN) == "escalate_early"
        story.wait(11).do(a.Escalate(level=3), CITIZEN)
        assert story.life.level == 1, "one level at a time"
        assert story.no(a.Escalate(level=2), CITIZEN) == "escalate_early"
        story.wait(5).do(a.Escalate(level=2), CITIZEN)

    def test_not_while_the_citizen_has_it(self) -> None:
        story = begun()
        story.do(a.AskCitizen(question=WORDS), OFFICER)
        assert story.no(a.Escalate(level=1), CLOCK) == "ticket_step"
        assert begun().proposed().no(a.Escalate(level=1), CLOCK) == "ticket_step"
