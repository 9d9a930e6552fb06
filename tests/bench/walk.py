"""A random walk through a session: plausible commands of every type, now and then an implausible one.

A walker knows only what a person could know, the live session, and prefers whatever was accepted least so far. All
randomness comes from one seed, so a walk that found something can be walked again.
"""

from __future__ import annotations

import random
from collections import Counter

from rooms import attendance, closing, lifecycle, outcomes, questions, turns
from rooms.base import SYSTEM, Command
from rooms.session import COMMANDS, Session, Tick, next_deadline
from rooms.staging import SITS

from . import walk_course, walk_questions, walk_turns
from .walk_cast import DESK, EVERYBODY, PLANNERS, SITTERS
from .walk_sight import Choice, Plan, Sight, Wording

#: What the walker itself decides: when to begin and to end, and the server's own work on a close.
STEERED = (
    lifecycle.ScheduleSession,
    lifecycle.CancelSession,
    lifecycle.CloseSession,
    closing.OpenTickets,
    closing.SealSession,
)
FREE = tuple(kind for kind in COMMANDS if kind not in STEERED)
#: What others depend on is wanted more often than the rest, as a part of all commands.
SHARES: dict[type[Command], float] = {
    questions.AskQuestion: 0.05,
    questions.AdmitQuestion: 0.05,
    questions.RefuseQuestion: 0.03,
    questions.ConfirmRefusal: 0.03,
    questions.OverturnRefusal: 0.03,
    questions.MoveQuestion: 0.04,
    questions.UnmergeQuestion: 0.025,
    turns.WaitTurn: 0.03,
    turns.FinishTurn: 0.02,
    turns.LeaveSeat: 0.02,
    turns.OfferTurn: 0.02,
    turns.ExtendTurn: 0.02,
    lifecycle.OpenDoors: 0.02,
    turns.CallTurn: 0.09,
    turns.ReadyTurn: 0.04,
    turns.AcceptTurn: 0.02,
    attendance.ReportPresence: 0.03,
    attendance.UnblockParticipant: 0.03,
    attendance.ObjectToBar: 0.02,
    questions.ClaimQuestion: 0.02,
    questions.ReleaseQuestion: 0.02,
    outcomes.NoteOutcome: 0.03,
}

#: For each type, how a walker words it.
GENERATE: dict[type[Command], Wording] = walk_questions.WORDED | walk_turns.WORDED | walk_course.WORDED


class Walker(Sight):
    """Chooses commands for one session.

    Arguments:
        accepted: how often each type was accepted in all walks so far; the rarest is tried most.
    """

    def __init__(self, session: Session, plan: Plan, rng: random.Random, accepted: Counter[type[Command]]) -> None:
        super().__init__(session, plan, rng)
        self.accepted = accepted
        self.supported: set[tuple[str, str]] = set()

    def choose(self, steps: int, now: int) -> Choice:
        """The next command after `steps` accepted ones."""
        phase, rng = self.session.phase, self.rng
        if phase == "new":
            return SYSTEM if rng.random() < 0.5 else PLANNERS[0], walk_course.schedule(self, now)
        if phase == "closing" and rng.random() < 0.8:
            done = self.session.closing.done == len(self.session.closing.order)
            wrong = rng.random() < 0.05
            return SYSTEM, closing.SealSession() if done != wrong else closing.OpenTickets()
        if phase in lifecycle.OPEN and steps >= self.plan.length:
            return self.end(now)
        if rng.random() < 0.06:
            return self.stray(now)
        due = next_deadline(self.session)
        if due is not None and due <= now and rng.random() < 0.25:
            return SYSTEM, Tick()
        if (onward := self.onward(steps, now)) is not None:
            return onward
        total = max(500, self.accepted.total())
        weights = [self.weight(kind, total) for kind in FREE]
        for kind in rng.choices(FREE, weights, k=40):
            found = GENERATE[kind](self, now)
            if found is not None:
                return found
        return self.stray(now)

    def weight(self, kind: type[Command], total: int) -> float:
        """High while a type has had less than its share of the commands accepted so far, low afterwards."""
        asked = len(self.session.queue.questions)
        if kind is questions.AskQuestion and asked < (290 if self.plan.crowded else 4):
            return 20.0
        share = SHARES.get(kind, 0.013)
        return 1 / (0.1 + self.accepted[kind] / total / share) ** 3

    def onward(self, steps: int, now: int) -> Choice | None:
        """Now and then what brings a hearing forward: it goes live, and whoever is ready gets a seat."""
        session, rng = self.session, self.rng
        if session.phase == "live":
            waits = any(turn.state == "ready" for turn in session.stage.turns.values())
            if waits and rng.random() < 0.85:
                if self.seat_where(lambda seat: seat.kind == "citizen" and not seat.turn) is not None:
                    return GENERATE[turns.StageTurn](self, now)
                seat = rng.choice([seat for seat in session.stage.seats.values() if seat.turn])
                off: Command = turns.ClearSeat(seat=seat.id, reason="time_up")
                return self.desk(), rng.choice((off, turns.ParkTurn(turn=seat.turn), turns.FinishTurn(turn=seat.turn)))
            for kind, wanted in (("hall", turns.HallTurn), ("slides", turns.NameShown)):
                lacking = self.accepted[wanted] < 0.01 * self.accepted.total()
                if lacking and (found := self.used(kind, wanted, now)) is not None:
                    return found
            if rng.random() < 0.7:
                coming = [turn for turn in session.stage.turns.values() if turn.state in ("called", "on_deck")]
                unseated = [turn for turn in coming if not turn.seat]
                if unseated:
                    return self.owner(unseated[0].id), turns.ReadyTurn(turn=unseated[0].id)
                return GENERATE[turns.CallTurn](self, now) if len(coming) < 3 else None
        elif self.plan.ending != "cancelled" and steps > 5 and rng.random() < 0.3:
            forward: dict[str, type[Command]] = {
                "postponed": lifecycle.RescheduleSession,
                "adjourned": lifecycle.ResumeSession,
            }
            return GENERATE[forward.get(session.phase, lifecycle.StartSession)](self, now)
        return None

    def used(self, kind: str, command: type[Command], now: int) -> Choice | None:
        """Somebody sits in a hall or at a screen where nobody does, and then there is something to ask or to show."""
        seats = [seat for seat in self.session.stage.seats.values() if seat.kind == kind]
        if not seats or any(seat.participant for seat in seats):
            return GENERATE[command](self, now)
        sits = self.rng.choice([each for each in SITTERS if each.role in SITS[kind]])
        return sits, turns.TakeSeat(seat=seats[0].id)

    def end(self, now: int) -> Choice:
        match self.plan.ending:
            case "cancelled":
                return self.desk(), lifecycle.CancelSession(reason="official_away", note=self.words())
            case "deadline" if (due := next_deadline(self.session)) is not None and due <= now:
                return SYSTEM, Tick()
            case _:
                return self.rng.choice(DESK), lifecycle.CloseSession()

    def stray(self, now: int) -> Choice:
        """Somebody does something out of place: a role, a phase or an id that does not fit."""
        rng = self.rng
        kind = rng.choice(FREE)
        found = GENERATE[kind](self, now)
        actor = rng.choice([*EVERYBODY, SYSTEM])
        if found is not None:
            return (found[0] if kind is questions.AskQuestion else actor), found[1]
        question, turn = self.any_question() or "0" * 16, self.any_turn() or "0" * 16
        strays: tuple[Command, ...] = (
            questions.AdmitQuestion(question=question),
            questions.AnswerQuestion(question=question),
            questions.MoveQuestion(question=question, before=self.any_question(), reason="correction"),
            questions.MergeQuestion(question=question, into=self.any_question() or question),
            turns.CallTurn(question=question, seat=rng.choice((None, "citizen-1", "official-1", "nowhere"))),
            turns.ReadyTurn(turn=turn),
            turns.StageTurn(turn=turn, seat=rng.choice(("citizen-1", "citizen-2", "official-1"))),
            turns.FinishTurn(turn=turn),
            turns.ParkTurn(turn=turn),
            turns.TakeSeat(seat=rng.choice(("official-1", "citizen-1", "nowhere"))),
            lifecycle.StartSession(),
            closing.SealSession(),
            Tick(),
        )
        return actor, rng.choice(strays)
