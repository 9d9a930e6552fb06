"""The line at a moment of a hearing follows from its log, as it was then and not as it ended."""

from __future__ import annotations

from recordings.queues import lines_at
from rooms.questions import WithdrawQuestion
from rooms.turns import AcceptTurn, CallTurn, FinishTurn, ReadyTurn, TurnCalled
from tests.rooms.hearing import BILAL, SALMA, ZAINAB, Hearing


def test_is_as_it_was_at_each_moment() -> None:
    hearing = Hearing().live()
    before = hearing.now
    hearing.now += 1_000
    first = hearing.admitted(ZAINAB)
    hearing.now += 1_000
    second, third = hearing.admitted(BILAL), hearing.admitted(SALMA)
    all_three = hearing.now
    hearing.now += 1_000
    (called,) = hearing.do(CallTurn(question=first, seat="c1"))
    assert isinstance(called, TurnCalled)
    hearing.do(AcceptTurn(turn=called.turn), ZAINAB)
    hearing.do(ReadyTurn(turn=called.turn), ZAINAB)
    staged = hearing.now
    hearing.now += 1_000
    hearing.do(FinishTurn(turn=called.turn))
    hearing.do(WithdrawQuestion(question=third), SALMA)
    end = hearing.now
    moments = [before, all_three, staged, end, end + 60_000]
    assert lines_at(hearing.session.id, hearing.log, moments) == [
        (),
        (first, second, third),
        (second, third),
        (second,),
        (second,),
    ]


def test_of_nothing_is_nothing() -> None:
    assert lines_at("abcd2345", [], [5]) == [()]
    assert lines_at("abcd2345", Hearing().live().log, []) == []
