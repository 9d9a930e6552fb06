"""Whatever people do, in whatever order: the log is the session, a refusal changes nothing, deadlines are exact."""

import random
from collections import Counter

import pytest

from rooms.attendance import BlockParticipant, CountAttendance, RemoveParticipant, ReportPresence, UnblockParticipant
from rooms.base import Actor, Command, Refused
from rooms.closing import OpenTickets, SealSession
from rooms.concerns import ConcernQuestion
from rooms.lifecycle import AdjournSession, CloseSession, ResumeSession
from rooms.questions import (
    AdmitQuestion,
    AnswerQuestion,
    AskQuestion,
    ClassifyQuestion,
    ConfirmRefusal,
    DeferQuestion,
    HoldQuestion,
    MergeQuestion,
    MoveQuestion,
    NotTakeQuestion,
    OverturnRefusal,
    RefuseQuestion,
    SupportCounted,
    SupportQuestion,
    UnmergeQuestion,
    WithdrawQuestion,
)
from rooms.session import Session, Tick, decide, next_deadline
from rooms.stage import SEATED
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
    WaitTurn,
)
from rooms.views import AUDIENCES, view

from .hearing import CHAIR, MODERATOR, SECOND, Hearing, person

STAFF = (MODERATOR, SECOND, CHAIR)
CITIZENS = tuple(person(0x100 + number) for number in range(9))


class Crowd:
    """People who do what comes to their minds."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.hearing = Hearing().live()

    def question(self) -> str:
        return self.dice.choice([*self.hearing.session.queue.questions, "f" * 16])

    def turn(self) -> str:
        return self.dice.choice([*self.hearing.session.stage.turns, "f" * 16])

    def next(self) -> tuple[Command, Actor]:
        dice, someone = self.dice, self.dice.choice(CITIZENS)
        staff = dice.choice(STAFF)
        seat = dice.choice([*self.hearing.session.stage.seats, "none"])
        question, turn = self.question(), self.turn()
        commands: list[tuple[Command, Actor]] = [
            (AskQuestion(text="x", private=dice.random() < 0.1, hide_name=dice.random() < 0.2), someone),
            (AskQuestion(text="x"), someone),
            (SupportQuestion(question=question), someone),
            (ClassifyQuestion(question=question, category="road"), staff),
            (ConcernQuestion(question=question, about=dice.choice(("", "xen"))), staff),
            (HoldQuestion(question=question, reason="later"), staff),
            *[(AdmitQuestion(question=self.question()), staff) for _ in range(4)],
            (MergeQuestion(question=question, into=self.question()), staff),
            (UnmergeQuestion(question=question), staff),
            (NotTakeQuestion(question=question, reason="no_time"), staff),
            (RefuseQuestion(question=question, reason="spam"), staff),
            (ConfirmRefusal(question=question), staff),
            (OverturnRefusal(question=question), staff),
            (WithdrawQuestion(question=question), someone),
            (AnswerQuestion(question=question), staff),
            (DeferQuestion(question=question, reason="no_time"), staff),
            (MoveQuestion(question=question, before=dice.choice([None, self.question()]), reason="urgent"), staff),
            *[(CallTurn(question=self.question(), seat=dice.choice([None, None, seat])), staff) for _ in range(3)],
            *[(command(turn=self.turn()), someone) for command in (AcceptTurn, ReadyTurn, WaitTurn, ReadOutTurn)],
            *[(command(turn=self.turn()), staff) for command in (FinishTurn, OfferTurn, ParkTurn, CancelTurn)],
            (StageTurn(turn=turn), staff),
            (ExtendTurn(turn=turn, extra_ms=30_000), staff),
            (TakeSeat(seat=seat), staff),
            (LeaveSeat(seat=seat), staff),
            (MuteSeat(seat=seat, muted=dice.random() < 0.5), staff),
            (ClearSeat(seat=seat, reason="time_up"), staff),
            (ReportPresence(participant=someone.participant, role="citizen", present=dice.random() < 0.5), staff),
            (ReportPresence(participant=staff.participant, role="moderator", present=dice.random() < 0.5), staff),
            (BlockParticipant(participant=someone.participant, reason="abuse", until=self.hearing.now + 9_000), staff),
            (RemoveParticipant(participant=someone.participant, reason="disruption"), staff),
            (UnblockParticipant(participant=someone.participant), staff),
            (CountAttendance(present=dice.randrange(99)), staff),
            (Tick(), staff),
            (AdjournSession(reason="break"), staff),
            *[(ResumeSession(), staff)] * 4,
        ]
        return dice.choice(commands)

    def step(self) -> str:
        hearing = self.hearing
        hearing.now += self.dice.choice([0, 50, 2_000, 20_000])
        command, by = self.next()
        words = {field: "الفاظ" for field in command.texts}
        try:
            hearing.do(command, by, **words)
        except Refused as refused:
            return refused.code
        if hearing.facts:
            fact = hearing.facts.pop()
            hearing.record(SupportCounted(counts={fact.subject: self.dice.randrange(1, 50)}))
        return "accepted"


def check(session: Session) -> None:
    """What must be true after every step."""
    queue, stage = session.queue, session.stage
    for state, rows in queue.index.items():
        assert rows == sorted(rows)
        assert {each for _, each in rows} == {each.id for each in queue.questions.values() if each.state == state}
    for question in queue.questions.values():
        assert (question.state == "merged") == bool(question.parent)
        if question.parent:
            assert question.id in queue.followers[question.parent]
            assert queue.questions[question.parent].state not in ("merged", "refused", "withdrawn")
    for turn in stage.turns.values():
        assert turn.state != "ended"
        assert not turn.seat or turn.state in SEATED
        assert not turn.seat or stage.seats[turn.seat].turn == turn.id
    for seat in stage.seats.values():
        assert not seat.turn or stage.turns[seat.turn].seat == seat.id
    people = list(stage.heard().values())
    assert len(people) == len(set(people))


class TestEverySession:
    @pytest.mark.parametrize("seed", range(4))
    def test_stays_whole_and_equals_its_log(self, seed: int) -> None:
        crowd = Crowd(seed)
        told: Counter[str] = Counter()
        for number in range(1_200):
            told[crowd.step()] += 1
            check(crowd.hearing.session)
            if number % 300 == 0:
                assert crowd.hearing.session == crowd.hearing.replayed()
        session, again = crowd.hearing.session, crowd.hearing.replayed()
        assert session == again
        for audience in AUDIENCES:
            assert view(session, audience, crowd.hearing.texts) == view(again, audience, crowd.hearing.texts)
        assert told["accepted"] > 300
        if session.phase == "live" or session.phase == "adjourned":
            crowd.hearing.do(CloseSession())
        while crowd.hearing.do(OpenTickets()):
            pass
        crowd.hearing.do(SealSession())
        balance = crowd.hearing.session.closing.balance
        assert balance is not None
        assert balance.balanced
        assert balance.raised == len(session.queue.questions)

    @pytest.mark.parametrize("seed", range(2))
    def test_has_something_to_do_exactly_at_its_deadline(self, seed: int) -> None:
        crowd = Crowd(100 + seed)
        for _ in range(400):
            crowd.step()
            hearing = crowd.hearing
            due = next_deadline(hearing.session)
            if due is None or due <= hearing.now:
                hearing.do(Tick())
                continue
            hearing.now, now = due - 1, hearing.now
            assert hearing.do(Tick()) == []
            hearing.now = due
            assert decide(hearing.session, Tick(), MODERATOR, hearing.context())
            hearing.now = now


class TestADecision:
    def test_a_command_without_a_rule_is_a_mistake_of_ours(self) -> None:
        class Odd(Command, frozen=True, kw_only=True, tag="test.odd"):
            pass

        with pytest.raises(AssertionError, match="no rule for Odd"):
            decide(Hearing().session, Odd(), MODERATOR, Hearing().context())
