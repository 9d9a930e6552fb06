"""A ticket as its steps have made it: the one place that reads them in order. Pure.

Rule 1: the row of a ticket is what follows from its steps, and can be made again from them at any time.
Rule 2: what counts for the clocks (when it was accepted, begun, paused) is kept as it happened; how long that is in
working days, and what is late, says clocks.py with the calendar of the day.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from . import events as e
from .events import Happened
from .lifecycle import STATES, State
from .pledges import Pledge
from .pledges import evolve as pledged


@dataclass(slots=True)
class Life:
    """Where a ticket stands. Instants are milliseconds since the epoch; None where it has not happened.

    `pauses` are `[from, to]`, with None for one that lasts; `office` leads, `parts` are the others' by office with the
    instant at which each was done.
    """

    id: str
    kind: e.Kind = "grievance"
    state: State = "registered"
    #: Where it stood before it waited for somebody.
    before: State = "assigned"
    office: str = ""
    post: str = ""
    account: str = ""
    #: The post that answers for it since it is late.
    accountable: str = ""
    category: str = ""
    area: str = ""
    days: int = 15
    protected: bool = False
    about: str = ""
    outcome: str = ""
    basis: str = ""
    level: int = 0
    transfers: int = 0
    asked: int = 0
    disputes: int = 0
    opened_at: int = 0
    #: A promise of the hearing itself, which stands beside the clock of the category.
    promised: int | None = None
    routed_at: int | None = None
    accepted_at: int | None = None
    first_action_at: int | None = None
    planned: str = ""
    proposed_at: int | None = None
    #: Account and post of whoever said that it is done, also of whoever wrote what another signed.
    proposed_by: str = ""
    proposed_post: str = ""
    #: What waits for a superior's signature.
    submitted: e.Submitted | None = None
    submitted_by: str = ""
    evidence: list[str] = field(default_factory=list)
    arrived_at: int | None = None
    disputed_at: int | None = None
    warned_at: int | None = None
    warned_by: str = ""
    #: When the warning reached her.
    told_at: int | None = None
    closed_at: int | None = None
    appealed_at: int | None = None
    #: When the appeal body sent it back: from then on the office has its days once more.
    directed_at: int | None = None
    appeals: int = 0
    escalated_at: int | None = None
    pauses: list[list[int | None]] = field(default_factory=list)
    #: Those of them, by number, that wait for somebody outside and not for the citizen.
    outside: set[int] = field(default_factory=set)
    parent: str = ""
    parts: dict[str, int | None] = field(default_factory=dict)
    pledges: dict[str, Pledge] = field(default_factory=dict)
    #: The last due day that the calendar moved, and the version of the calendar.
    moved_due: int | None = None
    calendar: int = 0
    solved: str = ""
    stars: int = 0
    #: Her answer to "did anyone ask for money?", and whether anyone's, a follower's too, was yes.
    money: str = ""
    flagged: bool = False
    assisted: bool = False
    #: The desk that sorts has decided after two transfers.
    settled: bool = False
    #: Accounts and posts that had a hand in it, none of which decides an appeal.
    hands: set[str] = field(default_factory=set)
    seq: int = 0
    at: int = 0

    @property
    def is_open(self) -> bool:
        return STATES[self.state].group == "open"

    @property
    def paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1][1] is None


def replay(ticket: str, steps: Iterable[Happened]) -> Life:
    """The ticket that these steps have made."""
    life = Life(ticket)
    for step in steps:
        evolve(life, step)
    return life


def evolve(life: Life, step: Happened) -> None:
    """Carry one step into the ticket. A step that was recorded is never refused."""
    at, body = step.at, step.body
    life.seq, life.at = step.seq, at
    match body:
        case e.Opened():
            life.kind, life.category, life.area = body.kind, body.category, body.area
            life.office, life.post, life.days = body.office, body.post, body.days
            life.protected, life.about, life.promised = body.protected, body.about, body.due
            life.state = _state(body.state)
            life.outcome, life.opened_at, life.assisted = body.outcome, at, body.assisted
            if life.state == "routed":
                life.routed_at = at
            if life.state == "resolution_proposed":
                life.proposed_at = life.first_action_at = life.accepted_at = at
        case e.Routed() | e.Transferred():
            life.office, life.post, life.account, life.state, life.routed_at = body.office, body.post, "", "routed", at
            if isinstance(body, e.Transferred):
                life.transfers += 1
                _hand(life, step.actor)
            elif body.why == "settled":
                life.settled = True
        case e.Assigned():
            life.post, life.account, life.state = body.post, body.account, "assigned"
            life.accepted_at = life.accepted_at or at
            _hand(life, step.actor, body.post, body.account)
        case e.Started():
            life.state, life.planned = "in_progress", body.day
            life.first_action_at = life.first_action_at or at
            _hand(life, step.actor)
        case e.Asked():
            life.before, life.state = life.state, "awaiting_citizen"
            life.asked += 1
            life.pauses.append([at, None])
            _hand(life, step.actor)
        case e.Waits():
            life.before, life.state = life.state, "awaiting_external"
            if body.paused:
                life.outside.add(len(life.pauses))
                life.pauses.append([at, None])
            _hand(life, step.actor)
        case e.Answered() | e.Resumed():
            life.state = life.before
            _go_on(life, at)
            _unwarn(life)
        case e.Submitted():
            life.submitted, life.submitted_by = body, step.actor
            _hand(life, step.actor, body.post)
        case e.Proposed():
            _propose(life, at, step.actor, body)
        case e.Arrived():
            if body.of == "warning":
                life.told_at = life.told_at or at
            else:
                life.arrived_at = life.arrived_at or at
        case e.Disputed():
            life.state, life.disputed_at, life.closed_at, life.basis = "disputed", at, None, ""
            life.disputes += 1
            life.solved = body.solved
            if body.level > life.level:
                life.level, life.accountable = body.level, body.post
            _unwarn(life)
        case e.Appealed():
            _go_on(life, at)
            life.state, life.appealed_at, life.closed_at, life.basis = "in_appeal", at, None, ""
            life.appeals += 1
            _unwarn(life)
        case e.Directed():
            life.office, life.post, life.account, life.state = body.office, body.post, "", "assigned"
            life.directed_at = at
            life.accepted_at = life.accepted_at or at
        case e.Confirmed():
            life.solved = "yes"
            _close(life, at, "closed", "citizen_confirmed")
        case e.Silent():
            _close(life, at, "closed", "citizen_silent")
        case e.Forced():
            life.outcome = body.outcome
            _hand(life, step.actor)
            _close(life, at, "closed", "supervisor_forced")
        case e.Upheld():
            _close(life, at, "closed_final", "appeal_decided")
        case e.Withdrawn():
            life.outcome = "withdrawn"
            _close(life, at, "closed", "citizen_withdrew")
        case e.Warned():
            life.warned_at, life.warned_by, life.told_at = at, step.actor, None
            _hand(life, step.actor)
        case e.Escalated():
            life.level, life.accountable, life.escalated_at = body.level, body.post, at
            _hand(life, body.post)
        case e.Joined():
            life.parent = body.parent
        case e.Left():
            life.parent = ""
        case e.Shared():
            life.parts.setdefault(body.office, None)
        case e.PartDone():
            life.parts[body.office] = at
        case e.Evidence():
            life.evidence.append(body.attachment)
        case e.Classified():
            life.category, life.days, life.protected = body.category, body.days, body.protected
            life.moved_due = None  # a day of the days that it had before
        case e.Concerned():
            life.about = body.about
        case e.CalendarChanged():
            life.calendar, life.moved_due = body.version, body.due
        case e.Rated():
            life.flagged = life.flagged or body.money == "yes"
            if not body.follower:
                life.solved, life.stars, life.money = body.solved, body.stars, body.money
        case e.Pledged():
            life.pledges[body.commitment] = pledged(life.pledges.get(body.commitment), body, at)
        case _:  # words for a reader, which change nothing
            pass


#: Actors that are no member of staff.
NOBODY: Final = frozenset({"", "citizen", "clock", "system"})


def _hand(life: Life, *names: str) -> None:
    life.hands.update(name for name in names if name not in NOBODY)


def _propose(life: Life, at: int, actor: str, body: e.Proposed) -> None:
    _go_on(life, at)
    life.state, life.outcome, life.proposed_at = "resolution_proposed", body.outcome, at
    life.proposed_by, life.proposed_post = body.wrote or actor, body.post
    life.first_action_at = life.first_action_at or at
    life.accepted_at = life.accepted_at or at
    life.arrived_at, life.submitted, life.submitted_by = None, None, ""
    _hand(life, actor, body.post, body.wrote)


def _unwarn(life: Life) -> None:
    """Whoever speaks has objected; a close without her word needs a new warning."""
    life.warned_at, life.warned_by, life.told_at = None, "", None


def _state(name: str) -> State:
    return name if name in STATES else "registered"


def _go_on(life: Life, at: int) -> None:
    if life.paused:
        life.pauses[-1][1] = at


def _close(life: Life, at: int, state: State, basis: e.Basis) -> None:
    _go_on(life, at)
    life.state, life.closed_at, life.basis = state, at, basis
    _unwarn(life)
