"""What somebody may do with a ticket, and the steps that it makes: looks, and changes nothing. Pure.

The tables of lifecycle.py say who may do what from where; here is what else must be true. What is so already (a notice
that arrived twice) makes no step and is no refusal. Acts that move no state have their rules in deeds.py.
"""

from collections.abc import Callable
from typing import Any, Final

from . import acts as a
from . import deeds, pledges, windows
from . import events as e
from .acts import Act, Doer
from .guards import (
    ASKS_MOST,
    DISPUTES_MOST,
    FORCE_LEVEL,
    LEVEL_MOST,
    STAFF,
    TRANSFERS_MOST,
    Context,
    clear,
    need,
)
from .kinds import CITES, KINDS
from .life import Life
from .lifecycle import exists, is_closed, may
from .status import TicketRefused

__all__ = ["DISPUTES_MOST", "RULES", "TRANSFERS_MOST", "Context", "decide", "doubted"]


def decide(life: Life, act: Act, doer: Doer, ctx: Context) -> list[e.Step]:
    """The steps of an act, or `TicketRefused` with a code of refusals.py."""
    if not exists(life.state, act.step):
        raise TicketRefused("ticket_over" if is_closed(life.state) else "ticket_step")
    if not may(doer.side, life.state, act.step):
        raise TicketRefused("ticket_not_you")
    if doer.side in STAFF and doer.post and life.about and ctx.conflicts(doer.post, life.about):
        raise TicketRefused("conflict")
    return pledges.follow(life.pledges, RULES[type(act)](life, act, doer, ctx))


def _route(life: Life, act: a.Route, doer: Doer, ctx: Context) -> list[e.Step]:
    need(act.office, "office_missing")
    need(not (life.settled and doer.side == "clock"), "routing_final")
    clear(life, ctx, act.office, act.post)
    settles = doer.side == "triage" and life.transfers >= TRANSFERS_MOST
    why = "settled" if settles else act.why if act.why != "settled" else ""
    return [e.Routed(office=act.office, post=act.post, why=why, rule=act.rule, reason=act.reason)]


def _transfer(life: Life, act: a.Transfer, doer: Doer, ctx: Context) -> list[e.Step]:
    need(act.office, "office_missing")
    need(act.reason.id, "note_missing")
    need(not life.settled, "routing_final")
    need((act.office, act.post) != (life.office, life.post), "transfer_same")
    need(life.transfers < TRANSFERS_MOST or act.office == ctx.triage, "transfer_limit")
    clear(life, ctx, act.office, act.post)
    return [e.Transferred(office=act.office, post=act.post, reason=act.reason)]


def _assign(life: Life, act: a.Assign, doer: Doer, ctx: Context) -> list[e.Step]:
    """The clock accepts for an office that has no post yet; people say which."""
    need(act.post or doer.side == "clock", "office_missing")
    clear(life, ctx, "", act.post)
    return [e.Assigned(post=act.post, account=act.account)]


def _take_back(life: Life, act: a.TakeBack, doer: Doer, ctx: Context) -> list[e.Step]:
    need(life.first_action_at is None, "begun_already")
    return [e.Routed(office=life.office, why="taken_back")]


def _start(life: Life, act: a.Start, doer: Doer, ctx: Context) -> list[e.Step]:
    need(act.plan.id, "note_missing")
    return [e.Started(plan=act.plan, day=act.day)]


def _ask(life: Life, act: a.AskCitizen, doer: Doer, ctx: Context) -> list[e.Step]:
    need(act.question.id, "note_missing")
    need(life.asked < ASKS_MOST, "ask_limit")
    return [e.Asked(question=act.question)]


def _answer(life: Life, act: a.Answer, doer: Doer, ctx: Context) -> list[e.Step]:
    return [e.Answered(answer=act.answer)]


def _wait(life: Life, act: a.WaitOutside, doer: Doer, ctx: Context) -> list[e.Step]:
    need(act.reason.id, "note_missing")
    if act.paused:
        need(not KINDS[life.kind].statutory, "pause_statutory")
        need(doer.side == "supervisor" and doer.level >= 1, "pause_superior")
    return [e.Waits(reason=act.reason, paused=act.paused)]


def _resume(life: Life, act: a.Resume, doer: Doer, ctx: Context) -> list[e.Step]:
    return [e.Resumed()]


def _end(life: Life, act: a.Propose | a.ProposeJoined | e.Submitted) -> None:
    """An end says what came of it, and on what it rests."""
    need(act.outcome in KINDS[life.kind].outcomes, "outcome_kind")
    need(act.note.id, "note_missing")
    if act.outcome in CITES:
        need(act.rule is not None and act.rule.id, "rule_missing")
    if act.outcome == "duplicate":
        need(life.parent, "outcome_parent")
    if act.outcome == "no_information_from_citizen":
        need(life.asked, "outcome_unasked")


def _propose(life: Life, act: a.Propose, doer: Doer, ctx: Context) -> list[e.Step]:
    """After a dispute, whose word was doubted writes again only for the superior to sign."""
    _end(life, act)
    if ctx.evidence_needed:
        need(act.evidence or life.evidence, "evidence_missing")
    if doer.side != "supervisor":
        need(None not in life.parts.values(), "parts_open")
    end = e.Submitted if doubted(life, doer) else e.Proposed
    return [end(outcome=act.outcome, note=act.note, rule=act.rule, evidence=act.evidence, post=doer.post)]


def doubted(life: Life, doer: Doer) -> bool:
    """Whether the citizen said no to what this hand wrote, so that it needs another's to write to her again."""
    same = doer.id == life.proposed_by or bool(doer.post and doer.post == life.proposed_post)
    return bool(life.disputes) and same


def _countersign(life: Life, act: a.Countersign, doer: Doer, ctx: Context) -> list[e.Step]:
    draft = life.submitted
    if draft is None:
        raise TicketRefused("nothing_submitted")
    need(doer.id != life.submitted_by and not (doer.post and doer.post == draft.post), "own_proposal")
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
    need(life.parent and life.parent == act.parent, "not_joined")
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
    need(act.how != "operator" or act.consent, "consent_missing")
    return [e.Confirmed(how=act.how, consent=act.consent)]


def _silent(life: Life, act: a.StaySilent, doer: Doer, ctx: Context) -> list[e.Step]:
    end = windows.silent_at(life, ctx.end_of_day)
    if end is None:
        raise TicketRefused("arrival_missing")
    need(ctx.now >= end, "too_early")
    return [e.Silent()]


def _dispute(life: Life, act: a.Dispute, doer: Doer, ctx: Context) -> list[e.Step]:
    """Goes one level up; one that went on with another ticket goes on alone, for it is her own word against it."""
    need(KINDS[life.kind].contested, "dispute_kind")
    need(life.disputes < DISPUTES_MOST, "dispute_limit")
    end = windows.dispute_until(life, ctx.end_of_day)
    need(end is None or ctx.now <= end, "dispute_late")
    level = min(LEVEL_MOST, life.level + 1)
    post = ctx.above(level) if level > life.level else life.accountable
    said: list[e.Step] = [e.Disputed(solved=act.solved, words=act.words, level=level, post=post)]
    return [*said, e.Left()] if life.parent else said


def _appeal(life: Life, act: a.Appeal, doer: Doer, ctx: Context) -> list[e.Step]:
    need(KINDS[life.kind].contested, "dispute_kind")
    end = windows.appeal_until(life, ctx.end_of_day)
    if end is not None:
        need(ctx.now <= end, "appeal_late")
    elif doer.side == "citizen" and life.state == "resolution_proposed":
        need(life.disputes >= DISPUTES_MOST, "appeal_first")
    need(doer.side == "citizen" or not life.parent, "joined_quiet")
    said: list[e.Step] = [e.Appealed(automatic=doer.side == "clock", words=act.words)]
    return [*said, e.Left()] if life.parent else said


def _own_case(life: Life, doer: Doer) -> None:
    need(doer.id not in life.hands and not (doer.post and doer.post in life.hands), "own_case")


def _direct(life: Life, act: a.Direct, doer: Doer, ctx: Context) -> list[e.Step]:
    _own_case(life, doer)
    need(act.order.id, "note_missing")
    need(act.office, "office_missing")
    clear(life, ctx, act.office, act.post)
    return [e.Directed(order=act.order, office=act.office, post=act.post)]


def _uphold(life: Life, act: a.Uphold, doer: Doer, ctx: Context) -> list[e.Step]:
    _own_case(life, doer)
    need(act.order.id, "note_missing")
    return [e.Upheld(order=act.order)]


def _withdraw(life: Life, act: a.Withdraw, doer: Doer, ctx: Context) -> list[e.Step]:
    need(act.called_back or not life.protected, "withdraw_check")
    return [e.Withdrawn(called_back=act.called_back)]


def _force(life: Life, act: a.Force, doer: Doer, ctx: Context) -> list[e.Step]:
    need(doer.level >= FORCE_LEVEL, "force_level")
    need(act.reason.id, "note_missing")
    need(act.outcome in KINDS[life.kind].outcomes, "outcome_kind")
    if life.warned_at is None or life.told_at is None:
        raise TicketRefused("force_unwarned")
    need(ctx.now >= ctx.after_days(max(life.told_at, life.warned_at), windows.WARNING_DAYS), "force_early")
    return [e.Forced(outcome=act.outcome, reason=act.reason)]


RULES: Final[dict[type[Act], Callable[[Life, Any, Doer, Context], list[e.Step]]]] = {
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
    a.Force: _force,
    **deeds.RULES,
}
