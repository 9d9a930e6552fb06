"""Whatever happens to a ticket: what was recorded says all, no clock begins anew, and no table is overstepped."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.tickets import acts as a
from kachehri.tickets import clocks
from kachehri.tickets import events as e
from kachehri.tickets.acts import Act, Doer
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.decide import Context, decide
from kachehri.tickets.events import Happened
from kachehri.tickets.life import Life, evolve, replay
from kachehri.tickets.lifecycle import STATES, By, Deed, State, after, may
from kachehri.tickets.lifecycle import Step as StepName
from kachehri.tickets.status import TicketRefused
from tests.conftest import MONDAY_MS

from .lives import MAKERS, SIDES, STEPS, Chance

CALENDAR = WorkingCalendar()
#: Acts that need another ticket, a promise or the calendar to mean anything; lives without those have none of them.
ALONE: dict[str, Callable[[Chance, Life], Act]] = {
    "take_back": lambda chance, life: a.TakeBack(),
    "propose_joined": lambda chance, life: a.ProposeJoined(parent="t9", outcome="relief_granted", note=chance.words()),
    "join": lambda chance, life: a.Join(parent="t9"),
    "leave": lambda chance, life: a.Leave(),
    "move_due": lambda chance, life: a.MoveDue(version=1, due=1),
    "pledge": lambda chance, life: a.Pledge(commitment="c1", what="said"),
}
#: Steps after which the office may have another number of days: another topic, an order of the appeal body.
OTHER_DAYS = (e.Classified, e.Directed)
#: Steps that end a pause: only then is its length known, and the day later by it.
ENDS_PAUSE = (e.Answered, e.Resumed, e.Proposed, e.Appealed, e.Confirmed, e.Silent, e.Forced, e.Withdrawn)


def context(life: Life, now: int) -> Context:
    return Context(
        now=now,
        after_days=CALENDAR.days().after,
        end_of_day=CALENDAR.days().end_of_day,
        conflicts=lambda post, about: post == about,
        triage="triage",
        above=lambda level: f"above-{level}",
        due=clocks.dues(life, CALENDAR).resolve,
    )


def lived(rng: Random, length: int) -> tuple[Life, list[Happened]]:
    """A random life of so many tries, each step watched."""
    chance = Chance(rng)
    steps = [Happened(1, MONDAY_MS, "system", chance.opened())]
    life, now = replay("t1", steps), MONDAY_MS
    for _ in range(length):
        now = max(chance.later(now), life.at)
        act, doer = chance.next(life)
        try:
            bodies = decide(life, act, doer, context(life, now))
        except TicketRefused:
            continue
        assert may(doer.side, life.state, act.step), "what no table has was granted"
        for body in bodies:
            steps.append(Happened(life.seq + 1, now, doer.side, body))
            watch(life, steps[-1])
    return life, steps


def watch(life: Life, step: Happened) -> None:
    """Carry a step in, and see that nothing went back."""
    began = (life.opened_at, life.accepted_at, life.first_action_at)
    due, level, hands = clocks.dues(life, CALENDAR).resolve, life.level, set(life.hands)
    evolve(life, step)
    for was, now in zip(began, (life.opened_at, life.accepted_at, life.first_action_at), strict=True):
        assert was is None or was == now, "a clock began anew"
    later = clocks.dues(life, CALENDAR).resolve
    if not isinstance(step.body, OTHER_DAYS):
        assert later >= due, "a step brought the day forward"
        assert later == due or isinstance(step.body, ENDS_PAUSE), "a step bought time"
    assert life.level >= level and life.hands >= hands
    assert life.pauses == sorted(life.pauses, key=lambda pause: pause[0] or 0)
    assert all(end is not None for _, end in life.pauses[:-1]), "two pauses at once"
    assert life.is_open == (life.closed_at is None)
    assert life.is_open == (life.basis == "")
    assert not life.paused or life.state in ("awaiting_citizen", "awaiting_external")


@given(st.randoms(use_true_random=False))
def test_a_random_life_keeps_what_was_and_can_be_read_again(rng: Random) -> None:
    life, steps = lived(rng, 40)
    again = [Happened(each.seq, each.at, each.actor, e.decode(*e.encode(each.body))) for each in steps]
    assert replay("t1", again) == life
    assert [each.seq for each in steps] == list(range(1, len(steps) + 1))
    assert clocks.next_due(replay("t1", again), CALENDAR) == clocks.next_due(life, CALENDAR)


def test_random_lives_go_everywhere() -> None:
    """The luck of the test above is worth something only if it comes to every state and takes every step."""
    seen: set[str] = set()
    taken: set[str] = set()
    for seed in range(150):
        life, steps = lived(Random(seed), 60)
        story = Life("t1")
        for step in steps:
            evolve(story, step)
            seen.add(story.state)
            taken.add(type(step.body).__name__)
        assert story == life
    assert seen == set(STATES)
    missed = {each.__name__ for each in e.CLASSES} - taken
    assert missed <= {"Joined", "Left", "CalendarChanged", "Pledged"}, missed


@pytest.mark.parametrize("state", get_args(State))
def test_what_no_table_has_is_refused_whoever_asks(state: State) -> None:
    chance = Chance(Random(7))
    acts: dict[str, Callable[[Chance, Life], Act]] = {**MAKERS, **ALONE}
    assert set(acts) | {"submit"} == {*get_args(StepName), *get_args(Deed)}, "what is submitted was proposed"
    for side in SIDES:
        for name, make in acts.items():
            life = Life("t1", state=state, office="water")
            code = _refusal(life, make(chance, life), chance.doer(side))
            forbidden = code in ("ticket_step", "ticket_not_you", "ticket_over")
            assert forbidden == (not may(side, state, name)) or code == "ticket_not_you", (side, state, name, code)
            if not may(side, state, name):
                assert forbidden


def _refusal(life: Life, act: Act, doer: Doer) -> str:
    try:
        decide(life, act, doer, context(life, MONDAY_MS))
    except TicketRefused as refused:
        return refused.code
    return ""


@given(st.randoms(use_true_random=False))
def test_a_step_leads_where_the_table_says(rng: Random) -> None:
    chance = Chance(rng)
    life, steps = lived(rng, 15)
    for _ in range(20):
        side: By = rng.choice(SIDES)
        act, doer = chance.next(life)[0], chance.doer(side)
        try:
            bodies = decide(life, act, doer, context(life, life.at))
        except TicketRefused:
            continue
        story = replay("t1", steps)
        for body in bodies:
            evolve(story, Happened(story.seq + 1, story.at, side, body))
        moves = act.step in STEPS and not any(isinstance(body, e.Submitted) for body in bodies)
        assert story.state == (after(life.state, act.step, life.before) if moves else life.state)  # type: ignore[arg-type]
