"""What somebody may do with a ticket, and the steps that it makes: looks, and changes nothing. Pure.

The tables of lifecycle.py say who may do what from where; here is what else must be true. What is so already (a notice
that arrived twice) makes no step and is no refusal.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from . import acts as a
from . import events as e
from . import pledges, windows
from .acts import Act, Doer
from .kinds import CITES, KINDS
from .life import Life
from .lifecycle import exists, is_closed, is_open, may
from .status import TicketRefused

TRANSFERS_MOST: Final = 2
ASKS_MOST: Final = 2
DISPUTES_MOST: Final = 2
LEVEL_MOST: Final = 3
#: The level from which a superior may close without the citizen's word.
FORCE_LEVEL: Final = 2
DAYS_MOST: Final = 365
STARS_MOST: Final = 5
STAFF: Final = frozenset({"triage", "office", "officer", "supervisor", "appeal"})


class Context(NamedTuple):
    """What the rules must know beyond the ticket itself.

    Arguments:
        now: milliseconds since the epoch.
        after_days: the end of the n-th working day after an instant, by the calendar of the ticket's area.
        conflicts: whether this post is the one complained about, or answers to it.
        concerns: whether an office and a post (or none) must not have what complains about somebody.
        triage: the office that sorts.
        above: the post of this level in the line above the ticket's post; empty where there is none.
        due: until when it should be resolved, as the clocks say.
        evidence_needed: whether its topic asks for a picture.
        parent: the ticket to go on with.
        children: whether others go on with this one.
    """

    now: int
    after_days: Callable[[int, int], int]
    conflicts: Callable[[str, str], bool] = lambda post, about: post == about
    concerns: Callable[[str, str, str], bool] = lambda office, post, about: post == about
    triage: str = ""
    above: Callable[[int], str] = lambda level: ""
    due: int | None = None
    evidence_needed: bool = False
    parent: Life | None = None
    children: bool = False


def decide(life: Life, act: Act, doer: Doer, ctx: Context) -> list[e.Step]:
    """The steps of an act, or `TicketRefused` with a code of refusals.py."""
    if not exists(life.state, act.step):
        raise TicketRefused("ticket_over" if is_closed(life.state) else "ticket_step")
    if not may(doer.side, life.state, act.step):
        raise TicketRefused("ticket_not_you")
    if doer.side in STAFF and doer.post and life.about and ctx.conflicts(doer.post, life.about):
        raise TicketRefused("conflict")
    return pledges.follow(life.pledges, _RULES[type(act)](life, act, doer, ctx))


def _need(fact: object, code: str) -> None:
    if not fact:
        raise TicketRefused(code)


def _clear(life: Life, ctx: Context, office: str, post: str) -> None:
    """Neither whom it complains about nor anyone below works on it, nor the office that this one belongs to."""
    if life.about:
        _need(not (post and ctx.conflicts(post, life.about)), "conflict")
        _need(not (office and ctx.concerns(office, post, life.about)), "conflict_office")


def _route(life: Life, act: a.Route, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.office, "office_missing")
    _need(not (life.settled and doer.side == "clock"), "routing_final")
    _clear(life, ctx, act.office, act.post)
    settles = doer.side == "triage" and life.transfers >= TRANSFERS_MOST
    why = "settled" if settles else act.why if act.why != "settled" else ""
    return [e.Routed(office=act.office, post=act.post, why=why, rule=act.rule, reason=act.reason)]


def _transfer(life: Life, act: a.Transfer, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.office, "office_missing")
    _need(act.reason.id, "note_missing")
    _need(not life.settled, "routing_final")
    _need((act.office, act.post) != (life.office, life.post), "transfer_same")
    _need(life.transfers < TRANSFERS_MOST or act.office == ctx.triage, "transfer_limit")
    _clear(life, ctx, act.office, act.post)
    return [e.Transferred(office=act.office, post=act.post, reason=act.reason)]


def _assign(life: Life, act: a.Assign, doer: Doer, ctx: Context) -> list[e.Step]:
    """The clock accepts for an office that has no post yet; people say which."""
    _need(act.post or doer.side == "clock", "office_missing")
    _clear(life, ctx, "", act.post)
    return [e.Assigned(post=act.post, account=act.account)]


def _take_back(life: Life, act: a.TakeBack, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(life.first_action_at is None, "begun_already")
    return [e.Routed(office=life.office, why="taken_back")]


def _start(life: Life, act: a.Start, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.plan.id, "note_missing")
    return [e.Started(plan=act.plan, day=act.day)]


def _ask(life: Life, act: a.AskCitizen, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.question.id, "note_missing")
    _need(life.asked < ASKS_MOST, "ask_limit")
    return [e.Asked(question=act.question)]


def _answer(life: Life, act: a.Answer, doer: Doer, ctx: Context) -> list[e.Step]:
    return [e.Answered(answer=act.answer)]


def _wait(life: Life, act: a.WaitOutside, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.reason.id, "note_missing")
    if act.paused:
        _need(not KINDS[life.kind].statutory, "pause_statutory")
        _need(doer.side == "supervisor" and doer.level >= 1, "pause_superior")
    return [e.Waits(reason=act.reason, paused=act.paused)]


def _resume(life: Life, act: a.Resume, doer: Doer, ctx: Context) -> list[e.Step]:
    return [e.Resumed()]


def _end(life: Life, act: a.Propose | a.ProposeJoined | e.Submitted) -> None:
    """An end says what came of it, and on what it rests."""
    _need(act.outcome in KINDS[life.kind].outcomes, "outcome_kind")
    _need(act.note.id, "note_missing")
    if act.outcome in CITES:
        _need(act.rule is not None and act.rule.id, "rule_missing")
    if act.outcome == "duplicate":
        _need(life.parent, "outcome_parent")
    if act.outcome == "no_information_from_citizen":
        _need(life.asked, "outcome_unasked")


def _propose(life: Life, act: a.Propose, doer: Doer, ctx: Context) -> list[e.Step]:
    """After a dispute, whose word was doubted writes again only for the superior to sign."""
    _end(life, act)
    if ctx.evidence_needed:
        _need(act.evidence or life.evidence, "evidence_missing")
    if doer.side != "supervisor":
        _need(None not in life.parts.values(), "parts_open")
    end = e.Submitted if life.disputes and _same(life, doer) else e.Proposed
    return [end(outcome=act.outcome, note=act.note, rule=act.rule, evidence=act.evidence, post=doer.post)]


def _same(life: Life, doer: Doer) -> bool:
    return doer.id == life.proposed_by or bool(doer.post and doer.post == life.proposed_post)


def _countersign(life: Life, act: a.Countersign, doer: Doer, ctx: Context) -> list[e.Step]:
    draft = life.submitted
    if draft is None:
        raise TicketRefused("nothing_submitted")
    _need(doer.id != life.submitted_by and not (doer.post and doer.post == draft.post), "own_proposal")
    return [
        e.Proposed(
            outcome=draft.outcome,
            note=draft.note,
            rule=draft.rule,
            evidence=draft.evidence,
            post=draft.post,
            wrote=life.submitted_by,
        )
    ]


def _propose_joined(life: Life, act: a.ProposeJoined, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(life.parent and life.parent == act.parent, "not_joined")
    return [
        e.Proposed(
            outcome=act.outcome,
            note=act.note,
            rule=act.rule,
            evidence=act.evidence,
            post=act.post,
            wrote=act.wrote,
            parent=act.parent,
        )
    ]


def _confirm(life: Life, act: a.Confirm, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.how != "operator" or act.consent, "consent_missing")
    return [e.Confirmed(how=act.how, consent=act.consent)]


def _silent(life: Life, act: a.StaySilent, doer: Doer, ctx: Context) -> list[e.Step]:
    end = windows.silent_at(life)
    if end is None:
        raise TicketRefused("arrival_missing")
    _need(ctx.now >= end, "too_early")
    return [e.Silent()]


def _dispute(life: Life, act: a.Dispute, doer: Doer, ctx: Context) -> list[e.Step]:
    """Goes one level up; one that went on with another ticket goes on alone, for it is her own word against it."""
    _need(KINDS[life.kind].contested, "dispute_kind")
    _need(life.disputes < DISPUTES_MOST, "dispute_limit")
    end = windows.dispute_until(life)
    _need(end is None or ctx.now <= end, "dispute_late")
    level = min(LEVEL_MOST, life.level + 1)
    post = ctx.above(level) if level > life.level else life.accountable
    said: list[e.Step] = [e.Disputed(solved=act.solved, words=act.words, level=level, post=post)]
    return [*said, e.Left()] if life.parent else said


def _appeal(life: Life, act: a.Appeal, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(KINDS[life.kind].contested, "dispute_kind")
    end = windows.appeal_until(life)
    if end is not None:
        _need(ctx.now <= end, "appeal_late")
    elif doer.side == "citizen" and life.state == "resolution_proposed":
        _need(life.disputes >= DISPUTES_MOST, "appeal_first")
    _need(doer.side == "citizen" or not life.parent, "joined_quiet")
    said: list[e.Step] = [e.Appealed(automatic=doer.side == "clock", words=act.words)]
    return [*said, e.Left()] if life.parent else said


def _own_case(life: Life, doer: Doer) -> None:
    _need(doer.id not in life.hands and not (doer.post and doer.post in life.hands), "own_case")


def _direct(life: Life, act: a.Direct, doer: Doer, ctx: Context) -> list[e.Step]:
    _own_case(life, doer)
    _need(act.order.id, "note_missing")
    _need(act.office, "office_missing")
    _clear(life, ctx, act.office, act.post)
    return [e.Directed(order=act.order, office=act.office, post=act.post)]


def _uphold(life: Life, act: a.Uphold, doer: Doer, ctx: Context) -> list[e.Step]:
    _own_case(life, doer)
    _need(act.order.id, "note_missing")
    return [e.Upheld(order=act.order)]


def _withdraw(life: Life, act: a.Withdraw, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.called_back or not life.protected, "withdraw_check")
    return [e.Withdrawn(called_back=act.called_back)]


def _warn(life: Life, act: a.Warn, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(doer.level >= FORCE_LEVEL, "force_level")
    _need(act.reason.id, "note_missing")
    return [] if life.warned_at is not None else [e.Warned(reason=act.reason)]


def _force(life: Life, act: a.Force, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(doer.level >= FORCE_LEVEL, "force_level")
    _need(act.reason.id, "note_missing")
    _need(act.outcome in KINDS[life.kind].outcomes, "outcome_kind")
    if life.warned_at is None or life.told_at is None:
        raise TicketRefused("force_unwarned")
    _need(ctx.now >= ctx.after_days(max(life.told_at, life.warned_at), windows.WARNING_DAYS), "force_early")
    return [e.Forced(outcome=act.outcome, reason=act.reason)]


def _escalate(life: Life, act: a.Escalate, doer: Doer, ctx: Context) -> list[e.Step]:
    """By the clock and by superiors to any higher level; by the citizen one level, once it is late."""
    _need(not life.parent, "joined_quiet")
    _need(KINDS[life.kind].escalates, "level_highest")
    level = life.level + 1 if doer.side == "citizen" else act.level
    _need(level <= LEVEL_MOST, "level_highest")
    _need(level > life.level, "level_reached")
    if doer.side == "citizen":
        _need(ctx.due is not None and ctx.now > ctx.due, "escalate_early")
        _need(life.escalated_at is None or ctx.now >= ctx.after_days(life.escalated_at, 5), "escalate_early")
    return [e.Escalated(level=level, post=act.post or ctx.above(level), why=act.why)]


def _join(life: Life, act: a.Join, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(not life.parent, "joined_already")
    parent = ctx.parent
    if parent is None or parent.id != act.parent:
        raise TicketRefused("ticket_unknown")
    _need(parent.id != life.id and not parent.parent and not ctx.children, "join_self")
    _need(is_open(parent.state), "join_closed")
    _need(not (life.protected or parent.protected), "join_protected")
    return [e.Joined(parent=act.parent)]


def _leave(life: Life, act: a.Leave, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(life.parent, "not_joined")
    return [e.Left()]


def _share(life: Life, act: a.Share, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.office, "office_missing")
    _need(act.office != life.office, "part_lead")
    _clear(life, ctx, act.office, "")
    return [] if act.office in life.parts else [e.Shared(office=act.office)]


def _finish_part(life: Life, act: a.FinishPart, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.office in life.parts and life.parts[act.office] is None, "part_unknown")
    _need(doer.side == "supervisor" or not doer.office or doer.office == act.office, "ticket_not_you")
    return [e.PartDone(office=act.office, note=act.note)]


def _note(life: Life, act: a.Note, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.note.id, "note_missing")
    return [e.Noted(note=act.note)]


def _evidence(life: Life, act: a.AddEvidence, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(act.attachment, "attachment_missing")
    return [] if act.attachment in life.evidence else [e.Evidence(attachment=act.attachment, shown=act.shown)]


def _classify(life: Life, act: a.Classify, doer: Doer, ctx: Context) -> list[e.Step]:
    """The days of the law stay; a matter that is protected stays so unless the desk that sorts says otherwise."""
    _need(act.category, "office_missing")
    _need(1 <= act.days <= DAYS_MOST, "days_range")
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
    _need(not ctx.concerns(act.office, act.post, act.about), "conflict_office")
    if life.state in ("awaiting_citizen", "awaiting_external"):
        said.append(e.Resumed())
    return [*said, e.Routed(office=act.office, post=act.post, why=act.why, rule=act.rule)]


def _move_due(life: Life, act: a.MoveDue, doer: Doer, ctx: Context) -> list[e.Step]:
    """Later only, and once for each version of the calendar; the clocks reckon with the new day already."""
    _need(act.version > life.calendar, "due_earlier")
    _need(life.moved_due is None or act.due > life.moved_due, "due_earlier")
    _need(ctx.due is None or act.due >= ctx.due, "due_earlier")
    return [e.CalendarChanged(version=act.version, due=act.due)]


def _arrival(life: Life, act: a.NoteArrival, doer: Doer, ctx: Context) -> list[e.Step]:
    """The first receipt counts; one that comes too late for anything makes no step."""
    if act.of == "warning":
        counts = life.warned_at is not None and life.told_at is None
    else:
        counts = life.state == "resolution_proposed" and life.arrived_at is None
    return [e.Arrived(channel=act.channel, of=act.of)] if counts else []


def _rate(life: Life, act: a.Rate, doer: Doer, ctx: Context) -> list[e.Step]:
    _need(0 <= act.stars <= STARS_MOST, "rate_range")
    return [e.Rated(solved=act.solved, stars=act.stars, money=act.money, follower=act.follower)]


def _pledge(life: Life, act: a.Pledge, doer: Doer, ctx: Context) -> list[e.Step]:
    step = e.Pledged(commitment=act.commitment, step=act.what, day=act.day, due=act.due, said_at=act.said_at)
    return pledges.decide(life.pledges.get(act.commitment), step, doer.side, ctx.now)


_RULES: Final[dict[type[Act], Callable[[Life, Any, Doer, Context], list[e.Step]]]] = {
    a.Route: _route,
    a.Transfer: _transfer,
    a.Assign: _assign,
    a.TakeBack: _take_back,
    a.Start: _start,
    a.AskCitizen: _ask,
    a.Answer: _answer,
    a.WaitOutside: _wait,
    a.Resume: _resume,
    a.Propose: _propose,
    a.Countersign: _countersign,
    a.ProposeJoined: _propose_joined,
    a.Confirm: _confirm,
    a.StaySilent: _silent,
    a.Dispute: _dispute,
    a.Appeal: _appeal,
    a.Direct: _direct,
    a.Uphold: _uphold,
    a.Withdraw: _withdraw,
    a.Warn: _warn,
    a.Force: _force,
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
