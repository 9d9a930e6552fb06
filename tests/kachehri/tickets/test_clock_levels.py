"""Raising by itself, reminders and promises: each once, and each to where it belongs."""

from __future__ import annotations

import pytest

from kachehri.tickets import acts as a
from kachehri.tickets import events as e
from kachehri.tickets.calendar import Rules, Terms, WorkingCalendar
from kachehri.tickets.clocks import dues, next_due, reminders

from .clocked import CALENDAR, MONDAY, WORDS, Story
from .test_calendar import at, told

# Escalation


def test_levels_follow_each_other_and_the_appeal_raises_itself() -> None:
    story = Story().taken()
    for when, level in (("2026-01-26 17:00", 1), ("2026-02-02 17:00", 2), ("2026-02-09 17:00", 3)):
        assert next_due(story.life, CALENDAR, at(when) - 1) == (at(when), "escalate")
        assert story.apply(when) == [a.Escalate(level=level, post=f"chief-{level}")]
        assert story.now(when) == []
    assert story.apply("2026-02-16 17:00") == [a.Appeal(automatic=True)]
    assert story.life.state == "in_appeal" and story.now("2026-02-16 17:00") == []


def test_a_number_of_calendar_days_may_raise_the_appeal_sooner() -> None:
    calendar = WorkingCalendar((Rules(terms=Terms(appeal_calendar_days=30)),))
    assert told(dues(Story(calendar).life, calendar).levels[3]) == "2026-02-04 23:59"


@pytest.mark.parametrize("state", ["registered", "routed", "assigned", "in_progress", "awaiting_external", "disputed"])
def test_every_state_in_which_the_office_owes_something_escalates_whether_anybody_holds_it_or_not(state: str) -> None:
    story = Story().do(MONDAY, e.Opened(office="water", state=state))
    assert story.life.post == story.life.account == ""
    raised = [act for act in story.now("2026-02-02 17:00") if isinstance(act, a.Escalate)]
    assert [act.level for act in raised] == [2]


def test_the_level_after_an_escalation_fires_from_whatever_state_it_left() -> None:
    story = Story().taken()
    story.apply("2026-01-26 17:00")
    assert story.life.state == "in_progress"  # being raised moves no state: every act stays possible
    story.do("2026-01-27 10:00", e.Assigned(post="xen"))
    assert story.apply("2026-02-02 17:00") == [a.Escalate(level=2, post="chief-2")]


def test_after_a_long_stop_it_is_raised_once_to_where_it_belongs() -> None:
    story = Story().taken()
    assert story.apply("2026-02-10 10:00") == [a.Escalate(level=3, post="chief-3")]
    assert story.now("2026-02-10 10:00") == []


def test_a_ticket_that_goes_on_with_another_is_quiet_and_wakes_with_its_own_time() -> None:
    story = Story().taken().do("2026-01-08 10:00", e.Joined(parent="t0"))
    assert not story.now("2026-06-01 10:00") and next_due(story.life, CALENDAR) is None
    assert not reminders(story.life, CALENDAR)
    story.do("2026-01-26 18:00", e.Left())
    assert story.due() == "2026-01-26 17:00"
    assert story.now("2026-01-26 18:00") == [a.Escalate(level=1, post="chief-1")]


def test_praise_is_never_late() -> None:
    story = Story(kind="praise").do(MONDAY, e.Routed(office="water")).do(MONDAY, e.Assigned(post="sdo"))
    assert not story.now("2026-06-01 10:00") and not reminders(story.life, CALENDAR)


def test_what_nobody_accepts_is_accepted_after_a_working_day() -> None:
    story = Story().do("2026-01-09 16:00", e.Routed(office="water", post="sdo"))
    assert not story.now("2026-01-12 16:59")
    assert story.apply("2026-01-12 17:00") == [a.Assign(post="sdo")]
    assert story.now("2026-01-12 17:00") == []


# Reminders


def test_reminders_come_in_office_hours_and_each_once() -> None:
    story = Story(start="2026-01-05 20:00").do("2026-01-05 20:01", e.Routed(office="water"))
    story.do("2026-01-05 20:02", e.Assigned(post="sdo"))
    found = {name: moment for moment, name in reminders(story.life, CALENDAR)}
    assert {name: told(moment) for name, moment in found.items()} == {
        "first": "2026-01-12 09:00",  # due at closing time on Friday: told on Monday
        "half": "2026-01-16 13:00",
        "risk": "2026-01-23 09:00",
    }
    assert next_due(story.life, CALENDAR) == (found["first"], "remind")
    assert next_due(story.life, CALENDAR, found["first"]) == (found["half"], "remind")
    assert next_due(story.life, CALENDAR, found["risk"]) == (at("2026-01-27 17:00"), "escalate")
    # Not before the last step: whoever works on it need not hear of what was before.
    story.do("2026-01-19 10:00", e.Started(plan=WORDS))
    assert next_due(story.life, CALENDAR) == (found["risk"], "remind")


def test_what_nobody_sorted_is_said_to_the_desk_that_sorts() -> None:
    assert ("sort", "2026-01-07 09:00") in [(name, told(moment)) for moment, name in reminders(Story().life, CALENDAR)]


# Promises


def test_a_promise_has_its_own_clock_and_is_broken_once() -> None:
    due = at("2026-01-16 23:59")
    story = Story().taken().do("2026-01-05 12:00", e.Pledged(commitment="p", step="made", due=due))
    assert dues(story.life, CALENDAR).commitments == {"p": due}
    assert ("promise", "2026-01-16 09:00") in [(name, told(when)) for when, name in reminders(story.life, CALENDAR)]
    assert story.apply("2026-01-17 00:00") == [a.Pledge(commitment="p", what="broken")]
    assert story.now("2026-01-17 00:00") == []
    kept = Story().do(MONDAY, e.Pledged(commitment="p", step="made", due=due))
    kept.do("2026-01-10 10:00", e.Pledged(commitment="p", step="kept"))
    assert not [act for act in kept.now("2026-01-17 00:00") if isinstance(act, a.Pledge)]


def test_a_promise_stands_while_the_ticket_waits_for_her_word() -> None:
    story = Story().taken().do("2026-01-05 12:00", e.Pledged(commitment="p", step="made", due=at("2026-01-16 23:59")))
    story.proposed("2026-01-12 10:00")
    assert story.now("2026-01-17 00:00") == [a.Pledge(commitment="p", what="broken")]
