"""What must be true besides the tables: how often, how late, by whom, with what in hand."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from kachehri.tickets import acts as a
from kachehri.tickets import events as e
from kachehri.tickets.acts import Act, Doer
from kachehri.tickets.decide import RULES, Context, decide
from kachehri.tickets.events import Happened
from kachehri.tickets.life import Life, evolve
from kachehri.tickets.lifecycle import Deed, Step, is_open
from kachehri.tickets.status import TicketRefused
from rooms.base import ContentRef

DAY = 86_400_000
WORDS = ContentRef("c1", "digest")
OFFICER = Doer("officer", "aslam", "water", "p-1")
OFFICE = Doer("office", "focal", "water", "p-2")
CHIEF = Doer("supervisor", "chief", "water", "p-9", 1)
HEAD = Doer("supervisor", "head", "seat", "p-99", 2)
TRIAGE = Doer("triage", "sorter", "triage", "p-t")
CITIZEN = Doer("citizen", "nasreen")
BODY = Doer("appeal", "judge", "court", "p-j")
CLOCK = Doer("clock", "clock")


class Story:
    """A ticket to which things are done, a day's work at a time; working days are days here."""

    def __init__(self, *, start: int = 0, conflicts: tuple[str, ...] = (), **opened: Any) -> None:
        self.life = Life("t1")
        self.day = start
        self.conflicts = conflicts
        self.more: dict[str, Any] = {}
        self._add("system", e.Opened(**{"office": "water", "category": "pump", "state": "routed", **opened}))

    def _add(self, actor: str, body: e.Step) -> None:
        evolve(self.life, Happened(self.life.seq + 1, self.day * DAY, actor, body))

    @property
    def ctx(self) -> Context:
        def concerns(office: str, post: str, about: str) -> bool:
            return post in self.conflicts or (not post and office in self.conflicts)

        plain = Context(
            now=self.day * DAY,
            after_days=lambda at, days: at + days * DAY,
            end_of_day=lambda at, days: (at // DAY + days + 1) * DAY - 1,
            conflicts=lambda post, about: post in self.conflicts,
            concerns=concerns,
            triage="triage",
            above=lambda level: f"above-{level}",
        )
        return plain._replace(**self.more)

    def do(self, act: Act, doer: Doer) -> list[e.Step]:
        found = decide(self.life, act, doer, self.ctx)
        for body in found:
            self._add(doer.side if doer.side in ("citizen", "clock") else doer.id, body)
        return found

    def no(self, act: Act, doer: Doer) -> str:
        """The code with which it is refused."""
        with pytest.raises(TicketRefused) as caught:
            decide(self.life, act, doer, self.ctx)
        return caught.value.code

    def wait(self, days: int) -> Story:
        self.day += days
        return self

    def taken(self) -> Story:
        self.do(a.Assign(post="p-1", account="aslam"), OFFICE)
        return self

    def proposed(self, doer: Doer = OFFICER, **said: Any) -> Story:
        self.do(a.Propose(**{"outcome": "relief_granted", "note": WORDS, **said}), doer)
        return self

    def arrived(self) -> Story:
        self.do(a.NoteArrival(channel="sms"), CLOCK)
        return self

    def disputed(self) -> Story:
        self.do(a.Dispute(solved="no", words=WORDS), CITIZEN)
        return self


def begun(**opened: Any) -> Story:
    return Story(**opened).taken()


def test_every_act_has_a_rule_and_a_row_in_a_table() -> None:
    names = [act.step for act in RULES]
    assert sorted(names) == sorted({*get_args(Step), *get_args(Deed)} - {"submit"}), "what is submitted was proposed"
    assert set(RULES) == set(Act.__subclasses__())


class TestWhoMay:
    def test_what_no_table_has_is_refused(self) -> None:
        story = begun().proposed()
        assert story.no(a.Start(plan=WORDS), OFFICER) == "ticket_step"
        assert story.no(a.Confirm(), OFFICER) == "ticket_not_you"
        story.do(a.Confirm(), CITIZEN)
        assert story.no(a.Propose(outcome="relief_granted", note=WORDS), OFFICER) == "ticket_over"

    def test_no_office_closes_what_it_was_asked(self) -> None:
        for state in ("routed", "assigned", "in_progress"):
            story = Story() if state == "routed" else begun()
            if state == "in_progress":
                story.do(a.Start(plan=WORDS), OFFICER)
            for doer in (OFFICER, OFFICE, CHIEF, TRIAGE):
                for act in (a.Confirm(), a.StaySilent(), a.Withdraw()):
                    assert story.no(act, doer) in ("ticket_step", "ticket_not_you")


class TestSendingOn:
    def transfer(self, office: str) -> a.Transfer:
        return a.Transfer(office=office, reason=WORDS)

    def test_twice_and_then_the_desk_that_sorts_decides_and_it_sticks(self) -> None:
        story = begun()
        story.do(self.transfer("roads"), OFFICE)
        story.do(self.transfer("land"), OFFICE)
        assert story.no(self.transfer("water"), OFFICE) == "transfer_limit"
        story.do(self.transfer("triage"), OFFICE)
        story.do(a.Route(office="roads", why="the road belongs to it"), TRIAGE)
        assert (story.life.office, story.life.settled, story.life.transfers) == ("roads", True, 3)
        assert story.no(self.transfer("triage"), OFFICE) == story.no(self.transfer("land"), OFFICE) == "routing_final"
        assert story.no(a.Route(office="land", why="rule"), CLOCK) == "routing_final"

    def test_needs_a_reason_and_another_office(self) -> None:
        story = begun()
        assert story.no(a.Transfer(office="roads", reason=ContentRef("", "")), OFFICE) == "note_missing"
        assert story.no(a.Transfer(office="", reason=WORDS), OFFICE) == "office_missing"
        assert story.no(a.Transfer(office="water", post="p-1", reason=WORDS), OFFICE) == "transfer_same"

    def test_a_desk_that_sorts_before_two_transfers_settles_nothing(self) -> None:
        story = Story(state="registered", office="triage")
        story.do(a.Route(office="water", why="settled"), TRIAGE)
        assert story.life.settled is False, "nobody settles by saying so"


class TestConflict:
    def test_never_with_whom_it_complains_about_nor_with_whoever_answers_to_them(self) -> None:
        story = Story(about="p-bad", conflicts=("p-bad", "p-below"))
        for act, doer in (
            (a.Assign(post="p-below"), OFFICE),
            (a.Transfer(office="roads", post="p-bad", reason=WORDS), OFFICE),
        ):
            assert story.no(act, doer) == "conflict"
        assert story.no(a.Assign(post="p-1"), Doer("office", "x", "water", "p-below")) == "conflict"
        story.do(a.Assign(post="p-1"), OFFICE)
        assert story.no(a.Start(plan=WORDS), Doer("officer", "x", "water", "p-bad")) == "conflict"

    def test_the_office_itself_is_gone_around(self) -> None:
        story = Story(about="office-bad", office="water", conflicts=("bad",), protected=True)
        assert story.no(a.Transfer(office="bad", reason=WORDS), OFFICE) == "conflict_office"
        story.taken()
        assert story.no(a.Share(office="bad"), OFFICE) == "conflict_office"

    def test_where_nobody_is_named_there_is_none(self) -> None:
        assert Story(conflicts=("p-1",)).taken().life.post == "p-1"


class TestAsking:
    def test_twice_at_most(self) -> None:
        story = begun()
        for _ in range(2):
            story.do(a.AskCitizen(question=WORDS), OFFICER)
            story.do(a.Answer(answer=WORDS), CITIZEN)
        assert story.life.state == "assigned"
        assert story.no(a.AskCitizen(question=WORDS), OFFICER) == "ask_limit"

    def test_a_wait_outside_stops_the_clock_for_a_superior_only_and_never_the_laws(self) -> None:
        story = begun()
        assert story.no(a.WaitOutside(reason=WORDS, paused=True), OFFICER) == "pause_superior"
        story.do(a.WaitOutside(reason=WORDS), OFFICER)
        assert story.life.pauses == []
        story.do(a.Resume(), OFFICER)
        story.do(a.WaitOutside(reason=WORDS, paused=True), CHIEF)
        assert story.life.paused and story.life.outside == {0}
        assert begun(kind="information").no(a.WaitOutside(reason=WORDS, paused=True), CHIEF) == "pause_statutory"


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


class TestGoingOnTogether:
    def parent(self, **opened: Any) -> Life:
        found = begun(**opened).life
        found.id = "t9"
        return found

    def joined(self) -> Story:
        story = begun()
        story.more = {"parent": self.parent()}
        story.do(a.Join(parent="t9"), TRIAGE)
        return story

    def test_only_with_one_that_stands_alone_and_is_open(self) -> None:
        story = begun()
        assert story.no(a.Join(parent="t9"), TRIAGE) == "ticket_unknown"
        child, over, guarded = self.parent(), self.parent(), self.parent(protected=True)
        child.parent, over.state = "t8", "closed"
        for parent, code in ((child, "join_self"), (over, "join_closed"), (guarded, "join_protected")):
            story.more = {"parent": parent}
            assert story.no(a.Join(parent="t9"), TRIAGE) == code
        story.more = {"parent": self.parent(), "children": True}
        assert story.no(a.Join(parent="t9"), TRIAGE) == "join_self"
        story.more = {"parent": story.life}
        assert story.no(a.Join(parent="t1"), TRIAGE) == "join_self"

    def test_its_own_clock_is_quiet(self) -> None:
        story = self.joined()
        assert story.no(a.Escalate(level=1), CLOCK) == story.no(a.Appeal(), CLOCK) == "joined_quiet"
        assert story.no(a.Join(parent="t9"), TRIAGE) == "joined_already"
        story.do(a.Leave(), CITIZEN)
        assert story.no(a.Leave(), TRIAGE) == "not_joined"
        story.do(a.Escalate(level=1), CLOCK)

    def test_is_proposed_with_its_parent_and_answers_for_itself(self) -> None:
        story = self.joined()
        said = a.ProposeJoined(parent="t9", outcome="relief_granted", note=WORDS, post="p-7", wrote="other")
        assert story.no(msgspec.structs.replace(said, parent="t8"), CLOCK) == "not_joined"
        story.do(said, CLOCK)
        assert (story.life.state, story.life.proposed_by) == ("resolution_proposed", "other")
        story.disputed()
        assert (story.life.state, story.life.parent) == ("disputed", ""), "it is her own word against it"
        assert begun().no(said, CLOCK) == "not_joined"


class TestBeside:
    def test_nothing_that_is_said_moves_a_state_or_a_clock(self) -> None:
        story = begun(start=3)
        story.do(a.Start(plan=WORDS), OFFICER)
        before = (story.life.state, story.life.opened_at, story.life.accepted_at, story.life.first_action_at)
        story.wait(9)
        for act, doer in (
            (a.Note(note=WORDS), OFFICER),
            (a.AddEvidence(attachment="pic"), CITIZEN),
            (a.Classify(category="road", days=30), OFFICE),
            (a.Share(office="roads"), OFFICE),
            (a.MoveDue(version=2, due=90 * DAY), CLOCK),
        ):
            story.do(act, doer)
        after = (story.life.state, story.life.opened_at, story.life.accepted_at, story.life.first_action_at)
        assert after == before

    def test_another_topic_leaves_what_the_law_and_safety_say(self) -> None:
        story = begun(kind="information", days=10, protected=True)
        story.do(a.Classify(category="road", days=60), OFFICE)
        assert (story.life.days, story.life.protected) == (10, True)
        story.do(a.Classify(category="road", days=60), TRIAGE)
        assert story.life.protected is False
        assert story.no(a.Classify(category="road", days=0), OFFICE) == "days_range"

    def test_a_day_that_was_told_moves_later_only(self) -> None:
        story = begun()
        story.more = {"due": 20 * DAY}
        assert story.no(a.MoveDue(version=1, due=19 * DAY), CLOCK) == "due_earlier"
        story.do(a.MoveDue(version=1, due=22 * DAY), CLOCK)
        assert story.no(a.MoveDue(version=1, due=23 * DAY), CLOCK) == "due_earlier"
        assert story.no(a.MoveDue(version=2, due=21 * DAY), CLOCK) == "due_earlier"

    def test_what_is_empty_is_refused(self) -> None:
        story = begun()
        empty = ContentRef("", "")
        assert story.no(a.Note(note=empty), OFFICER) == "note_missing"
        assert story.no(a.Start(plan=empty), OFFICER) == "note_missing"
        assert story.no(a.AskCitizen(question=empty), OFFICER) == "note_missing"
        assert story.no(a.AddEvidence(attachment=""), OFFICER) == "attachment_missing"
        assert Story().no(a.Assign(post=""), OFFICE) == "office_missing"
        assert Story().do(a.Assign(post=""), CLOCK), "the clock accepts for an office without posts"
        story.do(a.AddEvidence(attachment="pic"), OFFICER)
        assert story.do(a.AddEvidence(attachment="pic"), OFFICER) == []


def test_what_was_given_to_a_post_by_a_slip_goes_back_until_somebody_has_begun() -> None:
    story = Story()
    story.do(a.Assign(post="p-1", account="aslam"), OFFICE)
    story.do(a.TakeBack(), OFFICE)
    assert (story.life.state, story.life.office, story.life.post, story.life.account) == ("routed", "water", "", "")
    assert story.life.transfers == 0 and story.no(a.TakeBack(), OFFICE) == "ticket_step"
    story.do(a.Assign(post="p-1", account="aslam"), OFFICE)
    story.do(a.Start(plan=WORDS), OFFICER)
    assert story.no(a.TakeBack(), OFFICE) == "ticket_step"
    story.do(a.Assign(post="p-3", account="other"), CHIEF)
    assert story.no(a.TakeBack(), OFFICE) == "begun_already"
