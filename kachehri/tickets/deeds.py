"""The rules of the deeds: what is recorded of a ticket and moves it to no other state. Pure."""

from collections.abc import Callable
from typing import Any, Final

from . import acts as a
from . import events as e
from . import pledges
from .acts import Act, Doer
from .guards import DAYS_MOST, FORCE_LEVEL, LEVEL_MOST, STARS_MOST, Context, clear, need
from .kinds import KINDS
from .life import Life
from .lifecycle import is_open
from .status import TicketRefused


def _warn(life: Life, act: a.Warn, doer: Doer, ctx: Context) -> list[e.Step]:
    need(doer.level >= FORCE_LEVEL, "force_level")
    need(act.reason.id, "note_missing")
    return [] if life.warned_at is not None else [e.Warned(reason=act.reason)]


def _escalate(life: Life, act: a.Escalate, doer: Doer, ctx: Context) -> list[e.Step]:
    """By the clock and by superiors to any higher level; by the citizen one level, once it is late."""
    need(not life.parent, "joined_quiet")
    need(KINDS[life.kind].escalates, "level_highest")
    level = life.level + 1 if doer.side == "citizen" else act.level
    need(level <= LEVEL_MOST, "level_highest")
    need(level > life.level, "level_reached")
    if doer.side == "citizen":
        need(ctx.due is not None and ctx.now > ctx.due, "escalate_early")
        need(life.escalated_at is None or ctx.now >= ctx.after_days(life.escalated_at, 5), "escalate_early")
    return [e.Escalated(level=level, post=act.post or ctx.above(level), why=act.why)]


def _join(life: Life, act: a.Join, doer: Doer, ctx: Context) -> list[e.Step]:
    need(not life.parent, "joined_already")
    parent = ctx.parent
    if parent is None or parent.id != act.parent:
        raise TicketRefused("ticket_unknown")
    need(parent.id != life.id and not parent.parent and not ctx.children, "join_self")
    need(is_open(parent.state), "join_closed")
    need(not (life.protected or parent.protected), "join_protected")
    return [e.Joined(parent=act.parent)]


def _leave(life: Life, act: a.Leave, doer: Doer, ctx: Context) -> list[e.Step]:
    need(life.parent, "not_joined")
    return [e.Left()]


def _share(life: Life, act: a.Share, doer: Doer, ctx: Context) -> list[e.Step]:
    need(act.office, "office_missing")
    need(act.office != life.office, "part_lead")
    clear(life, ctx, act.office, "")
    return [] if act.office in life.parts else [e.Shared(office=act.office)]


def _finish_part(life: Life, act: a.FinishPart, doer: Doer, ctx: Context) -> list[e.Step]:
    need(act.office in life.parts and life.parts[act.office] is None, "part_unknown")
    need(doer.side == "supervisor" or not doer.office or doer.office == act.office, "ticket_not_you")
    return [e.PartDone(office=act.office, note=act.note)]


def _note(life: Life, act: a.Note, doer: Doer, ctx: Context) -> list[e.Step]:
    need(act.note.id, "note_missing")
    return [e.Noted(note=act.note)]


def _evidence(life: Life, act: a.AddEvidence, doer: Doer, ctx: Context) -> list[e.Step]:
    need(act.attachment, "attachment_missing")
    return [] if act.attachment in life.evidence else [e.Evidence(attachment=act.attachment, shown=act.shown)]


def _classify(life: Life, act: a.Classify, doer: Doer, ctx: Context) -> list[e.Step]:
    """The days of the law stay; a matter that is protected stays so unless the desk that sorts says otherwise."""
    need(act.category, "office_missing")
    need(1 <= act.days <= DAYS_MOST, "days_range")
    days = life.days if KINDS[life.kind].statutory else act.days
    protected = act.protected or (life.protected and doer.side != "triage")
    return [e.Classified(category=act.category, days=days, protected=protected)]


def _concern(life: Life, act: a.Concern, doer: Doer, ctx: Context) -> list[e.Step]:
    """What lies with whom it complains about is taken from there at once; what waits for the citizen or an appeal is
    not worked on, and stays.
    """
    if act.about == life.about:
        return []
    said: list[e.Step] = [e.Concerned(about=act.about)]
    lies = act.about and ctx.concerns(life.office, life.post, act.about)
    if not lies or not act.office or life.state in ("resolution_proposed", "in_appeal"):
        return said
    need(not ctx.concerns(act.office, act.post, act.about), "conflict_office")
    if life.state in ("awaiting_citizen", "awaiting_external"):
        said.append(e.Resumed())
    return [*said, e.Routed(office=act.office, post=act.post, why=act.why, rule=act.rule)]


def _move_due(life: Life, act: a.MoveDue, doer: Doer, ctx: Context) -> list[e.Step]:
    """Later only, and once for each version of the calendar; the clocks reckon with the new day already."""
    need(act.version > life.calendar, "due_earlier")
    need(life.moved_due is None or act.due > life.moved_due, "due_earlier")
    need(ctx.due is None or act.due >= ctx.due, "due_earlier")
    return [e.CalendarChanged(version=act.version, due=act.due)]


def _arrival(life: Life, act: a.NoteArrival, doer: Doer, ctx: Context) -> list[e.Step]:
    """The first receipt counts; one that comes too late for anything makes no step."""
    if act.of == "warning":
        counts = life.warned_at is not None and life.told_at is None
    else:
        counts = life.state == "resolution_proposed" and life.arrived_at is None
    return [e.Arrived(channel=act.channel, of=act.of)] if counts else []


def _rate(life: Life, act: a.Rate, doer: Doer, ctx: Context) -> list[e.Step]:
    need(0 <= act.stars <= STARS_MOST, "rate_range")
    return [e.Rated(solved=act.solved, stars=act.stars, money=act.money, follower=act.follower)]


def _pledge(life: Life, act: a.Pledge, doer: Doer, ctx: Context) -> list[e.Step]:
    step = e.Pledged(commitment=act.commitment, step=act.what, day=act.day, due=act.due, said_at=act.said_at)
    return pledges.decide(life.pledges.get(act.commitment), step, doer.side, ctx.now, life.state)


RULES: Final[dict[type[Act], Callable[[Life, Any, Doer, Context], list[e.Step]]]] = {
    a.Warn: _warn,
    a.Escalate: _escalate,
    a.Join: _join,
    a.Leave: _leave,
    a.Share: _share,
    a.FinishPart: _finish_part,
    a.Note: _note,
    a.AddEvidence: _evidence,
    a.Classify: _classify,
    a.Concern: _concern,
    a.MoveDue: _move_due,
    a.NoteArrival: _arrival,
    a.Rate: _rate,
    a.Pledge: _pledge,
}
