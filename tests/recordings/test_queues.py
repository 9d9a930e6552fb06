"""The line at a moment of a hearing follows from its log, as it was then and not as it ended."""

from __future__ import annotations

from recordings.queues import NAMED, Line, lines_at
from rooms.questions import WithdrawQuestion
from rooms.turns import AcceptTurn, CallTurn, FinishTurn, ReadyTurn, TurnCalled
from tests.rooms.hearing import BILAL, SALMA, ZAINAB, Hearing, person


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
        Line(0, ()),
        Line(3, (first, second, third)),
        Line(2, (second, third)),
        Line(1, (second,)),
        Line(1, (second,)),
    ]


def test_of_nothing_is_nothing() -> None:
    assert lines_at("abcd2345", [], [5]) == [Line(0, ())]
    assert lines_at("abcd2345", Hearing().live().log, []) == []


def test_names_those_in_front_alone() -> None:
    hearing = Hearing().live()
    asked = [hearing.admitted(person(0x100 + n)) for n in range(NAMED + 4)]
    assert lines_at(hearing.session.id, hearing.log, [hearing.now]) == [Line(NAMED + 4, tuple(asked[:NAMED]))]
