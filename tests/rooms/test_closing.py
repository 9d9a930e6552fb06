"""No session ends before everything that was raised is accounted for."""

import pytest

from rooms import closing
from rooms.closing import Balance, OpenTickets, SealSession
from rooms.lifecycle import CloseSession
from rooms.limits import CLOSE_CHUNK
from rooms.questions import ConfirmRefusal, MergeQuestion, QuestionAdmitted, RefuseQuestion, WithdrawQuestion

from .hearing import MODERATOR, SECOND, ZAINAB, Hearing, person


class TestClosing:
    def test_accounts_for_tickets_before_their_followers_in_chunks(self) -> None:
        hearing = Hearing()
        ids = [hearing.ask(person(1000 + number)) for number in range(CLOSE_CHUNK + 3)]
        hearing.do(MergeQuestion(question=ids[0], into=ids[1]))
        hearing.do(CloseSession())
        assert hearing.session.closing.order == [*ids[1:], ids[0]]
        assert hearing.refused(SealSession()) == "tickets_missing"
        hearing.do(OpenTickets())
        assert hearing.session.closing.done == CLOSE_CHUNK
        assert hearing.refused(SealSession()) == "tickets_missing"
        hearing.do(OpenTickets())
        assert hearing.do(OpenTickets()) == []
        hearing.do(SealSession())
        assert hearing.session.closing.balance == Balance(len(ids), len(ids) - 1, 1, 0, 0)
        assert hearing.session == hearing.replayed()

    def test_counts_what_was_withdrawn_and_what_two_people_refused(self) -> None:
        hearing = Hearing()
        withdrawn, refused, doubted, _ = (hearing.ask() for _ in range(4))
        hearing.do(WithdrawQuestion(question=withdrawn), ZAINAB)
        for question in (refused, doubted):
            hearing.do(RefuseQuestion(question=question, reason="spam"), MODERATOR)
        hearing.do(ConfirmRefusal(question=refused), SECOND)
        hearing.do(CloseSession())
        hearing.do(OpenTickets())
        hearing.do(SealSession())
        balance = hearing.session.closing.balance
        assert balance == Balance(raised=4, tickets=2, followers=0, withdrawn=1, refused=1)
        assert balance.balanced

    def test_takes_no_more_questions(self) -> None:
        hearing = Hearing()
        hearing.do(CloseSession())
        with pytest.raises(Exception, match="phase"):
            hearing.ask()

    def test_is_nothing_that_a_session_does_before(self) -> None:
        assert Hearing().refused(SealSession()) == Hearing().refused(OpenTickets()) == "phase"


class TestBalance:
    def test_that_misses_something_is_seen(self) -> None:
        assert not Balance(raised=3, tickets=1, followers=1, withdrawn=0, refused=0).balanced

    def test_ignores_events_of_others(self) -> None:
        state = closing.ClosingState()
        closing.evolve(state, QuestionAdmitted(question="0" * 16))
        assert state == closing.ClosingState()
