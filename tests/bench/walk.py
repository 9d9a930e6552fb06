"""A random walk through a session: plausible commands of every type, now and then an implausible one.

A walker knows only what a person could know, the live session, and prefers whatever was accepted least so far. All
randomness comes from one seed, so a walk that found something can be walked again.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rooms import attendance, captions, closing, concerns, erasing, lifecycle, outcomes, questions, turns
from rooms.base import SYSTEM, Actor, Command
from rooms.queue import Question
from rooms.session import COMMANDS, Session, Tick, next_deadline
from rooms.staging import SITS

CITIZENS = 34
#: From so many steps on a session is a long one.
LONG = 500
#: Every participant's id begins alike and no other id does, so that one search of a frame's bytes finds a leak.
PERSON = "c0ffee"
#: Words that only their owner and the desk may read, and words that only the desk and those concerned may read.
SECRET, DESK_NOTE = "SECRET-", "DESKNOTE"
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def person(number: int) -> str:
    return f"{PERSON}{number:010x}"


def staff_of(role: Any, *numbers: int) -> list[Actor]:
    return [Actor(person(number), role, f"account-{number}") for number in numbers]


CITIZEN_ACTORS = [Actor(person(number), "citizen") for number in range(CITIZENS)]
MODERATORS = staff_of("moderator", 101, 102, 103)
CHAIR = staff_of("chair", 110)
CLERKS = staff_of("clerk", 140)
SITTERS = [*CHAIR, *staff_of("official", 120, 121), *staff_of("interpreter", 130), *CLERKS]
OFFICERS = staff_of("officer", 145)
PLANNERS = staff_of("administrator", 150)
EVERYBODY = [*CITIZEN_ACTORS, *MODERATORS, *SITTERS, *OFFICERS, *PLANNERS]
DESK = [*MODERATORS, *CHAIR]
STAFF = [*MODERATORS, *SITTERS, *OFFICERS]
PARTICIPANTS = [actor.participant for actor in EVERYBODY]

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
WORDS = ("پانی", "نہیں", "آتا", "road", "drain", "school", "teacher", "گلی", "bijli", "meter", "transfer", "deed")

Choice = tuple[Actor, Command]


@dataclass(frozen=True)
class Plan:
    """What kind of session a walk makes."""

    length: int
    ending: str
    crowded: bool = False


class Walker:
    """Chooses commands for one session.

    Arguments:
        accepted: how often each type was accepted in all walks so far; the rarest is tried most.
    """

    def __init__(self, session: Session, plan: Plan, rng: random.Random, accepted: Counter[type[Command]]) -> None:
        self.session = session
        self.plan = plan
        self.rng = rng
        self.accepted = accepted
        self.supported: set[tuple[str, str]] = set()

    def choose(self, steps: int, now: int) -> Choice:
        """The next command after `steps` accepted ones."""
        phase, rng = self.session.phase, self.rng
        if phase == "new":
            return SYSTEM if rng.random() < 0.5 else PLANNERS[0], self.schedule(now)
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

    # What there is to act upon

    def questions_in(self, *states: str) -> list[str]:
        return [each for state in states for _, each in self.session.queue.index.get(state, ())]

    def question_in(self, *states: str) -> str | None:
        found = self.questions_in(*states)
        return self.rng.choice(found) if found else None

    def any_question(self) -> str | None:
        return self.rng.choice(list(self.session.queue.questions)) if self.session.queue.questions else None

    def turn_in(self, *states: str) -> str | None:
        found = [turn.id for turn in self.session.stage.turns.values() if turn.state in states]
        return self.rng.choice(found) if found else None

    def any_turn(self) -> str | None:
        return self.rng.choice(list(self.session.stage.turns)) if self.session.stage.turns else None

    def owner(self, turn: str) -> Actor:
        return Actor(self.session.stage.turns[turn].participant, "citizen")

    def seat_where(self, fits: Callable[[Any], bool]) -> str | None:
        found = [seat.id for seat in self.session.stage.seats.values() if fits(seat)]
        return self.rng.choice(found) if found else None

    def desk(self) -> Actor:
        return self.rng.choice(DESK)

    def correct(self) -> Choice | None:
        last = self.session.captions.last
        line = captions.CorrectCaption(caption=self.rng.choice(last).id, line=self.words()) if last else None
        return (self.desk(), line) if line else None

    def words(self) -> str:
        return " ".join(self.rng.choices(WORDS, k=self.rng.randint(0, 5)))

    def note(self) -> str:
        """What the desk writes beside a reason: read by the desk and by the one concerned, never by the public."""
        return f"{DESK_NOTE} {self.words()}" if self.rng.random() < 0.5 else ""

    # Commands that need more than a line

    def schedule(self, now: int) -> Command:
        rng = self.rng
        more = rng.choices(("citizen", "official", "interpreter", "hall", "slides"), (1, 3, 3, 4, 3), k=3)
        if self.plan.length >= LONG:  # what needs a hall or a screen has its chance in every campaign
            more[:2] = "hall", "slides"
        kinds: list[Any] = ["official", "citizen", *more]
        number: Counter[str] = Counter()
        seats = []
        for kind in kinds:
            number[kind] += 1
            seats.append(lifecycle.SeatPlan(f"{kind}-{number[kind]}", kind))
        rng.shuffle(seats)
        long = 12 * HOUR_MS if self.plan.ending != "deadline" else 5 * MINUTE_MS
        return lifecycle.ScheduleSession(
            title={"ur": "کھلی کچہری", "en": "Open hearing"},
            starts_at=now + MINUTE_MS,
            ends_at=now + MINUTE_MS + long,
            seats=tuple(seats),
            timing=lifecycle.Timing(
                seat_hold_ms=rng.choice((5_000, 45_000)),
                answer_by_ms=rng.choice((10_000, 90_000)),
                staff_gone_ms=rng.choice((MINUTE_MS, 15 * MINUTE_MS)),
                end_grace_ms=MINUTE_MS if self.plan.ending == "deadline" else 2 * HOUR_MS,
            ),
            practice=rng.random() < 0.2,
            categories=rng.choice(((), (), ("water",), ("water", "roads"))),
        )

    def ask(self) -> Choice:
        rng = self.rng
        actor = rng.choice(CITIZEN_ACTORS) if rng.random() < 0.93 else rng.choice([*CLERKS, *MODERATORS])
        hide, private = rng.random() < 0.25, rng.random() < 0.15
        name = rng.choice(("", "Nasreen", "رحمت اللہ"))
        secret = SECRET + actor.participant
        return actor, questions.AskQuestion(
            kind=rng.choice(("grievance", "question", "suggestion", "information", "praise")),
            category=rng.choice(("water", "roads", "other")),
            area=rng.choice(("", "ward-7")),
            village=rng.choice(("", f"{secret} chak" if private else "چک 112")),
            spoken=rng.random() < 0.3,
            text=rng.choice(("", f"{secret} {self.words()}"))
            if private
            else f"{self.words()}?" * rng.choice((0, 1, 1, 9)),
            name=f"{secret} {name}" if hide or private else name,
            hide_name=hide,
            private=private,
            channel=rng.choice(("live", "web", "kiosk", "desk")),
            claimed_arrival=rng.choice((None, 1)),
        )

    def support(self) -> Choice | None:
        found = self.question_in("new", "held", "admitted", "called", "refusing")
        actor = self.rng.choice(CITIZEN_ACTORS)
        return (actor, questions.SupportQuestion(question=found)) if found else None

    def merge(self) -> Choice | None:
        found, into = self.question_in("new", "held", "admitted"), self.any_question()
        if found is None or into is None:
            return None
        return self.desk(), questions.MergeQuestion(question=found, into=into)

    def move(self) -> Choice | None:
        found, before = self.question_in("admitted"), self.question_in("admitted")
        if found is None or (found == before and self.rng.random() < 0.9):
            return None
        to = before if self.rng.random() < 0.8 else None
        return self.desk(), questions.MoveQuestion(question=found, before=to, reason="with_child", note=self.note())

    def decided(self) -> Choice | None:
        """What was decided aloud; of a private matter nobody but its owner and the desk reads the words."""
        found = self.question_in("admitted", "called", "called", "heard", "heard", "answered", "deferred")
        if found is None:
            return None
        question: Question = self.session.queue.questions[found]
        secret = f"{SECRET}{question.asker} " if question.private else ""
        kind: Any = self.rng.choice(("answered", "ordered", "referred", "refused"))
        whole = self.rng.random() < 0.95
        note = outcomes.NoteOutcome(
            question=found,
            outcome=kind,
            office="wasa" if kind in ("ordered", "referred") and whole else None,
            due="2026-02-01" if kind == "ordered" else None,
            rule=f"{secret}rule 7" if kind == "refused" or self.rng.random() < 0.1 else "",
            note=f"{secret}پمپ {self.words()}" if kind == "ordered" or self.rng.random() < 0.5 else "",
        )
        return self.rng.choice([*DESK, *CLERKS]), note

    def read_back(self) -> Choice | None:
        """An order that is read back: she says yes or no, by her own phone or aloud; now and then to older words."""
        known = self.session.queue.questions
        ordered = [each for each in known.values() if each.outcome and each.outcome.kind == "ordered"]
        if not ordered:
            return None
        question = self.rng.choice(ordered)
        assert question.outcome is not None
        words = question.outcome.note if self.rng.random() < 0.95 else "f" * 16
        her = Actor(question.asker, "citizen")
        command = outcomes.ReadBack(question=question.id, words=words, agreed=self.rng.random() < 0.7)
        return (her if self.rng.random() < 0.6 else self.rng.choice([*DESK, *CLERKS])), command

    def claim(self) -> Choice | None:
        found = self.question_in("new", "new", "held", "admitted", "refusing", "heard", "withdrawn")
        return (self.rng.choice([*DESK, *CLERKS]), questions.ClaimQuestion(question=found)) if found else None

    def release(self) -> Choice | None:
        """Mostly by whoever holds it; by somebody else it is refused, or comes too late."""
        claims = self.session.queue.claims
        found = self.rng.choice(list(claims)) if claims else self.any_question()
        if found is None:
            return None
        holders = [each for each in (*DESK, *CLERKS) if found in claims and claims[found].by == each.participant]
        actor = self.rng.choice(holders if holders and self.rng.random() < 0.8 else DESK)
        return actor, questions.ReleaseQuestion(question=found)

    def objects(self) -> Choice | None:
        barred = [each for each in EVERYBODY if each.participant in self.session.attendance.barred]
        if not barred:
            return None
        return self.rng.choice(barred), attendance.ObjectToBar(note=f"{DESK_NOTE} {self.words()}")

    def confirm(self) -> Choice | None:
        found = self.question_in("refusing")
        return (self.desk(), questions.ConfirmRefusal(question=found)) if found else None

    def withdraw(self) -> Choice | None:
        found = self.question_in("new", "held", "admitted", "called", "deferred", "merged", "not_taken")
        if found is None:
            return None
        question: Question = self.session.queue.questions[found]
        return Actor(question.asker, "citizen"), questions.WithdrawQuestion(question=found)

    def call(self) -> Choice | None:
        found = self.questions_in(self.rng.choice(("admitted", "admitted", "admitted", "heard", "answered")))
        if self.rng.random() < 0.95:  # else anything, to be refused
            found = [each for each in found if self.callable(self.session.queue.questions[each])]
        if not found:
            return None
        free = self.seat_where(lambda seat: seat.kind == "citizen" and not seat.turn)
        seat = free if self.rng.random() < 0.3 else None
        return self.desk(), turns.CallTurn(question=self.rng.choice(found), seat=seat)

    def callable(self, question: Question) -> bool:
        busy = self.session.stage.turn_of(question.asker) is not None
        return not question.private and not busy and question.asker not in self.session.attendance.barred

    def stage(self) -> Choice | None:
        found = self.turn_in("ready")
        free = self.seat_where(lambda seat: seat.kind == "citizen" and not seat.turn)
        seat = free if self.rng.random() < 0.5 else None
        return (self.desk(), turns.StageTurn(turn=found, seat=seat)) if found else None

    def of_turn(self, states: tuple[str, ...], make: Callable[[str], Command], own: float) -> Choice | None:
        """A command about a turn, given by its owner with probability `own`, else by the desk."""
        found = self.turn_in(*states)
        if found is None:
            return None
        actor = self.owner(found) if self.rng.random() < own else self.desk()
        return actor, make(found)

    def of_question(self, states: tuple[str, ...], make: Callable[[str], Command]) -> Choice | None:
        found = self.question_in(*states)
        return (self.desk(), make(found)) if found else None

    def take_seat(self) -> Choice | None:
        seat = self.seat_where(lambda seat: seat.kind != "citizen" and not seat.participant)
        if seat is None:
            return None
        kind = self.session.stage.seats[seat].kind
        fitting = [each for each in SITTERS if each.role in SITS[kind] or self.rng.random() < 0.05]
        return self.rng.choice(fitting or SITTERS), turns.TakeSeat(seat=seat)

    def leave_seat(self) -> Choice | None:
        name = self.seat_where(lambda seat: bool(seat.participant) and (not seat.turn or seat.kind == "hall"))
        if name is None:
            return None
        sits = self.session.stage.seats[name].participant
        return next(each for each in SITTERS if each.participant == sits), turns.LeaveSeat(seat=name)

    def mute(self) -> Choice | None:
        name = self.seat_where(lambda seat: bool(seat.participant))
        return (self.desk(), turns.MuteSeat(seat=name, muted=self.rng.random() < 0.5)) if name else None

    def floor(self) -> Choice | None:
        name = self.seat_where(lambda seat: seat.kind != "slides" and bool(seat.participant))
        return self.desk(), turns.GiveFloor(seat=name if self.rng.random() < 0.8 else None)

    def talk(self) -> Choice | None:
        name = self.seat_where(lambda seat: seat.kind != "slides" and bool(seat.participant))
        mode: Any = self.rng.choice(("open", "hold"))
        return (self.desk(), turns.SetTalk(seat=name, mode=mode)) if name else None

    def show(self) -> Choice | None:
        name = self.seat_where(lambda seat: seat.kind == "slides" and bool(seat.participant))
        return (self.desk(), turns.NameShown(seat=name, note=self.words())) if name else None

    def hall(self) -> Choice | None:
        """A question from a hall: one of the line, or one whose asker is on her way to the stage or was parked."""
        name = self.seat_where(lambda seat: seat.kind == "hall" and bool(seat.participant) and not seat.turn)
        on_way = [turn.questions[0] for turn in self.session.stage.turns.values() if turn.state in (*HERE, "parked")]
        waiting = [
            each for each in self.questions_in("admitted", "heard") if self.callable(self.session.queue.questions[each])
        ]
        found = on_way if on_way and self.rng.random() < 0.4 else waiting
        if name is None or not found:
            return None
        return self.desk(), turns.HallTurn(question=self.rng.choice(found), seat=name)

    def used(self, kind: str, command: type[Command], now: int) -> Choice | None:
        """Somebody sits in a hall or at a screen where nobody does, and then there is something to ask or to show."""
        seats = [seat for seat in self.session.stage.seats.values() if seat.kind == kind]
        if not seats or any(seat.participant for seat in seats):
            return GENERATE[command](self, now)
        sits = self.rng.choice([each for each in SITTERS if each.role in SITS[kind]])
        return sits, turns.TakeSeat(seat=seats[0].id)

    def clear(self) -> Choice | None:
        name = self.seat_where(lambda seat: bool(seat.participant or seat.turn))
        return (self.desk(), turns.ClearSeat(seat=name, reason="disruption")) if name else None

    def presence(self) -> Choice | None:
        rng = self.rng
        turn = self.any_turn()
        if turn is not None and rng.random() < 0.6:
            state = self.session.stage.turns[turn].state
            report = attendance.ReportPresence(
                participant=self.owner(turn).participant,
                role="citizen",
                present=state == "dropped",
                cause=rng.choice(("socket", "media")),
            )
            return SYSTEM, report
        staff = rng.choice(DESK if rng.random() < 0.6 else STAFF)
        here = staff.participant in self.session.attendance.staff
        present = not here if rng.random() < 0.7 else True
        return SYSTEM, attendance.ReportPresence(participant=staff.participant, role=staff.role, present=present)

    def bar(self, kind: Any, **more: Any) -> Choice:
        who = self.rng.choice(CITIZEN_ACTORS if self.rng.random() < 0.97 else SITTERS).participant
        reason = self.rng.choice(("abuse", "disruption", "personal_data"))
        return self.desk(), kind(participant=who, reason=reason, note=self.note(), **more)

    def unbar(self) -> Choice | None:
        barred = list(self.session.attendance.barred)
        if not barred:
            return None
        return self.desk(), attendance.UnblockParticipant(participant=self.rng.choice(barred))

    def erase(self) -> Choice | None:
        """Everything that somebody said, or what is left of it."""
        who = self.rng.choice(CITIZEN_ACTORS).participant
        asked = [self.session.queue.questions[each] for each in self.session.queue.asked_by.get(who, ())]
        words = tuple(each for one in asked for each in (one.content, one.name, one.village) if each)
        return (SYSTEM, erasing.EraseContent(participant=who, contents=words)) if words else None

    def course(self, phases: tuple[str, ...], command: Command) -> Choice | None:
        return (self.desk(), command) if self.session.phase in phases else None

    def reschedule(self, now: int) -> Choice | None:
        long = 12 * HOUR_MS if self.plan.ending != "deadline" else 5 * MINUTE_MS
        rng = self.rng
        again = lifecycle.RescheduleSession(
            starts_at=now + MINUTE_MS,
            ends_at=now + MINUTE_MS + long,
            title=rng.choice((None, {"ur": "کچہری", "en": "Another name"})),
            categories=rng.choice((None, (), ("water",), ("roads", "land"))),
            seats=rng.choice((None, (lifecycle.SeatPlan("citizen-1", "citizen"), lifecycle.SeatPlan("o", "official")))),
            timing=rng.choice((None, None, lifecycle.Timing(turn_ms=MINUTE_MS, end_grace_ms=MINUTE_MS))),
        )
        return self.course(("scheduled", "postponed"), again)


HERE = ("called", "on_deck", "ready")
WAITING = ("new", "held", "admitted")
ANY_OPEN = (*WAITING, "called", "heard", "answered", "deferred", "merged", "not_taken", "refusing")

#: For each type, how a walker words it; None when nothing in the session fits.
GENERATE: dict[type[Command], Callable[[Walker, int], Choice | None]] = {
    lifecycle.OpenDoors: lambda w, now: w.course(("scheduled",), lifecycle.OpenDoors()),
    lifecycle.StartSession: lambda w, now: w.course(("scheduled", "doors_open"), lifecycle.StartSession()),
    lifecycle.AdjournSession: lambda w, now: w.course(
        ("live",), lifecycle.AdjournSession(reason=w.rng.choice(("break", "prayer", "technical")), note=w.words())
    ),
    lifecycle.ResumeSession: lambda w, now: w.course(("adjourned",), lifecycle.ResumeSession()),
    lifecycle.PostponeSession: lambda w, now: w.course(
        ("scheduled", "doors_open"), lifecycle.PostponeSession(reason="official_away", note=w.words())
    ),
    lifecycle.RescheduleSession: lambda w, now: w.reschedule(now),
    questions.AskQuestion: lambda w, now: w.ask(),
    questions.SupportQuestion: lambda w, now: w.support(),
    questions.ClassifyQuestion: lambda w, now: w.of_question(
        ANY_OPEN, lambda q: questions.ClassifyQuestion(question=q, category=w.rng.choice(("water", "land")))
    ),
    concerns.ConcernQuestion: lambda w, now: w.of_question(
        ANY_OPEN, lambda q: concerns.ConcernQuestion(question=q, about=w.rng.choice(("", "xen", "office/water")))
    ),
    questions.ClaimQuestion: lambda w, now: w.claim(),
    questions.ReleaseQuestion: lambda w, now: w.release(),
    questions.ReturnQuestion: lambda w, now: w.of_question(
        ("held", "not_taken", "deferred", "admitted"), lambda q: questions.ReturnQuestion(question=q)
    ),
    outcomes.NoteOutcome: lambda w, now: w.decided(),
    outcomes.ReadBack: lambda w, now: w.read_back(),
    questions.HoldQuestion: lambda w, now: w.of_question(
        ("new", "admitted"), lambda q: questions.HoldQuestion(question=q, reason="unclear", note=w.note())
    ),
    questions.AdmitQuestion: lambda w, now: w.of_question(
        ("new", "new", "held", "deferred", "not_taken"), lambda q: questions.AdmitQuestion(question=q)
    ),
    questions.MergeQuestion: lambda w, now: w.merge(),
    questions.UnmergeQuestion: lambda w, now: w.of_question(
        ("merged",), lambda q: questions.UnmergeQuestion(question=q)
    ),
    questions.NotTakeQuestion: lambda w, now: w.of_question(
        WAITING, lambda q: questions.NotTakeQuestion(question=q, reason="in_court", note=w.note())
    ),
    questions.RefuseQuestion: lambda w, now: w.of_question(
        (*WAITING, "not_taken"), lambda q: questions.RefuseQuestion(question=q, reason="abuse")
    ),
    questions.ConfirmRefusal: lambda w, now: w.confirm(),
    questions.OverturnRefusal: lambda w, now: w.of_question(
        ("refusing",), lambda q: questions.OverturnRefusal(question=q)
    ),
    questions.WithdrawQuestion: lambda w, now: w.withdraw(),
    questions.AnswerQuestion: lambda w, now: w.of_question(
        ("admitted", "called", "heard", "deferred"), lambda q: questions.AnswerQuestion(question=q, note=w.note())
    ),
    questions.DeferQuestion: lambda w, now: w.of_question(
        ("admitted", "called", "heard"),
        lambda q: questions.DeferQuestion(question=q, reason="needs_file", note=w.note()),
    ),
    questions.MoveQuestion: lambda w, now: w.move(),
    questions.DeclarePolicy: lambda w, now: (w.desk(), questions.DeclarePolicy(policy="arrival")),
    turns.CallTurn: lambda w, now: w.call(),
    turns.AcceptTurn: lambda w, now: w.of_turn(("called",), lambda t: turns.AcceptTurn(turn=t), 1),
    turns.ReadyTurn: lambda w, now: w.of_turn(("called", "on_deck"), lambda t: turns.ReadyTurn(turn=t), 1),
    turns.StageTurn: lambda w, now: w.stage(),
    turns.WaitTurn: lambda w, now: w.of_turn(HERE, lambda t: turns.WaitTurn(turn=t), 1),
    turns.ReadOutTurn: lambda w, now: w.of_turn((*HERE, "parked", "dropped"), lambda t: turns.ReadOutTurn(turn=t), 0.5),
    turns.FinishTurn: lambda w, now: w.of_turn(
        ("on_stage", "read_out", "dropped"), lambda t: turns.FinishTurn(turn=t), 0.3
    ),
    turns.ExtendTurn: lambda w, now: w.of_turn(
        ("on_stage",), lambda t: turns.ExtendTurn(turn=t, extra_ms=w.rng.choice((1_000, 60_000, 300_000))), 0
    ),
    turns.OfferTurn: lambda w, now: w.of_turn(("parked",), lambda t: turns.OfferTurn(turn=t), 0),
    turns.ParkTurn: lambda w, now: w.of_turn(
        (*HERE, "on_stage", "dropped", "read_out"), lambda t: turns.ParkTurn(turn=t), 0
    ),
    turns.CancelTurn: lambda w, now: w.of_turn(
        (*HERE, "parked", "dropped", "read_out"), lambda t: turns.CancelTurn(turn=t), 0
    ),
    turns.TakeSeat: lambda w, now: w.take_seat(),
    turns.LeaveSeat: lambda w, now: w.leave_seat(),
    turns.MuteSeat: lambda w, now: w.mute(),
    turns.ClearSeat: lambda w, now: w.clear(),
    turns.GiveFloor: lambda w, now: w.floor(),
    turns.SetTalk: lambda w, now: w.talk(),
    turns.NameShown: lambda w, now: w.show(),
    turns.HallTurn: lambda w, now: w.hall(),
    captions.TypeCaption: lambda w, now: (w.desk(), captions.TypeCaption(language="ur", line=w.words() or "جی")),
    captions.CorrectCaption: lambda w, now: w.correct(),
    captions.WithholdCaptions: lambda w, now: (
        w.desk(),
        captions.WithholdCaptions(reach_ms=w.rng.choice((0, 5_000))),
    ),
    attendance.ReportPresence: lambda w, now: w.presence(),
    attendance.CountAttendance: lambda w, now: (
        SYSTEM,
        attendance.CountAttendance(present=w.rng.randint(0, 5_000)),
    ),
    attendance.RemoveParticipant: lambda w, now: w.bar(attendance.RemoveParticipant),
    attendance.BlockParticipant: lambda w, now: w.bar(
        attendance.BlockParticipant, until=w.rng.choice((None, now + MINUTE_MS))
    ),
    attendance.ObjectToBar: lambda w, now: w.objects(),
    attendance.UnblockParticipant: lambda w, now: w.unbar(),
    erasing.EraseContent: lambda w, now: w.erase(),
    Tick: lambda w, now: (SYSTEM, Tick()),
}
