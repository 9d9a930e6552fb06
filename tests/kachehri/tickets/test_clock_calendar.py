"""A holiday moves a day later and never earlier: single days, and every life that chance makes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kachehri.tickets import acts as a
from kachehri.tickets import events as e
from kachehri.tickets.calendar import DAY_MS, Entry, Rules, WorkingCalendar
from kachehri.tickets.clocks import due_actions, dues, moved, next_due
from kachehri.tickets.events import Step

from .clocked import CALENDAR, MONDAY, WORDS, Story
from .test_calendar import at, told

# The calendar


def versions(*entries: tuple[str, ...]) -> WorkingCalendar:
    """Versions of a calendar, each with these closed days, in force a day after the other from 7 January."""
    rules = [Rules()]
    for number, days in enumerate(entries, 1):
        since = at("2026-01-07 08:00") + (number - 1) * DAY_MS
        rules.append(Rules(version=number, since=since, entries=tuple(Entry(day=day) for day in days)))
    return WorkingCalendar(tuple(rules))


def test_a_holiday_moves_the_day_later_with_one_step_and_taking_it_back_moves_nothing() -> None:
    story = Story(versions(("2026-01-20",))).taken()
    assert story.apply("2026-01-08 10:00") == [a.MoveDue(version=1, due=at("2026-01-27 17:00"))]
    assert story.due() == "2026-01-27 17:00" and story.now("2026-01-08 10:00") == []
    story.calendar = versions(("2026-01-20",), ())
    assert story.due() == "2026-01-27 17:00" and moved(story.life, story.calendar) is None
    later = Story(versions(("2026-01-20",), ()), start="2026-01-12 10:00")
    assert later.due() == "2026-02-02 17:00"  # whoever asks after it was taken back never heard of it


def test_a_feast_that_is_moved_by_a_day_costs_one_day_and_not_two() -> None:
    story = Story(versions(("2026-01-20",), ("2026-01-21",))).taken()
    assert story.due() == "2026-01-27 17:00"


def test_a_holiday_after_the_day_moves_nothing_and_makes_no_step() -> None:
    assert moved(Story(versions(("2026-03-20",))).life, versions(("2026-03-20",))) is None


def test_another_topic_after_a_moved_day_has_its_own_days() -> None:
    story = Story(versions(("2026-01-20",))).taken()
    story.apply("2026-01-08 10:00")
    story.do("2026-01-09 10:00", e.Classified(category="urgent", days=3))
    assert story.due() == "2026-01-08 17:00"


# For every life


STEPS: list[Step] = [
    e.Routed(office="water", post="sdo"),
    e.Transferred(office="roads", post="xen", reason=WORDS),
    e.Assigned(post="sdo", account="acc"),
    e.Started(plan=WORDS),
    e.Asked(question=WORDS),
    e.Answered(),
    e.Waits(reason=WORDS),
    e.Waits(reason=WORDS, paused=True),
    e.Resumed(),
    e.Noted(note=WORDS),
    e.Evidence(attachment="p"),
    e.Proposed(outcome="relief_granted", note=WORDS),
    e.Arrived(channel="sms"),
    e.Disputed(level=1, post="chief-1"),
    e.Joined(parent="t0"),
    e.Left(),
    e.Silent(),
    e.Pledged(commitment="p", step="made", due=at("2026-01-20 23:59")),
]
LIVES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 6 * 24 * 60)), max_size=25)
CLOSED = st.lists(st.integers(5, 150), max_size=4, unique=True)


def lived(steps: list[tuple[Step, int]], calendar: WorkingCalendar) -> tuple[Story, list[int]]:
    story, now, seen = Story(calendar), at(MONDAY), []
    for step, minutes in steps:
        now += minutes * 60_000
        story.do(now, step)
        seen.append(dues(story.life, calendar).resolve)
    return story, seen


@given(LIVES)
def test_no_step_moves_the_day_earlier(steps: list[tuple[Step, int]]) -> None:
    _, seen = lived(steps, CALENDAR)
    assert seen == sorted(seen)


@given(LIVES, CLOSED, st.integers(5, 150))
def test_a_holiday_more_moves_no_day_of_any_life_earlier(
    steps: list[tuple[Step, int]], closed: list[int], extra: int
) -> None:
    def calendar(days: list[int]) -> WorkingCalendar:
        entries = [told(at("2026-01-01 12:00") + n * DAY_MS)[:10] for n in days]
        return WorkingCalendar((Rules(entries=tuple(Entry(day=day) for day in entries)),))

    _, before = lived(steps, calendar(closed))
    _, after = lived(steps, calendar([*closed, extra]))
    assert all(late >= early for early, late in zip(before, after, strict=True))


@given(LIVES, st.integers(0, 120 * 24 * 60))
def test_what_is_done_once_is_not_due_again(steps: list[tuple[Step, int]], later: int) -> None:
    story, _ = lived(steps, versions(("2026-01-20",), ("2026-01-21",)))
    when = told(max(story.life.at, at("2026-01-09 10:00")) + later * 60_000)
    for _ in range(3):  # what follows from an act, such as a level after a pause that ran out
        if not story.apply(when):
            break
    assert story.now(when) == []


@given(LIVES, st.integers(0, 120 * 24 * 60))
def test_the_clock_looks_again_no_later_than_something_is_due(steps: list[tuple[Step, int]], later: int) -> None:
    story, _ = lived(steps, CALENDAR)
    now = story.life.at + later * 60_000
    if due_actions(story.life, CALENDAR, now):
        found = next_due(story.life, CALENDAR)
        assert found is not None and found[0] <= now
