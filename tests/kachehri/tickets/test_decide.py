"""What must be true besides the tables: how often, how late, by whom, with what in hand."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from kachehri.tickets import acts as a
from kachehri.tickets.acts import Act, Doer
from kachehri.tickets.decide import RULES
from kachehri.tickets.life import Life
from kachehri.tickets.lifecycle import Deed, Step
from rooms.base import ContentRef

from .story import CHIEF, CITIZEN, CLOCK, DAY, OFFICE, OFFICER, TRIAGE, WORDS, Story, begun


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
