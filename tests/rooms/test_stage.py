"""Turns and seats: who is called, who gets ready, and only who has the floor is heard."""

import pytest

from rooms import stage
from rooms.base import Command
from rooms.lifecycle import DoorsOpened, SeatPlan
from rooms.limits import ANSWER_BY_MS, DECK_MAX, PACE_TURNS, TURN_MS
from rooms.questions import AnswerQuestion, WithdrawQuestion
from rooms.session import Tick, next_deadline
from rooms.stage import StageState
from rooms.turns import (
    AcceptTurn,
    CallTurn,
    CancelTurn,
    ClearSeat,
    ExtendTurn,
    FinishTurn,
    LeaveSeat,
    MuteSeat,
    OfferTurn,
    ParkTurn,
    ReadOutTurn,
    ReadyTurn,
    StageTurn,
    TakeSeat,
    TurnEnded,
    WaitTurn,
)

from .hearing import BILAL, CHAIR, HOUR, MODERATOR, NOON, ZAINAB, Hearing, person, turn_of

NOBODY = "f" * 16


class TestCalling:
    def test_reserves_a_seat_and_gives_time_to_answer(self) -> None:
        hearing = Hearing().live()
        turn = turn_of(hearing, hearing.called(seat=None))
        assert (turn.state, turn.seat, turn.answer_by) == ("called", "c1", NOON + ANSWER_BY_MS)
        assert hearing.session.stage.heard() == {}
        assert hearing.state(turn.questions[0]) == "called"

    def test_lets_people_wait_on_deck_without_a_seat(self) -> None:
        hearing = Hearing().live()
        turns = [hearing.called(person(500 + number), None) for number in range(3)]
        assert [turn_of(hearing, turn).seat for turn in turns] == ["c1", "c2", ""]

    def test_has_a_short_deck(self) -> None:
        hearing = Hearing().live()
        for number in range(DECK_MAX):
            hearing.called(person(500 + number), None)
        assert hearing.refused(CallTurn(question=hearing.admitted(ZAINAB))) == "deck_full"

    def test_calls_nobody_twice(self) -> None:
        hearing = Hearing().live()
        hearing.called(ZAINAB)
        assert hearing.refused(CallTurn(question=hearing.admitted(ZAINAB))) == "already_called"

    def test_calls_no_private_question(self) -> None:
        hearing = Hearing().live()
        assert hearing.refused(CallTurn(question=hearing.admitted(private=True))) == "private_question"

    @pytest.mark.parametrize(("seat", "code"), [("x", "seat_unknown"), ("chair", "seat_kind"), ("c1", "seat_taken")])
    def test_wants_a_free_seat_of_the_right_kind(self, seat: str, code: str) -> None:
        hearing = Hearing().live()
        hearing.called(BILAL, "c1")
        assert hearing.refused(CallTurn(question=hearing.admitted(ZAINAB), seat=seat)) == code

    def test_happens_in_a_live_session_only(self) -> None:
        hearing = Hearing()
        assert hearing.refused(CallTurn(question=hearing.admitted())) == "phase"

    def test_undone_gives_the_place_back(self) -> None:
        hearing = Hearing().live()
        first, second = hearing.admitted(ZAINAB), hearing.admitted(BILAL)
        (event,) = hearing.do(CallTurn(question=first))
        assert hearing.line() == [second]
        hearing.do(CancelTurn(turn=next(iter(hearing.session.stage.turns))))
        assert hearing.line() == [first, second]
        assert hearing.session.stage.seats["c1"].turn == ""
        assert event.audience == "public"


class TestGettingReady:
    def test_goes_on_the_stage_at_once_when_a_seat_is_kept(self) -> None:
        hearing = Hearing().live()
        turn = turn_of(hearing, hearing.on_stage(ZAINAB, "c2"))
        assert hearing.session.stage.heard() == {"c2": ZAINAB.participant}
        assert (turn.heard, turn.ends_at) == (True, NOON + TURN_MS)

    def test_without_a_seat_waits_for_the_moderator(self) -> None:
        hearing = Hearing((SeatPlan("c1", "citizen"),)).live()
        first = hearing.on_stage(ZAINAB)
        second = hearing.called(BILAL, None)
        hearing.do(ReadyTurn(turn=second), BILAL)
        assert turn_of(hearing, second).state == "ready"
        assert hearing.refused(StageTurn(turn=second)) == "stage_full"
        hearing.do(FinishTurn(turn=first))
        hearing.do(StageTurn(turn=second))
        assert hearing.session.stage.heard() == {"c1": BILAL.participant}

    def test_a_little_time_costs_two_places_and_is_granted_once(self) -> None:
        hearing = Hearing().live()
        mine = hearing.admitted(ZAINAB)
        others = [hearing.admitted(person(600 + number)) for number in range(4)]
        hearing.do(CallTurn(question=mine))
        turn = next(iter(hearing.session.stage.turns))
        hearing.do(WaitTurn(turn=turn), ZAINAB)
        assert hearing.line() == [others[0], others[1], mine, others[2], others[3]]
        hearing.do(CallTurn(question=mine))
        turn = next(iter(hearing.session.stage.turns))
        assert hearing.refused(WaitTurn(turn=turn), ZAINAB) == "wait_used"

    def test_a_little_time_at_the_end_of_the_line_means_the_end(self) -> None:
        hearing = Hearing().live()
        turn = hearing.called(ZAINAB)
        other = hearing.admitted(BILAL)
        (question,) = turn_of(hearing, turn).questions
        hearing.do(WaitTurn(turn=turn), ZAINAB)
        assert hearing.line() == [other, question]

    def test_a_little_time_after_an_answer_moves_nothing(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted(ZAINAB)
        hearing.do(AnswerQuestion(question=question))
        hearing.do(CallTurn(question=question))
        assert len(hearing.do(WaitTurn(turn=next(iter(hearing.session.stage.turns))), ZAINAB)) == 1
        assert hearing.state(question) == "answered"

    def test_unanswered_is_parked_by_the_clock_and_offered_again(self) -> None:
        hearing = Hearing().live()
        turn = hearing.called(ZAINAB)
        assert next_deadline(hearing.session) == NOON + ANSWER_BY_MS
        hearing.now += ANSWER_BY_MS
        hearing.do(Tick())
        assert (turn_of(hearing, turn).state, turn_of(hearing, turn).cause) == ("parked", "unanswered")
        hearing.do(OfferTurn(turn=turn))
        assert (turn_of(hearing, turn).state, turn_of(hearing, turn).seat) == ("called", "c1")
        assert turn_of(hearing, turn).answer_by == hearing.now + ANSWER_BY_MS


class TestOnTheStage:
    def test_more_time_is_added_to_what_is_left(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        hearing.do(ExtendTurn(turn=turn, extra_ms=30_000))
        assert turn_of(hearing, turn).ends_at == NOON + TURN_MS + 30_000
        hearing.now += HOUR // 2
        hearing.do(ExtendTurn(turn=turn, extra_ms=30_000))
        assert turn_of(hearing, turn).ends_at == hearing.now + 30_000

    def test_finished_is_heard_and_frees_the_seat(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        (question,) = turn_of(hearing, turn).questions
        hearing.now += 95_000
        (ended,) = hearing.do(FinishTurn(turn=turn))
        assert ended == TurnEnded(turn=turn, outcome="finished", heard=True)
        assert hearing.state(question) == "heard"
        assert hearing.session.stage.heard() == {}
        assert hearing.session.stage.pace == [95_000]

    def test_only_the_last_turns_set_the_pace(self) -> None:
        hearing = Hearing().live()
        for number in range(PACE_TURNS + 2):
            turn = hearing.on_stage(person(700 + number))
            hearing.now += 1_000 * (number + 1)
            hearing.do(FinishTurn(turn=turn))
        assert hearing.session.stage.pace == [1_000 * number for number in range(3, PACE_TURNS + 3)]

    def test_read_out_is_heard_without_a_microphone(self) -> None:
        hearing = Hearing().live()
        turn = hearing.called()
        (question,) = turn_of(hearing, turn).questions
        hearing.do(ReadOutTurn(turn=turn), ZAINAB)
        assert hearing.session.stage.seats["c1"].turn == ""
        (ended,) = hearing.do(FinishTurn(turn=turn))
        assert ended == TurnEnded(turn=turn, outcome="read_out", heard=True)
        assert hearing.state(question) == "heard"

    def test_whose_microphone_fails_on_the_stage_is_read_out(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        (question,) = turn_of(hearing, turn).questions
        hearing.now += 20_000
        hearing.do(ReadOutTurn(turn=turn), ZAINAB)
        assert (hearing.session.stage.heard(), hearing.session.stage.seats["c1"].turn) == ({}, "")
        hearing.now += 30_000
        hearing.do(FinishTurn(turn=turn))
        assert hearing.state(question) == "heard"
        assert hearing.session.stage.pace == [20_000], "the time for which she stood there"

    def test_taken_off_is_silent_at_once(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        (ended,) = hearing.do(ClearSeat(seat="c1", reason="personal_data"))
        assert ended == TurnEnded(turn=turn, outcome="taken_off", heard=True, reason="personal_data")
        assert hearing.session.stage.heard() == {}

    def test_muted_until_the_seat_is_free(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        hearing.do(MuteSeat(seat="c1", muted=True))
        assert hearing.session.stage.seats["c1"].muted
        hearing.do(FinishTurn(turn=turn))
        assert not hearing.session.stage.seats["c1"].muted

    def test_taking_the_question_back_ends_the_turn(self) -> None:
        hearing = Hearing().live()
        turn = hearing.called()
        (question,) = turn_of(hearing, turn).questions
        hearing.do(WithdrawQuestion(question=question), ZAINAB)
        assert hearing.state(question) == "withdrawn"
        assert hearing.session.stage.turns == {}

    def test_set_aside_by_hand_lets_the_next_one_go_first(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        hearing.do(ParkTurn(turn=turn))
        assert (turn_of(hearing, turn).state, turn_of(hearing, turn).cause) == ("parked", "moderator")
        hearing.on_stage(BILAL, "c1")

    @pytest.mark.parametrize(
        "command",
        [AcceptTurn(turn=NOBODY), ReadyTurn(turn=NOBODY), WaitTurn(turn=NOBODY), FinishTurn(turn=NOBODY)]
        + [ParkTurn(turn=NOBODY), OfferTurn(turn=NOBODY), StageTurn(turn=NOBODY), ReadOutTurn(turn=NOBODY)],
    )
    def test_of_a_turn_that_is_over_nothing_is_done(self, command: Command) -> None:
        assert Hearing().live().refused(command) == "turn_unknown"

    def test_a_turn_that_moved_on_refuses_what_came_late(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        late: list[Command] = [AcceptTurn(turn=turn), ReadyTurn(turn=turn), WaitTurn(turn=turn), StageTurn(turn=turn)]
        late += [OfferTurn(turn=turn), CancelTurn(turn=turn)]
        assert {hearing.refused(command) for command in late} == {"turn_state"}


class TestSeats:
    def test_are_taken_by_officials_one_at_a_time(self) -> None:
        hearing = Hearing().live()
        hearing.do(TakeSeat(seat="chair"), CHAIR)
        assert hearing.session.stage.heard() == {"chair": CHAIR.participant}
        assert hearing.refused(TakeSeat(seat="chair"), person(0xC1, "official")) == "seat_taken"
        hearing.do(TakeSeat(seat="hall"), CHAIR)
        assert hearing.session.stage.heard() == {"hall": CHAIR.participant}
        hearing.do(LeaveSeat(seat="hall"), CHAIR)
        assert hearing.session.stage.heard() == {}

    def test_are_each_for_their_own_kind_of_people(self) -> None:
        hearing = Hearing().live()
        signs, answers = person(0xD1, "interpreter"), person(0xC1, "official")
        assert hearing.refused(TakeSeat(seat="c1"), CHAIR) == "seat_kind"
        assert hearing.refused(TakeSeat(seat="chair"), signs) == "seat_kind"
        assert hearing.refused(TakeSeat(seat="sign"), answers) == "seat_kind"
        assert hearing.refused(TakeSeat(seat="hall"), MODERATOR) == "seat_kind"
        hearing.do(TakeSeat(seat="sign"), signs)
        hearing.do(TakeSeat(seat="chair"), answers)
        assert hearing.session.stage.heard() == {"sign": signs.participant, "chair": answers.participant}

    @pytest.mark.parametrize(
        "command",
        [LeaveSeat(seat="chair"), MuteSeat(seat="chair", muted=True), ClearSeat(seat="chair", reason="technical")],
    )
    def test_that_are_empty_cannot_be_left_muted_or_cleared(self, command: Command) -> None:
        assert Hearing().live().refused(command, CHAIR) == "seat_empty"

    def test_of_officials_can_be_cleared(self) -> None:
        hearing = Hearing().live()
        hearing.do(TakeSeat(seat="chair"), CHAIR)
        hearing.do(ClearSeat(seat="chair", reason="technical"))
        assert hearing.session.stage.heard() == {}

    def test_of_a_called_citizen_are_not_left_but_finished(self) -> None:
        hearing = Hearing().live()
        hearing.on_stage()
        assert hearing.refused(LeaveSeat(seat="c1"), ZAINAB) == "seat_empty"


class TestState:
    def test_ignores_events_of_others(self) -> None:
        state = StageState()
        stage.evolve(state, DoorsOpened(), NOON)
        assert state == StageState()
