"""Questions: a number at once, a place by a declared rule, and an end that nobody else decides."""

import pytest

from rooms import queue
from rooms.attendance import BlockParticipant
from rooms.base import Command, SetFact
from rooms.concerns import ConcernQuestion
from rooms.lifecycle import DoorsOpened
from rooms.limits import OPEN_QUESTIONS_MAX
from rooms.questions import (
    AdmitQuestion,
    AnswerQuestion,
    AskQuestion,
    ClassifyQuestion,
    ConfirmRefusal,
    DeclarePolicy,
    DeferQuestion,
    HoldQuestion,
    MergeQuestion,
    MoveQuestion,
    NotTakeQuestion,
    OverturnRefusal,
    QuestionAdmitted,
    RefuseQuestion,
    SupportCounted,
    SupportQuestion,
    UnmergeQuestion,
    WithdrawQuestion,
)
from rooms.queue import QUESTIONS, QueueState
from rooms.session import EVENTS
from rooms.turns import CallTurn, FinishTurn, TurnCalled
from rooms.views import personal, view

from .hearing import BILAL, MODERATOR, NOON, SALMA, SECOND, ZAINAB, Hearing, person

NOBODY = "f" * 16


class TestAsking:
    def test_gives_a_number_at_once_that_stays(self) -> None:
        hearing = Hearing()
        question = hearing.ask(ZAINAB, text="سڑک", area="uc-1", category="road", private=True)
        asked = hearing.session.queue.questions[question]
        assert len(asked.reference) == 10
        assert (asked.asker, asked.category, asked.area, asked.private) == (ZAINAB.participant, "road", "uc-1", True)
        assert hearing.texts[asked.content] == "سڑک"
        assert asked.asked_at == NOON

    def test_needs_no_name(self) -> None:
        hearing = Hearing()
        hearing.do(AskQuestion(text="x"), ZAINAB, text="x")
        (question,) = hearing.session.queue.questions.values()
        assert question.name == ""

    def test_is_limited_for_one_asker_to_ten_that_are_open(self) -> None:
        hearing = Hearing()
        first, *_ = [hearing.ask(ZAINAB) for _ in range(OPEN_QUESTIONS_MAX)]
        assert hearing.refused(AskQuestion(text="x"), ZAINAB, text="x") == "question_limit"
        hearing.ask(BILAL)
        hearing.do(WithdrawQuestion(question=first), ZAINAB)
        hearing.ask(ZAINAB)


class TestSpoken:
    def test_needs_a_topic_or_a_place_and_no_words(self) -> None:
        hearing = Hearing()
        assert hearing.refused(AskQuestion(spoken=True), ZAINAB) == "say_what"
        assert hearing.refused(AskQuestion(category="water"), ZAINAB) == "text_empty"
        hearing.do(AskQuestion(spoken=True, category="water"), ZAINAB)
        hearing.do(AskQuestion(spoken=True, area="uc-1"), ZAINAB)
        hearing.do(AskQuestion(spoken=True), ZAINAB, village="چک 112")
        rows = personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now).questions
        assert [(row.spoken, row.text, row.village) for row in rows] == [
            (True, "", "چک 112"),
            (True, "", ""),
            (True, "", ""),
        ]

    def test_may_have_words_too(self) -> None:
        hearing = Hearing()
        question = hearing.ask(ZAINAB, text="پانی", spoken=True)
        row = view(hearing.session, "desk", hearing.texts).questions[question]
        assert (row.spoken, row.text) == (True, "پانی")


class TestOrder:
    def test_is_by_arrival_whenever_admitted(self) -> None:
        hearing = Hearing()
        first, second, third = (hearing.ask() for _ in range(3))
        for question in (third, first, second):
            hearing.do(AdmitQuestion(question=question))
        assert hearing.line() == [first, second, third]
        queue_state = hearing.session.queue
        assert [queue_state.place(queue_state.questions[each]) for each in hearing.line()] == [1, 2, 3]

    def test_moves_by_hand_with_a_reason_that_stays_visible(self) -> None:
        hearing = Hearing()
        first, second, third = (hearing.admitted() for _ in range(3))
        hearing.do(MoveQuestion(question=third, before=first, reason="health"), note="دل کی مریضہ")
        assert hearing.line() == [third, first, second]
        hearing.do(MoveQuestion(question=second, before=first, reason="far_away"))
        assert hearing.line() == [third, second, first]
        hearing.do(MoveQuestion(question=second, before=first, reason="correction"))
        assert hearing.line() == [third, second, first]
        hearing.do(MoveQuestion(question=third, reason="correction"))
        assert hearing.line() == [second, first, third]
        questions = hearing.session.queue.questions
        assert hearing.session.queue.moved_ahead(questions[first]) == 1
        assert hearing.session.queue.moved_ahead(questions[third]) == 0
        assert questions[second].moved == "correction"

    def test_the_only_one_in_line_may_go_to_the_end(self) -> None:
        hearing = Hearing()
        only = hearing.admitted()
        hearing.do(MoveQuestion(question=only, reason="correction"))
        assert hearing.line() == [only]

    def test_moves_nothing_that_is_not_in_line(self) -> None:
        hearing = Hearing()
        line, new = hearing.admitted(), hearing.ask()
        assert hearing.refused(MoveQuestion(question=new, before=line, reason="urgent")) == "not_in_line"
        assert hearing.refused(MoveQuestion(question=line, before=new, reason="urgent")) == "not_in_line"
        assert hearing.refused(MoveQuestion(question=line, before=line, reason="urgent")) == "not_in_line"

    def test_keeps_the_place_of_a_question_that_was_held(self) -> None:
        hearing = Hearing()
        first, second = hearing.admitted(), hearing.admitted()
        hearing.do(HoldQuestion(question=first, reason="check_facts"), note="فائل")
        assert hearing.line() == [second]
        hearing.do(AdmitQuestion(question=first))
        assert hearing.line() == [first, second]

    def test_is_declared(self) -> None:
        hearing = Hearing()
        hearing.do(DeclarePolicy(policy="arrival"))
        assert hearing.session.queue.policy == "arrival"


class TestSupport:
    def test_is_a_fact_of_its_own_and_only_its_total_is_recorded(self) -> None:
        hearing = Hearing()
        question = hearing.admitted(ZAINAB)
        assert hearing.do(SupportQuestion(question=question), BILAL) == []
        assert hearing.facts == [SetFact(kind="support", subject=question, participant=BILAL.participant)]
        hearing.record(SupportCounted(counts={question: 17}))
        assert hearing.session.queue.questions[question].supports == 17

    def test_is_for_open_questions_that_everyone_may_read(self) -> None:
        hearing = Hearing()
        gone, private = hearing.ask(), hearing.ask(private=True)
        hearing.do(WithdrawQuestion(question=gone), ZAINAB)
        assert hearing.refused(SupportQuestion(question=gone), BILAL) == "question_state"
        assert hearing.refused(SupportQuestion(question=private), BILAL) == "question_state"
        assert hearing.refused(SupportQuestion(question=NOBODY), BILAL) == "question_unknown"


class TestTriage:
    def test_corrects_what_a_question_is_about(self) -> None:
        hearing = Hearing()
        question = hearing.ask(kind="praise")
        hearing.do(ClassifyQuestion(question=question, category="gas"))
        assert hearing.session.queue.questions[question].kind == "praise"
        hearing.do(ClassifyQuestion(question=question, category="road", kind="grievance"))
        asked = hearing.session.queue.questions[question]
        assert (asked.category, asked.kind) == ("road", "grievance")

    def test_says_whom_it_complains_about_and_tells_nobody_who_follows(self) -> None:
        hearing = Hearing()
        question = hearing.ask()
        told = hearing.do(ConcernQuestion(question=question, about="office/water"))
        assert hearing.session.queue.questions[question].about == "office/water"
        assert [each.audience for each in told] == ["system"]
        assert hearing.do(ConcernQuestion(question=question, about="office/water")) == [], "it is so already"
        hearing.do(ConcernQuestion(question=question, about=""))
        assert hearing.session.queue.questions[question].about == ""

    def test_not_taken_tells_the_asker_why_and_can_be_undone(self) -> None:
        hearing = Hearing()
        question = hearing.ask()
        hearing.do(NotTakeQuestion(question=question, reason="in_court"), note="مقدمہ")
        asked = hearing.session.queue.questions[question]
        assert (asked.state, asked.reason, hearing.texts[asked.note]) == ("not_taken", "in_court", "مقدمہ")
        hearing.do(AdmitQuestion(question=question))
        assert hearing.line() == [question]

    @pytest.mark.parametrize(
        "command",
        [
            AdmitQuestion(question=NOBODY),
            HoldQuestion(question=NOBODY, reason="later"),
            UnmergeQuestion(question=NOBODY),
        ]
        + [MergeQuestion(question=NOBODY, into=NOBODY), WithdrawQuestion(question=NOBODY)],
    )
    def test_of_a_question_that_does_not_exist_is_refused(self, command: Command) -> None:
        assert Hearing().refused(command) == "question_unknown"

    def test_of_a_question_that_moved_on_is_refused(self) -> None:
        hearing = Hearing()
        question = hearing.ask()
        hearing.do(WithdrawQuestion(question=question), ZAINAB)
        later: list[Command] = [
            AdmitQuestion(question=question),
            HoldQuestion(question=question, reason="later"),
            NotTakeQuestion(question=question, reason="no_time"),
            RefuseQuestion(question=question, reason="spam"),
            ConfirmRefusal(question=question),
            OverturnRefusal(question=question),
            UnmergeQuestion(question=question),
            WithdrawQuestion(question=question),
            AnswerQuestion(question=question),
            DeferQuestion(question=question, reason="no_time"),
            CallTurn(question=question),
        ]
        hearing.live()
        assert {hearing.refused(command) for command in later} == {"question_state"}


class TestRefusal:
    def test_counts_only_when_a_second_person_confirms(self) -> None:
        hearing = Hearing()
        question = hearing.admitted()
        hearing.do(RefuseQuestion(question=question, reason="abuse"), MODERATOR)
        assert hearing.state(question) == "refusing"
        assert hearing.refused(ConfirmRefusal(question=question), MODERATOR) == "second_person"
        hearing.do(ConfirmRefusal(question=question), SECOND)
        asked = hearing.session.queue.questions[question]
        assert (asked.state, asked.reason) == ("refused", "abuse")

    def test_overturned_leaves_the_question_where_it_was(self) -> None:
        hearing = Hearing()
        first, second = hearing.admitted(), hearing.admitted()
        hearing.do(RefuseQuestion(question=first, reason="spam"))
        assert hearing.line() == [second]
        hearing.do(OverturnRefusal(question=first), SECOND)
        assert hearing.line() == [first, second]

    def test_frees_those_who_had_joined(self) -> None:
        hearing = Hearing()
        bad, good = hearing.admitted(ZAINAB), hearing.admitted(BILAL)
        hearing.do(MergeQuestion(question=good, into=bad))
        hearing.do(RefuseQuestion(question=bad, reason="spam"), MODERATOR)
        hearing.do(ConfirmRefusal(question=bad), SECOND)
        assert hearing.line() == [good]
        assert hearing.session.queue.questions[good].parent == ""


class TestMerge:
    def test_makes_a_follower_that_can_be_let_go(self) -> None:
        hearing = Hearing()
        first, second = hearing.admitted(ZAINAB), hearing.admitted(BILAL)
        hearing.do(MergeQuestion(question=second, into=first))
        assert (hearing.state(second), hearing.session.queue.questions[second].parent) == ("merged", first)
        assert hearing.line() == [first]
        hearing.do(UnmergeQuestion(question=second))
        assert hearing.line() == [first, second]

    def test_forms_no_chains_and_no_rings(self) -> None:
        hearing = Hearing()
        first, second, third = hearing.ask(), hearing.ask(), hearing.ask()
        hearing.do(MergeQuestion(question=second, into=first))
        hearing.do(MergeQuestion(question=third, into=second))
        assert hearing.session.queue.followers[first] == [second, third]
        assert hearing.refused(MergeQuestion(question=first, into=first)) == "merge_self"
        assert hearing.refused(MergeQuestion(question=first, into=second)) == "merge_self"
        other = hearing.ask()
        assert hearing.refused(MergeQuestion(question=first, into=other)) == "merge_parent"

    def test_puts_nothing_that_all_may_read_behind_what_nobody_may(self) -> None:
        hearing = Hearing()
        private, other, public = hearing.ask(private=True), hearing.ask(private=True), hearing.ask()
        assert hearing.refused(MergeQuestion(question=public, into=private)) == "private_parent"
        hearing.do(MergeQuestion(question=other, into=private))
        assert hearing.refused(MergeQuestion(question=public, into=other)) == "private_parent"
        hearing.do(MergeQuestion(question=hearing.ask(private=True), into=public))

    def test_never_joins_with_what_is_gone_or_may_go(self) -> None:
        hearing = Hearing()
        gone, doubted, third = hearing.ask(), hearing.ask(), hearing.ask()
        hearing.do(WithdrawQuestion(question=gone), ZAINAB)
        hearing.do(RefuseQuestion(question=doubted, reason="spam"))
        for parent in (gone, doubted):
            assert hearing.refused(MergeQuestion(question=third, into=parent)) == "question_state"

    def test_does_not_bind_a_follower_to_its_parents_withdrawal(self) -> None:
        hearing = Hearing()
        first, second, third = hearing.admitted(ZAINAB), hearing.admitted(BILAL), hearing.admitted(SALMA)
        for follower in (second, third):
            hearing.do(MergeQuestion(question=follower, into=first))
        hearing.do(WithdrawQuestion(question=second), BILAL)
        assert hearing.session.queue.followers[first] == [third]
        hearing.do(WithdrawQuestion(question=first), ZAINAB)
        assert hearing.line() == [third]


class TestOutcome:
    def test_answered_on_air_is_remembered(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        hearing.do(AnswerQuestion(question=question), note="جمعے تک")
        asked = hearing.session.queue.questions[question]
        assert (asked.state, asked.was_answered, hearing.texts[asked.note]) == ("answered", True, "جمعے تک")

    def test_deferred_is_answered_in_writing_and_may_come_back(self) -> None:
        hearing = Hearing()
        question = hearing.admitted()
        hearing.do(DeferQuestion(question=question, reason="needs_file"), note="ریکارڈ")
        assert hearing.session.queue.questions[question].reason == "needs_file"
        hearing.do(AdmitQuestion(question=question))
        assert hearing.line() == [question]

    def test_answered_during_the_turn_stays_answered_when_the_turn_ends(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        (question,) = hearing.session.stage.turns[turn].questions
        hearing.do(AnswerQuestion(question=question))
        hearing.do(FinishTurn(turn=turn))
        assert hearing.state(question) == "answered"

    def test_heard_can_be_called_again(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        (question,) = hearing.session.stage.turns[turn].questions
        hearing.do(FinishTurn(turn=turn))
        assert hearing.state(question) == "heard"
        (event,) = hearing.do(CallTurn(question=question))
        assert isinstance(event, TurnCalled)
        assert hearing.session.queue.finished == [question]


class TestTable:
    def test_leads_only_to_states_that_are_known(self) -> None:
        states = {state for state, _ in QUESTIONS} | {"refused", "withdrawn"}
        assert {state for state in QUESTIONS.values() if state != "earlier"} <= states

    def test_everybody_who_still_waits_may_withdraw(self) -> None:
        waiting = queue.OPEN - {"refusing"}
        assert all((state, "withdraw") in QUESTIONS for state in waiting | {"merged", "deferred", "not_taken"})

    def test_ignores_events_of_others(self) -> None:
        state = QueueState()
        queue.evolve(state, DoorsOpened(), 1, NOON)
        assert state == QueueState()
        assert DoorsOpened in EVENTS

    def test_a_fact_recorded_twice_changes_nothing(self) -> None:
        hearing = Hearing()
        question = hearing.admitted()
        hearing.record(QuestionAdmitted(question=question))
        assert hearing.line() == [question]

    def test_a_blocked_askers_questions_still_become_tickets(self) -> None:
        hearing = Hearing()
        question = hearing.ask(person(0x77))
        hearing.do(BlockParticipant(participant=person(0x77).participant, reason="abuse"))
        assert hearing.state(question) == "new"
