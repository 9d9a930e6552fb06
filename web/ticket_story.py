"""The steps of a ticket in plain sentences, for the staff: what happened, who did it by which post, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from kachehri.tickets import events as e
from kachehri.tickets.chart import office_about
from kachehri.tickets.events import Happened
from kachehri.tickets.status import UNDO_MS, Posted, Undone
from rooms.base import ContentRef
from web.papers.pairs import calendar
from web.ticket_names import Names
from web.ticket_shapes import StoryRow

_ICONS: Final[dict[type[object], str]] = {
    e.Opened: "ask",
    e.Routed: "send",
    e.Transferred: "office",
    e.Assigned: "person",
    e.Started: "edit",
    e.Asked: "ask",
    e.Answered: "ask",
    e.Waits: "clock",
    e.Resumed: "next",
    e.Proposed: "check",
    e.Submitted: "check",
    e.Confirmed: "check",
    e.Silent: "clock",
    e.Disputed: "alert",
    e.Appealed: "flag",
    e.Directed: "send",
    e.Upheld: "lock",
    e.Withdrawn: "back",
    e.Warned: "alert",
    e.Forced: "lock",
    e.Escalated: "up",
    e.Joined: "copy",
    e.Left: "back",
    e.Shared: "people",
    e.PartDone: "check",
    e.Noted: "info",
    e.Evidence: "eye",
    e.Classified: "list",
    e.Concerned: "person",
    e.CalendarChanged: "day",
    e.Arrived: "bell",
    e.Rated: "flag",
    e.Pledged: "flag",
    Posted: "info",
    Undone: "back",
}
_STATUS_ICONS: Final = {"seen": "check", "visit": "day", "under_way": "edit", "note": "info"}


def contents(steps: Sequence[Happened]) -> list[str]:
    """The ids of all words that these steps point to."""
    found = []
    for step in steps:
        for name in step.body.__struct_fields__:
            value = getattr(step.body, name)
            if isinstance(value, ContentRef):
                found.append(value.id)
        if isinstance(step.body, e.Opened):
            found += [each for each in (step.body.note, step.body.rule) if each]
    return found


def actors(steps: Sequence[Happened]) -> set[str]:
    """Everybody who did one of these steps, by id."""
    return {step.actor for step in steps} | {
        step.body.wrote for step in steps if isinstance(step.body, e.Proposed) and step.body.wrote
    }


def rows(
    steps: Sequence[Happened],
    texts: Mapping[str, str],
    names: Names,
    references: Mapping[str, str],
    me: str,
    now: int,
    *,
    every: bool = False,
    money: bool = False,
) -> tuple[StoryRow, ...]:
    """The timeline, oldest first.

    Arguments:
        texts: words by content id; those that are gone are absent.
        references: the numbers of other tickets, by id.
        me: the account that reads, who may take a line back for a minute.
        every: also the steps by which a line was taken back, which only the history shows.
        money: whether the reader is told that money was asked for (kachehri/standing.py).
    """
    undone = {step.body.of for step in steps if isinstance(step.body, Undone)}
    found = []
    for step in steps:
        body = step.body
        if isinstance(body, Undone) and not every:
            continue
        left = UNDO_MS - (now - step.at)
        mine = isinstance(body, Posted) and step.actor == me and step.seq not in undone
        found.append(
            StoryRow(
                seq=step.seq,
                icon=_STATUS_ICONS[body.kind] if isinstance(body, Posted) else _ICONS[type(body)],
                text=sentence(body, names, references, step.seq in undone, money),
                at=step.at,
                who=names.who(step.actor, step.at),
                words=() if step.seq in undone else words(body, texts, names),
                staff=isinstance(body, e.Step) and body.audience == "staff",
                tone=tone(body),
                undo_s=max(0, left // 1000) if mine else 0,
            )
        )
    return tuple(found)


def tone(body: e.Body) -> str:
    if isinstance(body, e.Disputed | e.Escalated | e.Warned | e.Forced | e.Appealed):
        return "warn"
    return "ok" if isinstance(body, e.Confirmed) else ""


def words(body: e.Body, texts: Mapping[str, str], names: Names) -> tuple[tuple[str, str], ...]:
    """What was written with a step, each with a heading or none; what is gone says so."""
    say = names.words.plain
    found = []
    for name in body.__struct_fields__:
        value = getattr(body, name)
        if isinstance(value, ContentRef) and value.id:
            heading = say("office.rule") if name == "rule" else ""
            found.append((heading, texts.get(value.id, "") or say("office.words_gone")))
    return tuple((heading, text) for heading, text in found if text)


def sentence(
    body: e.Body, names: Names, references: Mapping[str, str], undone: bool = False, money: bool = False
) -> str:
    """What happened, in one sentence without its words."""
    say, district = names.words.plain, names.district
    match body:
        case Undone():
            return say("office.told.took_back", n=body.of)
        case Posted():
            if undone:
                return say("office.told.taken_back")
            kind = say(f"status.kind.{body.kind}")
            day = f" {say('status.visit_on', day=calendar(names.words.dates, body.day))}" if body.day else ""
            return say("office.told.status", what=kind) + day
        case e.Routed() | e.Transferred() | e.Directed():
            return say(f"office.told.{_short(body)}", office=names.post_of_office(body.post, body.office))
        case e.Assigned():
            post = names.post(body.post)
            return say("office.told.assigned", post=post) if post else say("office.told.accepted")
        case e.Started() if body.day:
            return say("office.told.started_by", day=calendar(names.words.dates, body.day))
        case e.Waits() if body.paused:
            return say("office.told.waits_paused")
        case e.Proposed() | e.Submitted() | e.Forced():
            return say(f"office.told.{_short(body)}", outcome=say(f"office.outcome.{body.outcome}"))
        case e.Confirmed() if body.how == "operator":
            return say("office.told.confirmed_operator")
        case e.Disputed():
            return say(f"office.told.disputed_{'partly' if body.solved == 'partly' else 'no'}")
        case e.Appealed() if body.automatic:
            return say("office.told.appealed_itself")
        case e.Escalated():
            post = names.post(body.post)
            if not post:
                return say("office.told.escalated_level", level=body.level)
            return say("office.told.escalated", level=body.level, post=post)
        case e.Joined():
            other = references.get(body.parent, "")
            return say("office.told.joined", reference=names.words.grouped(other) if other else "")
        case e.Shared() | e.PartDone():
            return say(f"office.told.{_short(body)}", office=names.office(body.office))
        case e.Evidence():
            return say("office.told.evidence_shown" if body.shown else "office.told.evidence")
        case e.Classified():
            topic = district.topic(body.category, names.words)
            return say("office.told.classified", topic=topic, days=body.days)
        case e.Concerned():
            if not body.about:
                return say("office.told.concerned_nobody")
            office = office_about(body.about)
            return say("office.told.concerned", who=names.office(office) if office else names.post(body.about))
        case e.CalendarChanged():
            return say("office.told.calendar", day=names.words.dates.day(body.due))
        case e.Arrived() if body.of == "warning":
            return say("office.told.arrived_warning")
        case e.Rated():
            text = say(f"office.told.rated_{body.solved}")
            return f"{text} {say('office.told.money')}" if money and body.money == "yes" else text
        case e.Pledged():
            key = f"office.told.pledge_{body.step}"
            return say(key if names.words.has(key) else "office.told.pledge")
        case _:
            return say(f"office.told.{_short(body)}")


def _short(body: e.Body) -> str:
    return body.type.removeprefix("ticket.") if isinstance(body, e.Step) else "status"
