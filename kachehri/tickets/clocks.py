"""When what is due for a ticket: a pure function of the calendar and the ticket's steps, and of nothing else.

Rule 1: no step gives a clock a new beginning. Another office, another topic, a note, a picture, a dispute: what has
passed stays passed. Only the appeal body, when it sends a ticket back, gives the office its days anew.
Rule 2: only a question to the citizen stops the clock, for ten working days in all, and a wait outside that a superior
agreed to. A pause that begins when the day is over changes nothing.
Rule 3: a proposal that the citizen disputes has bought no time: the day stays the one that it was.
Rule 4: a ticket that goes on with another is quiet; what is late is that one.
Rule 5: acts follow from the present state alone, so asking twice, or late, or from two places, does nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple

from . import windows
from .acts import Act, Appeal, Assign, Escalate, MoveDue, Pledge, Resume, StaySilent
from .calendar import WorkingCalendar, WorkingDays
from .kinds import KINDS
from .life import Life
from .lifecycle import State

What = Literal["accept", "escalate", "appeal", "resume", "silent", "pledge", "remind"]
#: The office owes something, and its clock runs unless it is paused.
RUNS: Final[frozenset[State]] = frozenset(
    {"registered", "routed", "assigned", "in_progress", "awaiting_citizen", "awaiting_external", "disputed"}
)
#: A promise in one of these is neither kept nor broken yet.
STANDING: Final = frozenset({"made", "moved"})
LEVELS: Final = 3


class Dues(NamedTuple):
    """Until when what should happen, in milliseconds since the epoch; None where it cannot be due.

    Arguments:
        resolve: the day that was told; pauses that go on are not in it yet.
        accept, first: also when they have happened, so that one can see whether they came in time.
        arrive: the notice of the proposal should have reached her.
        silent: her silence counts as an end from then on; `dispute`, until when she may say no.
        appeal: the appeal body decides; `appeal_until`, she may still ask it.
        force: a close that she was warned of.
        commitments: by promise; the empty one is that of the hearing itself.
        levels: first to third level, then the appeal that nobody has to ask for.
    """

    acknowledge: int
    accept: int
    first: int
    resolve: int
    arrive: int | None
    silent: int | None
    dispute: int | None
    appeal: int | None
    appeal_until: int | None
    force: int | None
    commitments: Mapping[str, int]
    levels: tuple[int, int, int, int]


def dues(life: Life, calendar: WorkingCalendar, *, until: int | None = None) -> Dues:
    """Every clock of a ticket.

    Arguments:
        until: as the calendar was up to this version, for the days of the office.
    """
    terms, opened = calendar.terms, life.opened_at

    def after(start: int, days: int) -> int:
        return _latest(calendar, life, opened, lambda local: local.after(start, days), until)

    def ends(start: int, days: int) -> int:
        return end_of_day(life, calendar, start, days)

    resolve = _latest(calendar, life, opened, lambda local: _resolve(life, local, None), until)
    last = after(resolve, terms.third_level + terms.appeal_after)
    if terms.appeal_calendar_days:
        last = min(last, calendar.days(life.area).end_of_day(_begins(life), terms.appeal_calendar_days))
    proposed = life.proposed_at if life.state == "resolution_proposed" else None
    commitments = {id: pledge.due for id, pledge in life.pledges.items() if pledge.due is not None}
    if life.promised is not None and not life.pledges:
        commitments[""] = life.promised
    return Dues(
        acknowledge=opened + terms.acknowledge_ms,
        accept=after(opened, terms.accept),
        first=after(opened, terms.first),
        resolve=resolve,
        arrive=after(proposed, terms.arrive) if proposed is not None else None,
        silent=windows.silent_at(life, ends),
        dispute=windows.dispute_until(life, ends),
        appeal=after(life.appealed_at, terms.appeal) if life.appealed_at is not None else None,
        appeal_until=windows.appeal_until(life, ends),
        force=after(max(life.told_at, life.warned_at or 0), windows.WARNING_DAYS) if life.told_at is not None else None,
        commitments=commitments,
        levels=(resolve, after(resolve, terms.second_level), after(resolve, terms.third_level), last),
    )


def end_of_day(life: Life, calendar: WorkingCalendar, start: int, days: int) -> int:
    """The end of the day that is so many calendar days after an instant: until then the citizen has time."""
    return _latest(calendar, life, start, lambda local: local.end_of_day(start, days))


def working_days(life: Life, calendar: WorkingCalendar, start: int, days: int) -> int:
    """When so many working days are over since an instant."""
    return _latest(calendar, life, life.opened_at, lambda local: local.after(start, days))


def next_due(life: Life, calendar: WorkingCalendar, after: int | None = None) -> tuple[int, What] | None:
    """When the clock has to look at a ticket again, and for what; None when nothing can become due.

    Arguments:
        after: reminders up to this instant have been given; without it, up to the last step.
    """
    found = dues(life, calendar)
    ahead: list[tuple[int, What]] = [*_acts(life, calendar, found)]
    seen = life.at if after is None else after
    ahead += [(at, "remind") for at, _ in reminders(life, calendar, found) if at > seen]
    return min(ahead, default=None)


def due_actions(
    life: Life, calendar: WorkingCalendar, now: int, above: Callable[[int], str] = lambda level: ""
) -> list[Act]:
    """What the clock has to do by now, in order. When it is done, asking again gives nothing (rule 5).

    Arguments:
        above: the post that answers for this ticket at a level.
    """
    found = dues(life, calendar)
    due = {what for at, what in _acts(life, calendar, found) if at <= now}
    acts: list[Act] = []
    if move := moved(life, calendar, found):
        acts.append(move)
    acts += [Pledge(commitment=id, what="broken") for id, at in _standing(life) if at <= now]
    if "silent" in due:
        acts.append(StaySilent())
    if "resume" in due:
        acts.append(Resume())
    if "accept" in due:
        acts.append(Assign(post=life.post))
    if "appeal" in due:
        acts.append(Appeal(automatic=True))
    elif "escalate" in due:
        level = sum(at <= now for at in found.levels[:LEVELS])
        acts.append(Escalate(level=level, post=above(level)))
    return acts


def moved(life: Life, calendar: WorkingCalendar, found: Dues | None = None) -> MoveDue | None:
    """The step that says that the calendar moved the day, if it did and nobody has said so yet.

    Arguments:
        found: the clocks, where they have been reckoned already; here and below.
    """
    if life.state not in RUNS and life.state != "resolution_proposed":
        return None
    known = max(life.calendar, calendar.versions[calendar.in_force(life.opened_at)].version)
    if known >= calendar.version:
        return None
    due = (found or dues(life, calendar)).resolve
    before = dues(life, calendar, until=known).resolve
    return MoveDue(version=calendar.version, due=due) if due > max(before, life.moved_due or 0) else None


def effective(life: Life, calendar: WorkingCalendar, now: int) -> int:
    """When it should be resolved if a pause that goes on ended now."""
    return _latest(calendar, life, life.opened_at, lambda local: _resolve(life, local, now))


def reminders(life: Life, calendar: WorkingCalendar, clocks: Dues | None = None) -> list[tuple[int, str]]:
    """When staff are told without a step of the ticket: at instants at which offices work.

    "half" and "risk" are shares of the time to resolve it; the others name a clock that ran out.
    """
    if life.parent or not life.is_open:
        return []
    found: list[tuple[int, str]] = []
    local = calendar.days(life.area)
    clocks = clocks or dues(life, calendar)
    if life.state == "resolution_proposed":
        at = clocks.arrive
        return [(local.at_work(at), "arrive")] if at is not None and life.arrived_at is None else []
    if life.state == "in_appeal":
        at = clocks.appeal
        return [(local.at_work(at), "appeal")] if at is not None else []
    if not KINDS[life.kind].escalates:
        return found
    for id, at in clocks.commitments.items():
        if not id or life.pledges[id].state in STANDING:
            found.append((local.at_work(local.moment(local.local(at).date(), 0)), "promise"))
    if life.state == "registered":
        found.append((local.at_work(clocks.accept), "sort"))
    if life.first_action_at is None:
        found.append((local.at_work(clocks.first), "first"))
    if not life.paused:
        start = _begins(life)
        total = local.between(start, clocks.resolve)
        for part, name in ((0.5, "half"), (0.8, "risk")):
            found.append((_latest(calendar, life, start, _share(start, total, part)), name))
    return found


def _share(start: int, total: int, part: float) -> Callable[[WorkingDays], int]:
    return lambda local: local.share(start, total, part)


def _acts(life: Life, calendar: WorkingCalendar, found: Dues) -> list[tuple[int, What]]:
    """What the clock itself will do from the present state, and when."""
    ahead: list[tuple[int, What]] = [(at, "pledge") for _, at in _standing(life)]
    if life.state == "resolution_proposed":
        silent = found.silent
        return [*ahead, (silent, "silent")] if silent is not None else ahead
    if life.state not in RUNS:
        return ahead
    if life.state == "awaiting_citizen":
        # The pause ends by itself when the days for questions are used up; then the clock runs on.
        asked = life.pauses[-1][0] if life.paused else None
        if asked is not None:
            ahead.append((_latest(calendar, life, life.opened_at, _asked_out(life, asked)), "resume"))
        return ahead
    if life.parent or (life.paused and life.state == "awaiting_external"):
        return ahead
    if life.state == "routed":
        since = life.routed_at or life.opened_at
        days = calendar.terms.accept
        ahead.append((_latest(calendar, life, since, lambda local: local.after(since, days)), "accept"))
    if KINDS[life.kind].escalates:
        levels = found.levels
        if life.level < LEVELS:
            ahead.append((levels[life.level], "escalate"))
        ahead.append((levels[LEVELS], "appeal"))
    return ahead


def _standing(life: Life) -> list[tuple[str, int]]:
    """Promises of which nobody has said anything yet, and the first instant after their day."""
    return [(id, each.due + 1) for id, each in life.pledges.items() if each.state in STANDING and each.due is not None]


def _begins(life: Life) -> int:
    return life.directed_at or life.opened_at


def _resolve(life: Life, local: WorkingDays, now: int | None) -> int:
    """The day under one version of the calendar. A pause that goes on ends at `now`, or is left out without one."""
    start = _begins(life)
    zero, days, asked = local.day_zero(start), life.days, 0
    due = local.closing(local.nth(zero, days) if days else zero)
    for number, (since, to) in enumerate(life.pauses):
        end = to if to is not None else now
        if since is None or end is None or since < start or since > due:
            continue
        length = local.between(since, end)
        if number not in life.outside:
            length = min(length, local.rules.terms.asking - asked)
            asked += length
        days += length
        due = local.closing(local.nth(zero, days)) if days else due
    return due


def _asked_out(life: Life, since: int) -> Callable[[WorkingDays], int]:
    """When a question that was asked at an instant has used up the days for which questions stop the clock."""
    over = [(a, b) for number, (a, b) in enumerate(life.pauses) if number not in life.outside]

    def reckon(local: WorkingDays) -> int:
        used = sum(local.between(a, b) for a, b in over if a is not None and b is not None)
        return local.after(since, max(0, local.rules.terms.asking - used))

    return reckon


def _latest(
    calendar: WorkingCalendar,
    life: Life,
    since: int,
    reckon: Callable[[WorkingDays], int],
    until: int | None = None,
) -> int:
    found = calendar.latest(life.area, since, reckon, until)
    assert found is not None  # there is always one version
    return found
