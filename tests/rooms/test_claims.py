"""Two moderators never work on one question, and nobody's lost line keeps it from the others."""

from rooms.attendance import RemoveParticipant, ReportPresence
from rooms.limits import CLAIM_MS
from rooms.outcomes import NoteOutcome
from rooms.questions import (
    AdmitQuestion,
    ClaimQuestion,
    ClassifyQuestion,
    DeferQuestion,
    HoldQuestion,
    NotTakeQuestion,
    QuestionClaimed,
    QuestionReleased,
    ReleaseQuestion,
    ReturnQuestion,
    WithdrawQuestion,
)
from rooms.turns import CallTurn
from rooms.views import view

from .hearing import MODERATOR, SECOND, ZAINAB, Hearing, person

CLERK = person(0xE1, "clerk")


def claimed(hearing: Hearing) -> str:
    question = hearing.ask()
    (event,) = hearing.do(ClaimQuestion(question=question), MODERATOR)
    assert event == QuestionClaimed(question=question, by=MODERATOR.participant)
    return question


class TestClaim:
    def test_keeps_the_others_off(self) -> None:
        hearing = Hearing().live()
        question = claimed(hearing)
        row = view(hearing.session, "desk", hearing.texts).questions[question]
        assert (row.claimed, row.claimed_at) == (MODERATOR.participant, hearing.now)
        for command in (
            AdmitQuestion(question=question),
            ClassifyQuestion(question=question, category="road"),
            ClaimQuestion(question=question),
            ReleaseQuestion(question=question),
            NoteOutcome(question=question, outcome="answered"),
        ):
            assert hearing.refused(command, SECOND) == "claimed"

    def test_ends_with_the_decision_and_not_with_a_correction(self) -> None:
        hearing = Hearing().live()
        question = claimed(hearing)
        hearing.do(ClassifyQuestion(question=question, category="road"))
        assert question in hearing.session.queue.claims
        hearing.do(AdmitQuestion(question=question))
        assert hearing.session.queue.claims == {}
        hearing.do(HoldQuestion(question=question, reason="later"), SECOND)

    def test_ends_by_release_which_may_be_said_twice(self) -> None:
        hearing = Hearing().live()
        question = claimed(hearing)
        assert hearing.do(ReleaseQuestion(question=question)) == [QuestionReleased(question=question)]
        assert hearing.do(ReleaseQuestion(question=question)) == []
        hearing.do(ClaimQuestion(question=question), SECOND)

    def test_is_anybodys_after_a_minute_unless_renewed(self) -> None:
        hearing = Hearing().live()
        question = claimed(hearing)
        hearing.now += CLAIM_MS - 1
        assert hearing.refused(ClaimQuestion(question=question), SECOND) == "claimed"
        hearing.do(ClaimQuestion(question=question), MODERATOR)
        hearing.now += CLAIM_MS
        hearing.do(ClaimQuestion(question=question), SECOND)
        assert hearing.refused(AdmitQuestion(question=question), MODERATOR) == "claimed"

    def test_ends_when_its_holder_is_gone(self) -> None:
        hearing = Hearing().live()
        question = claimed(hearing)
        gone = ReportPresence(participant=MODERATOR.participant, role="moderator", present=False)
        assert QuestionReleased(question=question) in hearing.do(gone)
        hearing.do(AdmitQuestion(question=question), SECOND)

    def test_ends_when_its_holder_is_removed(self) -> None:
        hearing = Hearing().live()
        question = hearing.ask()
        hearing.do(ClaimQuestion(question=question), CLERK)
        hearing.do(RemoveParticipant(participant=CLERK.participant, reason="disruption"))
        assert hearing.session.queue.claims == {}

    def test_never_keeps_the_asker_from_her_own(self) -> None:
        hearing = Hearing().live()
        question = claimed(hearing)
        hearing.do(WithdrawQuestion(question=question), ZAINAB)
        assert hearing.session.queue.claims == {}
        assert hearing.refused(ClaimQuestion(question=question)) == "question_state"

    def test_never_keeps_anybody_from_the_stage(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        hearing.do(ClaimQuestion(question=question), SECOND)
        hearing.do(CallTurn(question=question))
        assert hearing.session.queue.claims == {}


class TestReturn:
    def test_makes_it_new_again_with_nothing_said(self) -> None:
        hearing = Hearing().live()
        held, not_taken, deferred, admitted = hearing.ask(), hearing.ask(), hearing.admitted(), hearing.admitted()
        hearing.do(HoldQuestion(question=held, reason="unclear"), note="کیا؟")
        hearing.do(NotTakeQuestion(question=not_taken, reason="no_time"))
        hearing.do(DeferQuestion(question=deferred, reason="needs_file"))
        for question in (held, not_taken, deferred, admitted):
            hearing.do(ReturnQuestion(question=question))
            row = hearing.session.queue.questions[question]
            assert (row.state, row.reason, row.note) == ("new", "", "")
        assert [each for _, each in hearing.session.queue.among("new")] == [held, not_taken, deferred, admitted]

    def test_undoes_nothing_else(self) -> None:
        hearing = Hearing().live()
        assert hearing.refused(ReturnQuestion(question=hearing.ask())) == "question_state"
