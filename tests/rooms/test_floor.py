"""Whose turn it is to speak, how a seat speaks, a shared screen, and a hall with one camera for many."""

from rooms.attendance import RemoveParticipant, ReportPresence
from rooms.base import Actor
from rooms.lifecycle import AdjournSession, CloseSession, SeatPlan
from rooms.limits import SEAT_HOLD_MS, TURN_MS
from rooms.session import Tick, owner
from rooms.turns import (
    AcceptTurn,
    CallTurn,
    ClearSeat,
    FinishTurn,
    GiveFloor,
    HallTurn,
    LeaveSeat,
    MuteSeat,
    NameShown,
    ParkTurn,
    ReadOutTurn,
    ReadyTurn,
    SeatLeft,
    SetTalk,
    StageTurn,
    TakeSeat,
    TurnCalled,
    TurnDropped,
    TurnEnded,
    TurnParked,
    TurnReturned,
    TurnStaged,
)
from rooms.views import view

from .hearing import BILAL, CHAIR, MODERATOR, NOON, SALMA, SEATS, ZAINAB, Hearing, person

OFFICIAL = person(0xC1, "official")
CLERK = person(0xC2, "clerk")
SCREENS = (SeatPlan("papers", "slides"), SeatPlan("map", "slides"))


def sitting(hearing: Hearing, seat: str = "chair", who: Actor = CHAIR) -> Hearing:
    hearing.do(TakeSeat(seat=seat), who)
    return hearing


def with_screens() -> Hearing:
    return Hearing((*SEATS, *SCREENS)).live()


def in_hall(who: Actor = OFFICIAL) -> Hearing:
    return sitting(Hearing().live(), "hall", who)


def report(who: Actor, present: bool) -> ReportPresence:
    return ReportPresence(participant=who.participant, role=who.role, present=present)


class TestFloor:
    def test_comes_with_the_stage_and_ends_with_the_seat(self) -> None:
        hearing = Hearing().live()
        stage = hearing.session.stage
        turn = hearing.on_stage()
        assert stage.floor == "c1"
        assert view(hearing.session, "public", {}).floor == "c1"
        hearing.do(FinishTurn(turn=turn))
        assert stage.floor == ""

    def test_outlives_a_broken_line(self) -> None:
        hearing = Hearing().live()
        hearing.on_stage()
        hearing.do(report(ZAINAB, False))
        hearing.do(report(ZAINAB, True))
        assert hearing.session.stage.floor == "c1"

    def test_the_next_on_the_stage_has_it(self) -> None:
        hearing = Hearing().live()
        first = hearing.on_stage()
        hearing.on_stage(BILAL, "c2")
        assert hearing.session.stage.floor == "c2"
        hearing.do(FinishTurn(turn=first))
        assert hearing.session.stage.floor == "c2"

    def test_is_given_and_taken_by_the_moderator(self) -> None:
        hearing = sitting(Hearing().live())
        hearing.on_stage()
        hearing.do(GiveFloor(seat="chair"))
        assert hearing.session.stage.floor == "chair"
        assert len(hearing.session.stage.heard()) == 2, "it mutes nobody"
        hearing.do(GiveFloor())
        assert hearing.session.stage.floor == ""

    def test_is_nobodys_who_is_not_heard(self) -> None:
        hearing = Hearing().live()
        hearing.called(seat="c1")
        assert hearing.refused(GiveFloor(seat="c1")) == "seat_empty"
        assert hearing.refused(GiveFloor(seat="nowhere")) == "seat_unknown"

    def test_is_left_with_a_seat(self) -> None:
        hearing = sitting(Hearing().live())
        hearing.do(GiveFloor(seat="chair"))
        hearing.do(LeaveSeat(seat="chair"), CHAIR)
        assert hearing.session.stage.floor == ""


class TestTalk:
    def test_only_while_a_button_is_held(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        hearing.do(SetTalk(seat="c1", mode="hold"))
        assert view(hearing.session, "public", {}).seats["c1"].talk == "hold"
        hearing.do(SetTalk(seat="c1", mode="open"))
        hearing.do(SetTalk(seat="c1", mode="hold"))
        hearing.do(FinishTurn(turn=turn))
        assert hearing.session.stage.seats["c1"].talk == "open", "it was for this speaker"

    def test_not_of_an_empty_seat_or_a_screen(self) -> None:
        hearing = with_screens()
        assert hearing.refused(SetTalk(seat="c1", mode="hold")) == "seat_empty"
        sitting(hearing, "papers", CLERK)
        assert hearing.refused(SetTalk(seat="papers", mode="hold")) == "seat_kind"
        assert hearing.refused(GiveFloor(seat="papers")) == "seat_kind"


class TestScreens:
    def test_stands_beside_the_own_seat(self) -> None:
        hearing = sitting(with_screens())
        sitting(hearing, "papers", CHAIR)
        assert hearing.session.stage.heard() == {"chair": CHAIR.participant, "papers": CHAIR.participant}
        hearing.do(LeaveSeat(seat="chair"), CHAIR)
        assert list(hearing.session.stage.heard()) == ["papers"]

    def test_one_at_a_time(self) -> None:
        hearing = sitting(with_screens(), "papers", CHAIR)
        assert hearing.refused(TakeSeat(seat="map"), CLERK) == "seat_taken"
        sitting(hearing, "map", CHAIR)
        assert list(hearing.session.stage.heard()) == ["map"]

    def test_is_for_officials_and_clerks(self) -> None:
        hearing = with_screens()
        for who in (ZAINAB, MODERATOR, person(0xD1, "interpreter")):
            assert hearing.refused(TakeSeat(seat="papers"), who) == "seat_kind"

    def test_what_is_shown_has_a_name_in_words(self) -> None:
        hearing = sitting(with_screens(), "papers", CLERK)
        hearing.do(NameShown(seat="papers", note="Map of the drain"), CLERK, note="Map of the drain")
        rows = view(hearing.session, "public", hearing.texts).seats
        assert rows["papers"].shows == "Map of the drain"
        assert view(hearing.session, "public", {}).seats["papers"].shows == "", "erased words are gone"
        hearing.do(NameShown(seat="papers", note=""), CLERK)
        assert hearing.session.stage.seats["papers"].shows == ""
        assert owner(hearing.session, NameShown(seat="papers", note="")) == CLERK.participant

    def test_only_a_screen_is_named(self) -> None:
        hearing = sitting(with_screens())
        assert hearing.refused(NameShown(seat="chair", note="x"), CHAIR, note="x") == "seat_kind"

    def test_goes_dark_when_its_owner_is_gone(self) -> None:
        hearing = sitting(sitting(with_screens(), "papers", CHAIR))
        hearing.do(report(CHAIR, True))
        events = hearing.do(report(CHAIR, False))
        assert SeatLeft(seat="papers") in events
        assert list(hearing.session.stage.heard()) == ["chair"]


class TestHall:
    def test_a_question_is_heard_without_a_phone(self) -> None:
        hearing = in_hall()
        question = hearing.admitted()
        called, staged = hearing.do(HallTurn(question=question, seat="hall"))
        assert isinstance(called, TurnCalled)
        assert called.participant == ZAINAB.participant
        assert staged == TurnStaged(turn=called.turn, seat="hall", ends_at=NOON + TURN_MS)
        assert hearing.session.stage.heard() == {"hall": OFFICIAL.participant}, "one camera for all"
        assert hearing.session.stage.floor == "hall"
        assert view(hearing.session, "public", {}).turns[called.turn].questions == (question,)
        hearing.do(FinishTurn(turn=called.turn))
        assert hearing.state(question) == "heard"
        assert hearing.session.stage.heard() == {"hall": OFFICIAL.participant}, "the hall stays for the next"

    def test_whoever_sits_there_leaves_it_for_her_own_turn(self) -> None:
        hearing = in_hall(CLERK)
        turn = hearing.on_stage(CLERK)
        assert hearing.session.stage.heard() == {"c1": CLERK.participant}, "nobody sits twice"
        assert hearing.refused(TakeSeat(seat="hall"), CLERK) == "seat_taken"
        hearing.do(FinishTurn(turn=turn))
        hearing.do(TakeSeat(seat="hall"), CLERK)

    def test_and_so_she_does_when_a_place_became_free_for_her(self) -> None:
        hearing = in_hall(CLERK)
        first, second = hearing.on_stage(), hearing.on_stage(BILAL, "c2")
        turn = hearing.called(CLERK, None)
        hearing.do(ReadyTurn(turn=turn), CLERK)
        hearing.do(FinishTurn(turn=first))
        hearing.do(StageTurn(turn=turn))
        assert hearing.session.stage.heard() == {"c1": CLERK.participant, "c2": BILAL.participant}
        hearing.do(FinishTurn(turn=second))

    def test_one_after_the_other(self) -> None:
        hearing = in_hall()
        first, second = hearing.admitted(), hearing.admitted(BILAL)
        hearing.do(HallTurn(question=first, seat="hall"))
        assert hearing.refused(HallTurn(question=second, seat="hall")) == "seat_taken"
        (turn,) = hearing.session.stage.turns
        hearing.do(FinishTurn(turn=turn))
        hearing.do(HallTurn(question=second, seat="hall"))

    def test_takes_along_a_turn_that_is_on_its_way(self) -> None:
        hearing = in_hall()
        turn = hearing.called(seat="c1")
        question = hearing.session.stage.turns[turn].questions[0]
        hearing.do(AcceptTurn(turn=turn), ZAINAB)
        assert hearing.do(HallTurn(question=question, seat="hall")) == [
            TurnStaged(turn=turn, seat="hall", ends_at=NOON + TURN_MS)
        ]
        assert hearing.session.stage.seats["c1"].turn == ""
        assert hearing.refused(HallTurn(question=question, seat="hall")) == "seat_taken"
        hearing.do(ParkTurn(turn=turn))
        hearing.do(HallTurn(question=question, seat="hall"))

    def test_needs_a_hall_with_somebody_in_it(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        assert hearing.refused(HallTurn(question=question, seat="hall")) == "seat_empty"
        assert hearing.refused(HallTurn(question=question, seat="c1")) == "seat_kind"
        assert owner(hearing.session, HallTurn(question=question, seat="hall")) is None

    def test_not_for_somebody_who_speaks_about_something_else(self) -> None:
        hearing = in_hall()
        hearing.called()
        other = hearing.admitted()
        assert hearing.refused(HallTurn(question=other, seat="hall")) == "already_called"

    def test_not_for_somebody_on_the_stage(self) -> None:
        hearing = in_hall()
        question = hearing.session.stage.turns[hearing.on_stage()].questions[0]
        assert hearing.refused(HallTurn(question=question, seat="hall")) == "turn_state"

    def test_not_what_may_not_be_called(self) -> None:
        hearing = in_hall()
        assert hearing.refused(HallTurn(question=hearing.admitted(private=True), seat="hall")) == "private_question"
        assert hearing.refused(HallTurn(question=hearing.ask(BILAL), seat="hall")) == "question_state"

    def test_the_askers_own_phone_is_not_the_line(self) -> None:
        hearing = in_hall()
        hearing.do(HallTurn(question=hearing.admitted(), seat="hall"))
        assert hearing.do(report(ZAINAB, False)) == []

    def test_a_broken_line_of_the_hall_keeps_the_turn(self) -> None:
        hearing = in_hall()
        hearing.do(report(OFFICIAL, True))
        called, _ = hearing.do(HallTurn(question=hearing.admitted(), seat="hall"))
        assert isinstance(called, TurnCalled)
        events = hearing.do(report(OFFICIAL, False))
        assert TurnDropped(turn=called.turn, until=NOON + SEAT_HOLD_MS, cause="socket") in events
        assert hearing.session.stage.heard() == {}
        assert TurnReturned(turn=called.turn, ends_at=NOON + TURN_MS) in hearing.do(report(OFFICIAL, True))
        hearing.do(report(OFFICIAL, False))
        hearing.now += SEAT_HOLD_MS
        hearing.do(Tick())
        assert hearing.session.stage.turns[called.turn].state == "parked"
        assert hearing.session.stage.seats["hall"].participant == OFFICIAL.participant

    def test_getting_up_keeps_the_turn(self) -> None:
        hearing = in_hall()
        called, _ = hearing.do(HallTurn(question=hearing.admitted(), seat="hall"))
        assert isinstance(called, TurnCalled)
        assert hearing.do(LeaveSeat(seat="hall"), OFFICIAL) == [
            TurnParked(turn=called.turn, cause="media"),
            SeatLeft(seat="hall"),
        ]

    def test_another_seat_gives_the_hall_up(self) -> None:
        hearing = in_hall(CHAIR)
        called, _ = hearing.do(HallTurn(question=hearing.admitted(), seat="hall"))
        assert isinstance(called, TurnCalled)
        sitting(hearing)
        assert hearing.session.stage.turns[called.turn].state == "parked"
        assert hearing.session.stage.seats["hall"].participant == ""

    def test_taking_off_ends_the_turn_and_then_the_hall(self) -> None:
        hearing = in_hall()
        hearing.do(HallTurn(question=hearing.admitted(), seat="hall"))
        (ended,) = hearing.do(ClearSeat(seat="hall", reason="time_up"))
        assert isinstance(ended, TurnEnded)
        assert hearing.do(ClearSeat(seat="hall", reason="disruption")) == [SeatLeft(seat="hall")]

    def test_reading_out_leaves_the_hall(self) -> None:
        hearing = in_hall()
        called, _ = hearing.do(HallTurn(question=hearing.admitted(), seat="hall"))
        assert isinstance(called, TurnCalled)
        hearing.do(MuteSeat(seat="hall", muted=True))
        hearing.do(ReadOutTurn(turn=called.turn))
        assert hearing.session.stage.seats["hall"].turn == ""
        assert not hearing.session.stage.seats["hall"].muted

    def test_whoever_runs_it_may_be_removed(self) -> None:
        hearing = in_hall()
        called, _ = hearing.do(HallTurn(question=hearing.admitted(), seat="hall"))
        assert isinstance(called, TurnCalled)
        hearing.do(RemoveParticipant(participant=OFFICIAL.participant, reason="disruption"))
        assert hearing.session.stage.turns[called.turn].state == "parked"
        assert hearing.session.stage.heard() == {}

    def test_is_empty_after_the_close(self) -> None:
        hearing = in_hall()
        hearing.do(HallTurn(question=hearing.admitted(), seat="hall"))
        hearing.do(CloseSession())
        assert (hearing.session.stage.turns, hearing.session.stage.heard()) == ({}, {})

    def test_waits_through_a_pause(self) -> None:
        hearing = in_hall()
        hearing.do(HallTurn(question=hearing.admitted(), seat="hall"))
        hearing.do(AdjournSession(reason="prayer"))
        assert hearing.session.stage.heard() == {"hall": OFFICIAL.participant}
        assert hearing.session.stage.floor == ""

    def test_calling_to_a_hall_is_another_command(self) -> None:
        hearing = in_hall()
        assert hearing.refused(CallTurn(question=hearing.admitted(SALMA), seat="hall")) == "seat_kind"
