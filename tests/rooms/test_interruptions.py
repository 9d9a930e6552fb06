"""Losing the line never loses the turn, and a hearing that stops leaves nobody on the stage."""

from rooms.lifecycle import AdjournSession, CloseSession, DoorsOpened, PostponeSession, ResumeSession
from rooms.limits import SEAT_HOLD_MS, TURN_MS
from rooms.session import Tick, next_deadline
from rooms.turns import (
    AcceptTurn,
    OfferTurn,
    ParkTurn,
    ReadyTurn,
    TakeSeat,
    TurnDropped,
    TurnReturned,
)

from .hearing import BILAL, CHAIR, HOUR, MODERATOR, SALMA, ZAINAB, Hearing, report, turn_of


class TestALineThatBreaks:
    def test_keeps_the_seat_and_gives_the_time_back(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage(ZAINAB)
        hearing.now += 60_000
        (dropped,) = hearing.do(report(ZAINAB, False, "media"))
        assert dropped == TurnDropped(turn=turn, until=hearing.now + SEAT_HOLD_MS, cause="media")
        assert hearing.session.stage.heard() == {}
        assert hearing.session.stage.seats["c1"].turn == turn
        assert hearing.do(report(ZAINAB, False)) == []
        hearing.now += 30_000
        (returned,) = hearing.do(report(ZAINAB, True))
        assert returned == TurnReturned(turn=turn, ends_at=hearing.now + TURN_MS - 60_000)
        assert hearing.session.stage.heard() == {"c1": ZAINAB.participant}

    def test_for_longer_parks_the_turn_and_keeps_it_until_the_close(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage(ZAINAB)
        hearing.do(report(ZAINAB, False))
        hearing.now += SEAT_HOLD_MS
        assert next_deadline(hearing.session) == hearing.now
        hearing.do(Tick())
        assert (turn_of(hearing, turn).state, turn_of(hearing, turn).cause) == ("parked", "hold_over")
        assert hearing.session.stage.seats["c1"].turn == ""
        hearing.now += HOUR
        hearing.do(report(MODERATOR, True))
        hearing.do(OfferTurn(turn=turn, seat="c2"))
        hearing.do(ReadyTurn(turn=turn), ZAINAB)
        assert hearing.session.stage.heard() == {"c2": ZAINAB.participant}

    def test_of_one_does_not_wait_for_the_clock_of_another(self) -> None:
        hearing = Hearing().live()
        called, dropped = hearing.called(BILAL, "c2"), hearing.on_stage(ZAINAB, "c1")
        hearing.do(report(ZAINAB, False))
        hearing.now += SEAT_HOLD_MS
        hearing.do(Tick())
        assert (turn_of(hearing, called).state, turn_of(hearing, dropped).state) == ("called", "parked")

    def test_on_deck_returns_to_the_deck(self) -> None:
        hearing = Hearing().live()
        turn = hearing.called(ZAINAB)
        hearing.do(AcceptTurn(turn=turn), ZAINAB)
        hearing.do(report(ZAINAB, False))
        hearing.do(report(ZAINAB, True))
        assert turn_of(hearing, turn).state == "on_deck"

    def test_of_someone_who_has_no_turn_changes_nothing(self) -> None:
        hearing = Hearing().live()
        hearing.called(ZAINAB)
        assert hearing.do(report(BILAL, False)) == hearing.do(report(BILAL, True)) == []
        assert hearing.do(report(ZAINAB, False)) == hearing.do(report(ZAINAB, True)) == []


class TestPhases:
    def test_an_adjournment_sets_every_turn_aside(self) -> None:
        hearing = Hearing().live()
        first, second = hearing.on_stage(ZAINAB, "c1"), hearing.called(BILAL, "c2")
        hearing.do(ParkTurn(turn=second))
        hearing.do(AdjournSession(reason="prayer"))
        assert {turn.state for turn in hearing.session.stage.turns.values()} == {"parked"}
        assert turn_of(hearing, first).cause == "adjourned"
        hearing.do(ResumeSession())
        hearing.do(OfferTurn(turn=first))

    def test_the_close_ends_every_turn_and_empties_the_stage(self) -> None:
        hearing = Hearing().live()
        heard, called = hearing.on_stage(ZAINAB, "c1"), hearing.called(SALMA, "c2")
        ids = [turn_of(hearing, turn).questions[0] for turn in (heard, called)]
        hearing.do(TakeSeat(seat="chair"), CHAIR)
        hearing.do(CloseSession())
        assert not hearing.session.stage.turns
        assert not hearing.session.stage.heard()
        assert [hearing.state(question) for question in ids] == ["heard", "admitted"]

    def test_a_postponement_empties_the_stage(self) -> None:
        hearing = Hearing()
        hearing.record(DoorsOpened())
        hearing.do(TakeSeat(seat="chair"), CHAIR)
        hearing.do(PostponeSession(reason="technical"))
        assert hearing.session.stage.heard() == {}
