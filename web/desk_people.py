"""Who is here: the staff by name with their times, whether those who are called can be reached, and who was barred.

Names of the staff are shown to the staff alone, so they travel apart from the session's own views.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from kachehri import equipment
from kachehri.i18n import Words
from kachehri.live import Live
from kachehri.store.attendance import Named
from rooms.attendance import Sitting
from rooms.session import Session
from rooms.views import Texts

#: Of the line, so many may be called next: whether they are there is worth knowing before.
NEXT_ASKED = 5
#: Phases in which nobody is expected to be here any more.
OVER = ("closing", "closed", "cancelled")
#: The order in which roles are listed.
_RANK = ("chair", "moderator", "clerk", "official", "interpreter", "officer", "observer", "administrator")


class StaffCard(msgspec.Struct, frozen=True):
    """One of the staff. `at` is when she came, or when she was seen last; `times` says it in words."""

    participant: str
    name: str
    title: str
    role: str
    role_text: str
    here: bool
    times: str
    at: int


class BarCard(msgspec.Struct, frozen=True):
    """Somebody who may only listen or is out of the live page, why, how long, and what she says against it."""

    participant: str
    name: str
    reason: str
    length: str
    removed: bool
    note: str = ""
    objection: str = ""
    said_at: str = ""


class PeopleCard(msgspec.Struct, frozen=True):
    """All of it. `lines`: participant → whether she is connected, of those who are called or may be called next."""

    staff: tuple[StaffCard, ...] = ()
    barred: tuple[BarCard, ...] = ()
    lines: dict[str, bool] = {}


def build(
    live: Live, known: Mapping[str, Named], words: Words, now: int, reached: Callable[[str], bool] | None
) -> PeopleCard:
    """What the desk is told at `now` (milliseconds since the epoch).

    Arguments:
        known: names of the accounts behind participants.
        reached: whether a participant is connected; None where this process cannot know it.
    """
    session = live.session
    return PeopleCard(
        staff=staff(session, known, words, now),
        barred=barred(session, live.texts, words, now),
        lines={} if reached is None else {each: reached(each) for each in awaited(session)},
    )


def staff(session: Session, known: Mapping[str, Named], words: Words, now: int) -> tuple[StaffCard, ...]:
    """Everybody who was here, those who still are first."""
    made = []
    devices = {equipment.participant(session.id, seat) for seat in session.stage.seats}
    for participant, sitting in session.attendance.times(now).items():
        who = known.get(participant, Named("", "", ""))
        role_text = words.plain(f"role.{sitting.role}")
        here = participant in session.attendance.staff
        at = sitting.first_seen if here else sitting.last_seen
        times = times_of(session, sitting, here, words)
        title = who.title_ur if words.language.code == "ur" else who.title_en
        name = who.name or (words.plain("equipment.title") if participant in devices else role_text)
        made.append(StaffCard(participant, name, title, sitting.role, role_text, here, times, at))
    return tuple(sorted(made, key=lambda each: (not each.here, _RANK.index(each.role), each.at)))


def times_of(session: Session, sitting: Sitting, here: bool, words: Words) -> str:
    """Since when she is here or gone; once the hearing is over, from when to when she sat."""
    first, last = words.dates.clock(sitting.first_seen), words.dates.clock(sitting.last_seen)
    if session.phase in OVER:
        return words.plain("people.sat", start=first, end=last)
    return words.plain("people.since", time=first) if here else words.plain("people.gone_since", time=last)


def barred(session: Session, texts: Texts, words: Words, now: int) -> tuple[BarCard, ...]:
    """Those who are kept from taking part, whoever objects first."""
    made = []
    for participant, bar in session.attendance.barred.items():
        if session.attendance.bar(participant, now) is None:
            continue
        until = words.plain("bar.until", time=words.dates.clock(bar.until)) if bar.until else words.plain("bar.to_end")
        made.append(
            BarCard(
                participant=participant,
                name=name_of(session, participant, texts) or words.plain("someone"),
                reason=words.plain(f"reason.remove.{bar.reason}"),
                length=until,
                removed=bar.removed,
                note=texts.get(bar.note, ""),
                objection=texts.get(bar.objection, "") if bar.objection else "",
                said_at=words.dates.clock(bar.objected_at) if bar.objected_at else "",
            )
        )
    return tuple(sorted(made, key=lambda each: not each.objection))


def name_of(session: Session, participant: str, texts: Texts) -> str:
    """What somebody called herself when she asked last."""
    asked: Iterable[str] = reversed(session.queue.asked_by.get(participant, []))
    names = (texts.get(session.queue.questions[each].name, "") for each in asked)
    return next((name for name in names if name), "")


def awaited(session: Session) -> dict[str, None]:
    """Those who have a turn, then those who may be called next."""
    people = dict.fromkeys(turn.participant for turn in session.stage.turns.values())
    line = [session.queue.questions[each].asker for _, each in session.queue.line[:NEXT_ASKED]]
    return people | dict.fromkeys(line)
