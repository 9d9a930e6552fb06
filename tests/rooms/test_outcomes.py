"""What became of a question, noted whole or not at all; the last note before the close counts."""

from typing import Any

import pytest

from rooms.attendance import ReportPresence
from rooms.base import Actor
from rooms.lifecycle import SeatPlan
from rooms.outcomes import NoteOutcome, OutcomeNoted, OutcomeReadBack, ReadBack
from rooms.questions import (
    AnswerQuestion,
    ClaimQuestion,
    DeferQuestion,
    MergeQuestion,
    QuestionAnswered,
    WithdrawQuestion,
)
from rooms.session import owner
from rooms.turns import CancelTurn, FinishTurn, TakeSeat
from rooms.views import OutcomeRow, personal, view, visible

from .hearing import BILAL, CHAIR, MODERATOR, SALMA, ZAINAB, Hearing, person

CLERK = person(0xE1, "clerk")
DUE = "2027-03-01"


def outcome(hearing: Hearing, question: str) -> tuple[str, str, str]:
    found = hearing.session.queue.questions[question].outcome
    assert found is not None
    return found.kind, found.office, found.due


def order(question: str, **more: Any) -> NoteOutcome:
    return NoteOutcome(question=question, outcome="ordered", **{"office": "wasa", "due": DUE, **more})


def own(hearing: Hearing, who: Actor) -> Any:
    return personal(hearing.session, who.participant, hearing.texts, hearing.now).questions[0]


class TestKinds:
    def test_an_order_has_office_day_and_words(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        assert hearing.refused(order(question)) == "outcome_incomplete"
        assert hearing.refused(order(question, office=None), note="پمپ") == "outcome_incomplete"
        assert hearing.refused(order(question, due=None), note="پمپ") == "outcome_incomplete"
        hearing.do(order(question), CLERK, note="پمپ لگے گا")
        assert outcome(hearing, question) == ("ordered", "wasa", DUE)
        assert hearing.state(question) == "heard"

    def test_a_referral_has_an_office_and_nothing_that_is_no_part_of_it(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        assert hearing.refused(NoteOutcome(question=question, outcome="referred")) == "outcome_incomplete"
        hearing.do(NoteOutcome(question=question, outcome="referred", office="pesco", due=DUE), rule="7")
        assert outcome(hearing, question) == ("referred", "pesco", "")
        assert own(hearing, ZAINAB).outcome == OutcomeRow(kind="referred", office="pesco")

    def test_a_refusal_names_its_rule(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        command = NoteOutcome(question=question, outcome="refused", office="wasa")
        assert hearing.refused(command, note="نہیں") == "outcome_incomplete"
        hearing.do(command, rule="قاعدہ 7", note="عمر کم ہے")
        assert own(hearing, ZAINAB).outcome == OutcomeRow(kind="refused", rule="قاعدہ 7", note="عمر کم ہے")

    def test_answered_is_answered_on_air(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        events = hearing.do(NoteOutcome(question=question, outcome="answered"), CLERK, note="کل پانی آئے گا")
        assert [type(each) for each in events] == [QuestionAnswered, OutcomeNoted]
        assert hearing.state(question) == "answered"
        assert hearing.session.queue.questions[question].was_answered
        assert own(hearing, ZAINAB).outcome == OutcomeRow(kind="answered", note="کل پانی آئے گا")

    def test_an_answer_alone_is_an_outcome_without_public_words(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        hearing.do(AnswerQuestion(question=question), note="دفتر کے لیے")
        assert view(hearing.session, "public", hearing.texts).questions[question].outcome == OutcomeRow("answered")


class TestCourse:
    def test_the_last_note_counts(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        hearing.do(NoteOutcome(question=question, outcome="answered"))
        hearing.do(order(question), note="پمپ")
        assert (hearing.state(question), outcome(hearing, question)[0]) == ("heard", "ordered")
        assert not hearing.session.queue.questions[question].was_answered
        for _ in range(2):
            hearing.do(NoteOutcome(question=question, outcome="answered"))
        assert (hearing.state(question), outcome(hearing, question)[0]) == ("answered", "answered")

    def test_does_not_end_a_turn_that_goes_on(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        (question,) = hearing.session.stage.turns[turn].questions
        hearing.do(order(question), note="پمپ")
        assert hearing.state(question) == "called"
        hearing.do(FinishTurn(turn=turn))
        assert (hearing.state(question), outcome(hearing, question)[0]) == ("heard", "ordered")

    def test_is_not_shown_of_a_question_that_is_back_in_line(self) -> None:
        hearing = Hearing().live()
        turn = hearing.called()
        (question,) = hearing.session.stage.turns[turn].questions
        hearing.do(order(question), note="پمپ")
        hearing.do(CancelTurn(turn=turn))
        assert hearing.state(question) == "admitted"
        assert view(hearing.session, "public", hearing.texts).questions[question].outcome is None
        assert view(hearing.session, "desk", hearing.texts).questions[question].outcome is not None

    def test_replaces_a_promise_to_answer_in_writing(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        hearing.do(DeferQuestion(question=question, reason="needs_file"))
        hearing.do(order(question), note="پمپ")
        assert hearing.state(question) == "heard"

    def test_is_for_what_was_put_in_line_alone(self) -> None:
        hearing = Hearing().live()
        new, gone = hearing.ask(), hearing.ask()
        hearing.do(WithdrawQuestion(question=gone), ZAINAB)
        for question in (new, gone):
            assert hearing.refused(order(question), note="پمپ") == "question_state"
            assert hearing.refused(NoteOutcome(question=question, outcome="answered")) == "question_state"


class TestSpeaker:
    @pytest.mark.parametrize(("chair_sits", "seat"), [(True, "second"), (False, "first")])
    def test_is_the_chair_or_else_the_first_who_sits(self, chair_sits: bool, seat: str) -> None:
        seats = (SeatPlan("first", "official"), SeatPlan("second", "official"), SeatPlan("c1", "citizen"))
        hearing = Hearing(seats).live()
        hearing.do(ReportPresence(participant=CHAIR.participant, role="chair", present=True))
        hearing.do(TakeSeat(seat="first"), person(0xC1, "official"))
        if chair_sits:
            hearing.do(TakeSeat(seat="second"), CHAIR)
        question = hearing.admitted()
        (event,) = hearing.do(order(question), CLERK, note="پمپ")
        assert isinstance(event, OutcomeNoted)
        assert (event.seat, event.by) == (seat, CLERK.participant)

    def test_may_be_nobody(self) -> None:
        hearing = Hearing().live()
        (event,) = hearing.do(order(hearing.admitted()), note="پمپ")
        assert isinstance(event, OutcomeNoted)
        assert event.seat == ""


class TestReadBack:
    def ordered(self, hearing: Hearing, **more: Any) -> tuple[str, str]:
        """A question with an order, and the id of its words."""
        question = hearing.admitted(**more)
        hearing.do(order(question), CLERK, note="پمپ پیر تک لگے گا")
        found = hearing.session.queue.questions[question].outcome
        assert found is not None
        return question, found.note

    @pytest.mark.parametrize(("agreed", "said"), [(True, "yes"), (False, "no")])
    def test_her_answer_stands_beside_the_order_for_her_and_the_desk(self, agreed: bool, said: str) -> None:
        hearing = Hearing().live()
        question, words = self.ordered(hearing)
        assert own(hearing, ZAINAB).outcome.words == words
        hearing.now += 5_000
        (event,) = hearing.do(ReadBack(question=question, words=words, agreed=agreed), ZAINAB)
        assert event == OutcomeReadBack(question=question, words=words, agreed=agreed, by=ZAINAB.participant)
        found = hearing.session.queue.questions[question].outcome
        assert found is not None
        assert (found.read, found.read_by, found.read_at) == (said, ZAINAB.participant, hearing.now)
        desk = view(hearing.session, "desk", hearing.texts).questions[question].outcome
        assert desk is not None and desk.read == said == own(hearing, ZAINAB).outcome.read
        public = view(hearing.session, "public", hearing.texts).questions[question].outcome
        assert public is not None and (public.words, public.read) == ("", "")
        assert visible(event, "public") is None

    def test_belongs_to_the_asker(self) -> None:
        hearing = Hearing().live()
        question, words = self.ordered(hearing)
        assert owner(hearing.session, ReadBack(question=question, words=words, agreed=True)) == ZAINAB.participant

    def test_another_note_wants_another_reading(self) -> None:
        hearing = Hearing().live()
        question, words = self.ordered(hearing)
        hearing.do(ReadBack(question=question, words=words, agreed=True), ZAINAB)
        hearing.do(order(question), note="پمپ منگل تک لگے گا")
        assert own(hearing, ZAINAB).outcome.read == ""
        assert hearing.refused(ReadBack(question=question, words=words, agreed=True), ZAINAB) == "order_changed"
        hearing.do(ReadBack(question=question, words=own(hearing, ZAINAB).outcome.words, agreed=True), ZAINAB)
        assert own(hearing, ZAINAB).outcome.read == "yes"

    def test_of_anything_but_an_order_nothing_is_read_back(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        command = ReadBack(question=question, words="c" * 16, agreed=True)
        assert hearing.refused(command, ZAINAB) == "no_order"
        hearing.do(NoteOutcome(question=question, outcome="referred", office="pesco"), note="پیسکو")
        assert hearing.refused(command, ZAINAB) == "no_order"
        assert own(hearing, ZAINAB).outcome.words == ""

    def test_waits_for_nobody_who_works_on_the_question(self) -> None:
        hearing = Hearing().live()
        question, words = self.ordered(hearing)
        hearing.do(ClaimQuestion(question=question))
        hearing.do(ReadBack(question=question, words=words, agreed=True), ZAINAB)
        assert own(hearing, ZAINAB).outcome.read == "yes"

    def test_of_what_was_taken_back_nothing_is_read_back(self) -> None:
        hearing = Hearing().live()
        turn = hearing.called()
        (question,) = hearing.session.stage.turns[turn].questions
        hearing.do(order(question), note="پمپ")
        words = own(hearing, ZAINAB).outcome.words
        hearing.do(WithdrawQuestion(question=question), ZAINAB)
        assert hearing.refused(ReadBack(question=question, words=words, agreed=True), ZAINAB) == "question_state"

    def test_of_a_private_order_only_she_and_the_desk_know(self) -> None:
        hearing = Hearing().live()
        question, words = self.ordered(hearing, private=True)
        hearing.do(ReadBack(question=question, words=words, agreed=True), CLERK)
        assert own(hearing, ZAINAB).outcome.read == "yes"
        assert question not in view(hearing.session, "public", hearing.texts).questions

    def test_a_follower_reads_the_words_and_has_no_say_on_them(self) -> None:
        hearing = Hearing().live()
        question, follower = hearing.admitted(ZAINAB), hearing.admitted(BILAL)
        hearing.do(MergeQuestion(question=follower, into=question))
        hearing.do(order(question), note="پمپ")
        words = own(hearing, ZAINAB).outcome.words
        hearing.do(ReadBack(question=question, words=words, agreed=True), ZAINAB)
        shown = own(hearing, BILAL).outcome
        assert (shown.note, shown.words, shown.read) == ("پمپ", "", "")
        assert hearing.refused(ReadBack(question=follower, words=words, agreed=True), BILAL) == "no_order"


class TestReaders:
    def test_of_a_private_problem_the_public_learns_nothing(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted(private=True)
        (event,) = hearing.do(order(question), note="پمپ")
        assert visible(event, "public") == {"type": "outcome.noted", "question": question}
        for audience in ("public", "official"):
            shown = view(hearing.session, audience, hearing.texts)
            assert question not in shown.questions
        assert own(hearing, ZAINAB).outcome.note == "پمپ"

    def test_of_a_long_order_the_public_reads_how_it_begins(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        hearing.do(order(question), note="پمپ لگے گا " * 20)
        shown = {name: view(hearing.session, name, hearing.texts).questions[question] for name in ("public", "desk")}
        assert shown["public"].outcome is not None and shown["desk"].outcome is not None
        assert shown["public"].outcome.note.endswith("…")
        assert shown["desk"].outcome.note == "پمپ لگے گا " * 20

    def test_a_follower_reads_what_was_decided_on_the_one_it_joined(self) -> None:
        hearing = Hearing().live()
        question, follower = hearing.admitted(ZAINAB), hearing.admitted(BILAL)
        hearing.do(MergeQuestion(question=follower, into=question))
        hearing.do(order(question), note="پمپ")
        shown = own(hearing, BILAL).outcome
        assert (shown.kind, shown.note) == ("ordered", "پمپ")

    def test_a_follower_of_a_private_problem_reads_only_its_own(self) -> None:
        hearing = Hearing().live()
        question, follower = hearing.admitted(ZAINAB, private=True), hearing.admitted(SALMA, private=True)
        hearing.do(MergeQuestion(question=follower, into=question), MODERATOR)
        hearing.do(order(question), note="راز")
        assert own(hearing, SALMA).outcome is None
