"""Chapters follow from the log: each stretch on the stage is one, whatever was merged, undone, parked or came back."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.chapters import Chapter, Logged, Piece, chapters, chapters_at, program_ms
from rooms.attendance import ReportPresence
from rooms.base import SYSTEM, Actor, Command, Refused
from rooms.lifecycle import AdjournSession, CloseSession, ResumeSession
from rooms.outcomes import NoteOutcome
from rooms.questions import AnswerQuestion, MergeQuestion, ReturnQuestion, UnmergeQuestion, WithdrawQuestion
from rooms.session import Tick, decode_event
from rooms.turns import (
    CallTurn,
    CancelTurn,
    ClearSeat,
    FinishTurn,
    HallTurn,
    OfferTurn,
    ParkTurn,
    ReadOutTurn,
    ReadyTurn,
    TakeSeat,
)
from tests.rooms.hearing import BILAL, CHAIR, SALMA, ZAINAB, Hearing

PEOPLE = (ZAINAB, BILAL, SALMA)


def log_of(hearing: Hearing) -> list[Logged]:
    return [Logged(at, decode_event(body)) for _, at, body in hearing.log]


def of(hearing: Hearing) -> tuple[Chapter, ...]:
    return chapters(log_of(hearing), hearing.session)


def spans(found: tuple[Chapter, ...]) -> list[tuple[str, int, int]]:
    return [(each.kind, each.starts_at, each.ends_at) for each in found]


class TestChapters:
    def test_begin_with_the_opening_and_go_on_with_each_question(self) -> None:
        hearing = Hearing().live()
        began = hearing.now
        hearing.now += 60_000
        first = hearing.on_stage(ZAINAB)
        hearing.now += 90_000
        hearing.do(FinishTurn(turn=first))
        second = hearing.called(BILAL)
        hearing.now += 5_000
        hearing.do(ReadOutTurn(turn=second), BILAL)
        hearing.now += 10_000
        hearing.do(FinishTurn(turn=second))
        found = of(hearing)
        assert spans(found) == [
            ("opening", began, began + 60_000),
            ("stage", began + 60_000, began + 150_000),
            ("read_out", began + 155_000, began + 165_000),
        ]
        assert [each.seat for each in found] == ["", "c1", ""]
        assert found[1].questions == tuple(hearing.session.queue.asked_by[ZAINAB.participant])

    def test_have_a_second_one_where_the_line_broke_for_too_long(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage()
        hearing.now += 10_000
        hearing.do(ReportPresence(participant=ZAINAB.participant, role="citizen", present=False), SYSTEM)
        hearing.now += 50_000
        hearing.do(Tick(), SYSTEM)
        hearing.do(OfferTurn(turn=turn))
        hearing.do(ReadyTurn(turn=turn), ZAINAB)
        hearing.now += 30_000
        hearing.do(FinishTurn(turn=turn))
        found = [each for each in of(hearing) if each.kind == "stage"]
        assert [each.key for each in found] == [f"{turn}-1", f"{turn}-2"]
        assert [each.duration_ms for each in found] == [60_000, 30_000]

    def test_leave_out_calls_that_came_to_nothing(self) -> None:
        hearing = Hearing().live()
        hearing.do(CancelTurn(turn=hearing.called()))
        assert [each.kind for each in of(hearing)] == []

    def test_name_what_was_answered_without_a_turn_but_nothing_private(self) -> None:
        hearing = Hearing().live()
        hearing.now += 1_000
        answered, back, private = hearing.admitted(ZAINAB), hearing.admitted(BILAL), hearing.ask(SALMA, private=True)
        ordered = hearing.admitted(SALMA)
        for each in (answered, back):
            hearing.do(AnswerQuestion(question=each))
        hearing.do(NoteOutcome(question=ordered, outcome="answered"))
        assert private in hearing.session.queue.questions
        found = [each for each in of(hearing) if each.kind == "written"]
        assert {each.questions[0] for each in found} == {answered, back, ordered}
        assert not any(each.spoken for each in found)

    def test_hear_a_question_from_a_hall_once(self) -> None:
        hearing = Hearing().live()
        hearing.do(TakeSeat(seat="hall"), CHAIR)
        question = hearing.admitted()
        hearing.do(HallTurn(question=question, seat="hall"))
        hearing.now += 20_000
        hearing.do(ClearSeat(seat="hall", reason="time_up"))
        (stage,) = (each for each in of(hearing) if each.kind == "stage")
        assert (stage.seat, stage.duration_ms, stage.questions) == ("hall", 20_000, (question,))


def on_air(hearing: Hearing) -> set[str]:
    """Turns that are being heard, or whose seat is held after they were, told from the state and not from events."""
    turns = hearing.session.stage.turns.values()
    here = {turn.id for turn in turns if turn.state in ("on_stage", "read_out")}
    return here | {turn.id for turn in turns if turn.state == "dropped" and turn.earlier == "on_stage"}


class Watched(Hearing):
    """A hearing that notes after each command who is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.began: dict[str, int] = {}
        self.stretches: list[tuple[str, int, int]] = []

    def look(self) -> None:
        now = on_air(self)
        for turn in [each for each in self.began if each not in now]:
            self.stretches.append((turn, self.began.pop(turn), self.now))
        for turn in now - self.began.keys():
            self.began[turn] = self.now

    def attempt(self, command: Command, by: Actor | None = None) -> None:
        try:
            self.do(command, by) if by else self.do(command)
        except Refused:
            return
        self.look()


def turn_of(hearing: Hearing, n: int) -> str:
    turns = list(hearing.session.stage.turns)
    return turns[n % len(turns)] if turns else "0" * 16


def question_of(hearing: Hearing, n: int) -> str:
    asked = list(hearing.session.queue.questions)
    return asked[n % len(asked)] if asked else "0" * 16


def moved(hearing: Watched, n: int, present: bool) -> None:
    who = PEOPLE[n % 3]
    hearing.attempt(ReportPresence(participant=who.participant, role="citizen", present=present), SYSTEM)


Move = Callable[[Watched, int], object]
MOVES: tuple[Move, ...] = (
    lambda h, n: h.admitted(PEOPLE[n % 3]) if len(h.session.queue.questions) < 8 and h.session.phase == "live" else 0,
    lambda h, n: h.attempt(CallTurn(question=question_of(h, n))),
    lambda h, n: h.attempt(CallTurn(question=question_of(h, n + 1))),
    lambda h, n: h.attempt(ReadyTurn(turn=turn_of(h, n)), PEOPLE[n % 3]),
    lambda h, n: h.attempt(ReadyTurn(turn=turn_of(h, n))),
    lambda h, n: h.attempt(ReadOutTurn(turn=turn_of(h, n))),
    lambda h, n: h.attempt(FinishTurn(turn=turn_of(h, n))),
    lambda h, n: h.attempt(ParkTurn(turn=turn_of(h, n))),
    lambda h, n: h.attempt(OfferTurn(turn=turn_of(h, n))),
    lambda h, n: h.attempt(CancelTurn(turn=turn_of(h, n))),
    lambda h, n: moved(h, n, False),
    lambda h, n: moved(h, n, True),
    lambda h, n: h.attempt(Tick(), SYSTEM),
    lambda h, n: h.attempt(AdjournSession(reason="prayer")),
    lambda h, n: h.attempt(ResumeSession()),
    lambda h, n: h.attempt(AnswerQuestion(question=question_of(h, n))),
    lambda h, n: h.attempt(MergeQuestion(question=question_of(h, n), into=question_of(h, n + 1))),
    lambda h, n: h.attempt(UnmergeQuestion(question=question_of(h, n))),
    lambda h, n: h.attempt(ReturnQuestion(question=question_of(h, n))),
    lambda h, n: h.attempt(WithdrawQuestion(question=question_of(h, n)), PEOPLE[n % 3]),
)


@given(st.lists(st.tuples(st.sampled_from(range(len(MOVES))), st.integers(0, 7), st.integers(1, 40_000)), max_size=60))
@settings(max_examples=60)
def test_every_stretch_on_the_stage_is_one_chapter_whatever_happens(steps: list[tuple[int, int, int]]) -> None:
    hearing = Watched()
    hearing.live()
    for move, n, passed in steps:
        hearing.now += passed
        MOVES[move](hearing, n)
    hearing.now += 1
    hearing.do(CloseSession())
    hearing.look()
    found = of(hearing)
    stretches = [each for each in found if each.kind in ("stage", "read_out")]
    assert sorted((each.key.rpartition("-")[0], each.starts_at, each.ends_at) for each in stretches) == sorted(
        hearing.stretches
    )
    assert [each.starts_at for each in found] == sorted(each.starts_at for each in found)
    assert len({each.key for each in found}) == len(found)
    for one in stretches:  # what is heard from one seat, or of one turn, is heard one after the other
        for other in stretches:
            same = one.seat and one.seat == other.seat or one.questions == other.questions
            assert one is other or not same or one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
    heard = {question for each in stretches for question in each.questions}
    assert not heard & {each.questions[0] for each in found if each.kind == "written"}
    opening = [each for each in found if each.kind == "opening"]
    assert len(opening) <= 1 and all(each.starts_at >= opening[0].ends_at for each in stretches for _ in opening)


def test_an_instant_belongs_to_what_began_last() -> None:
    found = (
        Chapter("opening", "opening", (), 0, 100),
        Chapter("a-1", "stage", ("a",), 100, 200),
        Chapter("written-b", "written", ("b",), 150, 150),
    )
    assert chapters_at(found, (-1, 0, 99, 100, 160, 900)) == [None, 0, 0, 1, 1, 1]


def test_an_instant_has_its_place_in_the_recording() -> None:
    pieces = (Piece(0, 1_000, 500), Piece(500, 1_500, 500), Piece(1_000, 4_000, 500))
    at = (900, 1_000, 1_700, 2_500, 4_100, 5_000)
    assert [program_ms(each, pieces) for each in at] == [0, 0, 700, 1_000, 1_100, None]
