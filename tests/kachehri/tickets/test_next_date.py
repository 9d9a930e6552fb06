"""One date comes next, and the page can say which."""

from __future__ import annotations

import pytest

from kachehri.tickets import events as e
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.events import Step
from kachehri.tickets.next_date import NextDate, next_date
from rooms.base import ContentRef

from .clocked import CALENDAR, Story
from .test_calendar import at, told

WORDS = ContentRef("c", "")
#: The days of the topic end on 26 January at 17:00.
REPLY = "2026-01-26 17:00"


def promised(day: str) -> Story:
    due = at(f"{day} 23:59")
    story = Story(due=due, outcome="ordered").taken()
    return story.do("2026-01-05 12:00", e.Pledged(commitment="p", step="made", due=due))


def said(story: Story, calendar: WorkingCalendar = CALENDAR) -> tuple[str, str] | None:
    found = next_date(story.life, calendar)
    return None if found is None else (found.what, told(found.at))


def test_without_a_promise_it_is_the_reply() -> None:
    assert said(Story().taken()) == ("reply", REPLY)


@pytest.mark.parametrize(
    ("day", "next"),
    [
        ("2026-01-20", ("promise", "2026-01-20 23:59")),
        ("2026-01-26", ("promise", "2026-01-26 23:59")),
        ("2026-01-30", ("reply", REPLY)),
    ],
)
def test_of_two_the_earlier_day_and_on_one_day_the_promise(day: str, next: tuple[str, str]) -> None:
    assert said(promised(day)) == next


def test_a_promise_that_was_moved_counts_with_its_new_day_and_a_broken_one_not_at_all() -> None:
    story = promised("2026-01-20")
    story.do("2026-01-19 10:00", e.Pledged(commitment="p", step="moved", day="2026-01-23", due=at("2026-01-23 23:59")))
    assert said(story) == ("promise", "2026-01-23 23:59")
    story.do("2026-01-24 00:00", e.Pledged(commitment="p", step="broken"))
    assert said(story) == ("reply", REPLY)


def test_one_from_before_promises_had_steps_of_their_own() -> None:
    assert said(Story(due=at("2026-01-20 23:59")).taken()) == ("promise", "2026-01-20 23:59")


@pytest.mark.parametrize(
    "step",
    [e.Proposed(outcome="relief_granted", note=WORDS), e.Confirmed(), e.Withdrawn()],
)
def test_while_she_is_asked_and_at_the_end_there_is_none(step: Step) -> None:
    assert next_date(Story().taken().do("2026-01-12 10:00", step).life, CALENDAR) is None


def test_the_appeal_body_has_a_day_too() -> None:
    story = Story().taken().do("2026-02-16 17:00", e.Appealed())
    assert said(story) == ("appeal", "2026-03-30 17:00")
    assert next_date(story.life, CALENDAR) == NextDate(at("2026-03-30 17:00"), "appeal")
