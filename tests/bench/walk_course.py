"""How a walker words the course of a session, who is there or kept away, captions, and what is erased."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rooms import attendance, captions, erasing, lifecycle
from rooms.base import SYSTEM, Command
from rooms.session import Tick

from .walk_cast import CITIZEN_ACTORS, DESK, DESK_NOTE, EVERYBODY, SITTERS, STAFF
from .walk_sight import HOUR_MS, MINUTE_MS, Choice, Sight, Wording

#: From so many steps on a session is a long one.
LONG = 500


def course(walk: Sight, phases: tuple[str, ...], command: Command) -> Choice | None:
    return (walk.desk(), command) if walk.session.phase in phases else None


def schedule(walk: Sight, now: int) -> Command:
    rng = walk.rng
    more = rng.choices(("citizen", "official", "interpreter", "hall", "slides"), (1, 3, 3, 4, 3), k=3)
    if walk.plan.length >= LONG:  # what needs a hall or a screen has its chance in every campaign
        more[:2] = "hall", "slides"
    kinds: list[Any] = ["official", "citizen", *more]
    number: Counter[str] = Counter()
    seats = []
    for kind in kinds:
        number[kind] += 1
        seats.append(lifecycle.SeatPlan(f"{kind}-{number[kind]}", kind))
    rng.shuffle(seats)
    long = 12 * HOUR_MS if walk.plan.ending != "deadline" else 5 * MINUTE_MS
    return lifecycle.ScheduleSession(
        title={"ur": "کھلی کچہری", "en": "Open hearing"},
        starts_at=now + MINUTE_MS,
        ends_at=now + MINUTE_MS + long,
        seats=tuple(seats),
        timing=lifecycle.Timing(
            seat_hold_ms=rng.choice((5_000, 45_000)),
            answer_by_ms=rng.choice((10_000, 90_000)),
            staff_gone_ms=rng.choice((MINUTE_MS, 15 * MINUTE_MS)),
            end_grace_ms=MINUTE_MS if walk.plan.ending == "deadline" else 2 * HOUR_MS,
        ),
        practice=rng.random() < 0.2,
        categories=rng.choice(((), (), ("water",), ("water", "roads"))),
    )


def reschedule(walk: Sight, now: int) -> Choice | None:
    long = 12 * HOUR_MS if walk.plan.ending != "deadline" else 5 * MINUTE_MS
    rng = walk.rng
    again = lifecycle.RescheduleSession(
        starts_at=now + MINUTE_MS,
        ends_at=now + MINUTE_MS + long,
        title=rng.choice((None, {"ur": "کچہری", "en": "Another name"})),
        categories=rng.choice((None, (), ("water",), ("roads", "land"))),
        seats=rng.choice((None, (lifecycle.SeatPlan("citizen-1", "citizen"), lifecycle.SeatPlan("o", "official")))),
        timing=rng.choice((None, None, lifecycle.Timing(turn_ms=MINUTE_MS, end_grace_ms=MINUTE_MS))),
    )
    return course(walk, ("scheduled", "postponed"), again)


def presence(walk: Sight) -> Choice | None:
    rng = walk.rng
    turn = walk.any_turn()
    if turn is not None and rng.random() < 0.6:
        state = walk.session.stage.turns[turn].state
        report = attendance.ReportPresence(
            participant=walk.owner(turn).participant,
            role="citizen",
            present=state == "dropped",
            cause=rng.choice(("socket", "media")),
        )
        return SYSTEM, report
    staff = rng.choice(DESK if rng.random() < 0.6 else STAFF)
    here = staff.participant in walk.session.attendance.staff
    present = not here if rng.random() < 0.7 else True
    return SYSTEM, attendance.ReportPresence(participant=staff.participant, role=staff.role, present=present)


def bar(walk: Sight, kind: Any, **more: Any) -> Choice:
    who = walk.rng.choice(CITIZEN_ACTORS if walk.rng.random() < 0.97 else SITTERS).participant
    reason = walk.rng.choice(("abuse", "disruption", "personal_data"))
    return walk.desk(), kind(participant=who, reason=reason, note=walk.note(), **more)


def objects(walk: Sight) -> Choice | None:
    barred = [each for each in EVERYBODY if each.participant in walk.session.attendance.barred]
    if not barred:
        return None
    return walk.rng.choice(barred), attendance.ObjectToBar(note=f"{DESK_NOTE} {walk.words()}")


def unbar(walk: Sight) -> Choice | None:
    barred = list(walk.session.attendance.barred)
    if not barred:
        return None
    return walk.desk(), attendance.UnblockParticipant(participant=walk.rng.choice(barred))


def erase(walk: Sight) -> Choice | None:
    """Everything that somebody said, or what is left of it."""
    who = walk.rng.choice(CITIZEN_ACTORS).participant
    asked = [walk.session.queue.questions[each] for each in walk.session.queue.asked_by.get(who, ())]
    words = tuple(each for one in asked for each in (one.content, one.name, one.village) if each)
    return (SYSTEM, erasing.EraseContent(participant=who, contents=words)) if words else None


def correct(walk: Sight) -> Choice | None:
    last = walk.session.captions.last
    line = captions.CorrectCaption(caption=walk.rng.choice(last).id, line=walk.words()) if last else None
    return (walk.desk(), line) if line else None


WORDED: dict[type[Command], Wording] = {
    lifecycle.OpenDoors: lambda w, now: course(w, ("scheduled",), lifecycle.OpenDoors()),
    lifecycle.StartSession: lambda w, now: course(w, ("scheduled", "doors_open"), lifecycle.StartSession()),
    lifecycle.AdjournSession: lambda w, now: course(
        w, ("live",), lifecycle.AdjournSession(reason=w.rng.choice(("break", "prayer", "technical")), note=w.words())
    ),
    lifecycle.ResumeSession: lambda w, now: course(w, ("adjourned",), lifecycle.ResumeSession()),
    lifecycle.PostponeSession: lambda w, now: course(
        w, ("scheduled", "doors_open"), lifecycle.PostponeSession(reason="official_away", note=w.words())
    ),
    lifecycle.RescheduleSession: lambda w, now: reschedule(w, now),
    captions.TypeCaption: lambda w, now: (w.desk(), captions.TypeCaption(language="ur", line=w.words() or "جی")),
    captions.CorrectCaption: lambda w, now: correct(w),
    captions.WithholdCaptions: lambda w, now: (
        w.desk(),
        captions.WithholdCaptions(reach_ms=w.rng.choice((0, 5_000))),
    ),
    attendance.ReportPresence: lambda w, now: presence(w),
    attendance.CountAttendance: lambda w, now: (
        SYSTEM,
        attendance.CountAttendance(present=w.rng.randint(0, 5_000)),
    ),
    attendance.RemoveParticipant: lambda w, now: bar(w, attendance.RemoveParticipant),
    attendance.BlockParticipant: lambda w, now: bar(
        w, attendance.BlockParticipant, until=w.rng.choice((None, now + MINUTE_MS))
    ),
    attendance.ObjectToBar: lambda w, now: objects(w),
    attendance.UnblockParticipant: lambda w, now: unbar(w),
    erasing.EraseContent: lambda w, now: erase(w),
    Tick: lambda w, now: (SYSTEM, Tick()),
}
