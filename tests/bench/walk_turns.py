"""How a walker words what is done to turns and seats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rooms import turns
from rooms.base import Command
from rooms.queue import Question
from rooms.staging import SITS

from .walk_cast import SITTERS
from .walk_sight import HERE, Choice, Sight, Wording


def of_turn(walk: Sight, states: tuple[str, ...], make: Callable[[str], Command], own: float) -> Choice | None:
    """A command about a turn, given by its owner with probability `own`, else by the desk."""
    found = walk.turn_in(*states)
    if found is None:
        return None
    actor = walk.owner(found) if walk.rng.random() < own else walk.desk()
    return actor, make(found)


def call(walk: Sight) -> Choice | None:
    found = walk.questions_in(walk.rng.choice(("admitted", "admitted", "admitted", "heard", "answered")))
    if walk.rng.random() < 0.95:  # else anything, to be refused
        found = [each for each in found if may_be_called(walk, walk.session.queue.questions[each])]
    if not found:
        return None
    free = walk.seat_where(lambda seat: seat.kind == "citizen" and not seat.turn)
    seat = free if walk.rng.random() < 0.3 else None
    return walk.desk(), turns.CallTurn(question=walk.rng.choice(found), seat=seat)


def may_be_called(walk: Sight, question: Question) -> bool:
    busy = walk.session.stage.turn_of(question.asker) is not None
    return not question.private and not busy and question.asker not in walk.session.attendance.barred


def stage(walk: Sight) -> Choice | None:
    found = walk.turn_in("ready")
    free = walk.seat_where(lambda seat: seat.kind == "citizen" and not seat.turn)
    seat = free if walk.rng.random() < 0.5 else None
    return (walk.desk(), turns.StageTurn(turn=found, seat=seat)) if found else None


def take_seat(walk: Sight) -> Choice | None:
    seat = walk.seat_where(lambda seat: seat.kind != "citizen" and not seat.participant)
    if seat is None:
        return None
    kind = walk.session.stage.seats[seat].kind
    fitting = [each for each in SITTERS if each.role in SITS[kind] or walk.rng.random() < 0.05]
    return walk.rng.choice(fitting or SITTERS), turns.TakeSeat(seat=seat)


def leave_seat(walk: Sight) -> Choice | None:
    name = walk.seat_where(lambda seat: bool(seat.participant) and (not seat.turn or seat.kind == "hall"))
    if name is None:
        return None
    sits = walk.session.stage.seats[name].participant
    return next(each for each in SITTERS if each.participant == sits), turns.LeaveSeat(seat=name)


def mute(walk: Sight) -> Choice | None:
    name = walk.seat_where(lambda seat: bool(seat.participant))
    return (walk.desk(), turns.MuteSeat(seat=name, muted=walk.rng.random() < 0.5)) if name else None


def floor(walk: Sight) -> Choice | None:
    name = walk.seat_where(lambda seat: seat.kind != "slides" and bool(seat.participant))
    return walk.desk(), turns.GiveFloor(seat=name if walk.rng.random() < 0.8 else None)


def talk(walk: Sight) -> Choice | None:
    name = walk.seat_where(lambda seat: seat.kind != "slides" and bool(seat.participant))
    mode: Any = walk.rng.choice(("open", "hold"))
    return (walk.desk(), turns.SetTalk(seat=name, mode=mode)) if name else None


def show(walk: Sight) -> Choice | None:
    name = walk.seat_where(lambda seat: seat.kind == "slides" and bool(seat.participant))
    return (walk.desk(), turns.NameShown(seat=name, note=walk.words())) if name else None


def hall(walk: Sight) -> Choice | None:
    """A question from a hall: one of the line, or one whose asker is on her way to the stage or was parked."""
    name = walk.seat_where(lambda seat: seat.kind == "hall" and bool(seat.participant) and not seat.turn)
    on_way = [turn.questions[0] for turn in walk.session.stage.turns.values() if turn.state in (*HERE, "parked")]
    waiting = [
        each
        for each in walk.questions_in("admitted", "heard")
        if may_be_called(walk, walk.session.queue.questions[each])
    ]
    found = on_way if on_way and walk.rng.random() < 0.4 else waiting
    if name is None or not found:
        return None
    return walk.desk(), turns.HallTurn(question=walk.rng.choice(found), seat=name)


def clear(walk: Sight) -> Choice | None:
    name = walk.seat_where(lambda seat: bool(seat.participant or seat.turn))
    return (walk.desk(), turns.ClearSeat(seat=name, reason="disruption")) if name else None


WORDED: dict[type[Command], Wording] = {
    turns.CallTurn: lambda w, now: call(w),
    turns.AcceptTurn: lambda w, now: of_turn(w, ("called",), lambda t: turns.AcceptTurn(turn=t), 1),
    turns.ReadyTurn: lambda w, now: of_turn(w, ("called", "on_deck"), lambda t: turns.ReadyTurn(turn=t), 1),
    turns.StageTurn: lambda w, now: stage(w),
    turns.WaitTurn: lambda w, now: of_turn(w, HERE, lambda t: turns.WaitTurn(turn=t), 1),
    turns.ReadOutTurn: lambda w, now: of_turn(
        w, (*HERE, "parked", "dropped"), lambda t: turns.ReadOutTurn(turn=t), 0.5
    ),
    turns.FinishTurn: lambda w, now: of_turn(
        w, ("on_stage", "read_out", "dropped"), lambda t: turns.FinishTurn(turn=t), 0.3
    ),
    turns.ExtendTurn: lambda w, now: of_turn(
        w, ("on_stage",), lambda t: turns.ExtendTurn(turn=t, extra_ms=w.rng.choice((1_000, 60_000, 300_000))), 0
    ),
    turns.OfferTurn: lambda w, now: of_turn(w, ("parked",), lambda t: turns.OfferTurn(turn=t), 0),
    turns.ParkTurn: lambda w, now: of_turn(
        w, (*HERE, "on_stage", "dropped", "read_out"), lambda t: turns.ParkTurn(turn=t), 0
    ),
    turns.CancelTurn: lambda w, now: of_turn(
        w, (*HERE, "parked", "dropped", "read_out"), lambda t: turns.CancelTurn(turn=t), 0
    ),
    turns.TakeSeat: lambda w, now: take_seat(w),
    turns.LeaveSeat: lambda w, now: leave_seat(w),
    turns.MuteSeat: lambda w, now: mute(w),
    turns.ClearSeat: lambda w, now: clear(w),
    turns.GiveFloor: lambda w, now: floor(w),
    turns.SetTalk: lambda w, now: talk(w),
    turns.NameShown: lambda w, now: show(w),
    turns.HallTurn: lambda w, now: hall(w),
}
