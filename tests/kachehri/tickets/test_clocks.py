"""Clocks that nobody can reset: each way in which a deadline was ever bought, lost or moved is tried here."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.tickets import acts as a
from kachehri.tickets import events as e
from kachehri.tickets.calendar import DAY_MS, Entry, Rules, Terms, WorkingCalendar
from kachehri.tickets.clocks import due_actions, dues, effective, moved, next_due, reminders
from kachehri.tickets.events import Happened, Step
from kachehri.tickets.life import Life, evolve
from rooms.base import ContentRef

from .test_calendar import at, told

CALENDAR = WorkingCalendar()
WORDS = ContentRef("c", "")
MONDAY = "2026-01-05 10:00"


class Story:
    """A ticket that lives step by step; `begun` opens one on Monday, 5 January 2026, with 15 working days."""

    def __init__(self, calendar: WorkingCalendar = CALENDAR, *, start: str = MONDAY, **opened: Any) -> None:
        self.calendar = calendar
        self.life = Life("t1")
        self.do(start, e.Opened(office="water", **opened))

    def do(self, when: str | int, step: Step, actor: str = "clock") -> Story:
        now = at(when) if isinstance(when, str) else when
        evolve(self.life, Happened(self.life.seq + 1, now, actor, step))
        return self

    def due(self) -> str:
        return told(dues(self.life, self.calendar).resolve)

    def now(self, when: str, above: str = "chief") -> list[a.Act]:
        return due_actions(self.life, self.calendar, at(when), lambda level: f"{above}-{level}")

    def apply(self, when: str) -> list[a.Act]:
        """Do what is due, as the office of the ticket would."""
        acts = self.now(when)
        for act in acts:
            match act:
                case a.Escalate():
                    self.do(when, e.Escalated(level=act.level, post=act.post))
                case a.Assign():
                    self.do(when, e.Assigned(post=act.post or "head"))
                case a.StaySilent():
                    self.do(when, e.Silent())
                case a.Appeal():
                    self.do(when, e.Appealed(automatic=True))
                case a.Resume():
                    self.do(when, e.Resumed())
                case a.MoveDue():
                    self.do(when, e.CalendarChanged(version=act.version, due=act.due))
                case a.Pledge():
                    self.do(when, e.Pledged(commitment=act.commitment, step="broken"))
        return acts

    def taken(self) -> Story:
        """Sent, accepted and begun."""
        self.do(MONDAY, e.Routed(office="water", post="sdo"))
        self.do("2026-01-05 11:00", e.Assigned(post="sdo", account="acc"))
        return self.do("2026-01-05 12:00", e.Started(plan=WORDS))

    def proposed(self, when: str = "2026-01-12 10:00") -> Story:
        return self.do(when, e.Proposed(outcome="relief_granted", note=WORDS), "acc")


def test_every_clock_begins_with_the_opening() -> None:
    found = dues(Story().life, CALENDAR)
    assert found.acknowledge - at(MONDAY) == 5 * 60_000
    assert told(found.accept) == "2026-01-06 17:00"
    assert told(found.first) == "2026-01-08 17:00"
    assert told(found.resolve) == "2026-01-26 17:00"
    assert [told(each) for each in found.levels] == [
        "2026-01-26 17:00",
        "2026-02-02 17:00",
        "2026-02-09 17:00",
        "2026-02-16 17:00",
    ]
    assert (found.arrive, found.silent, found.appeal, found.appeal_until, found.dispute) == (None,) * 5


def test_what_is_opened_after_hours_begins_at_the_next_opening() -> None:
    assert Story(start="2026-01-05 18:00").due() == Story(start="2026-01-06 09:00").due() == "2026-01-27 17:00"
    assert Story(start="2026-01-10 11:00").due() == Story(start="2026-01-12 09:00").due()


# Nothing resets a clock


def test_words_pictures_and_routing_reset_nothing() -> None:
    """A note, a picture, a rating, another office, a first action: whatever is touched last, the day stays."""
    story = Story().taken()
    day, levels = story.due(), dues(story.life, CALENDAR).levels
    for step in (
        e.Noted(note=WORDS),
        e.Evidence(attachment="p1"),
        e.Transferred(office="roads", reason=WORDS),
        e.Routed(office="power", post="xen"),
        e.Assigned(post="xen", account="acc2"),
        e.Started(plan=WORDS),
        e.Shared(office="roads"),
        e.PartDone(office="roads"),
        e.Waits(reason=WORDS),
        e.Resumed(),
    ):
        story.do("2026-01-20 12:00", step)
        assert (story.due(), dues(story.life, CALENDAR).levels) == (day, levels), step.type
    assert not story.now("2026-01-26 17:00")[:-1]
    assert isinstance(story.now("2026-01-26 17:00")[-1], a.Escalate)


def test_a_transfer_leaves_the_clock_to_accept_as_it_was_but_gives_the_new_office_its_day_to_say_no() -> None:
    story = Story().taken().do("2026-01-20 12:00", e.Transferred(office="roads", post="xen", reason=WORDS))
    assert told(dues(story.life, CALENDAR).accept) == "2026-01-06 17:00"
    assert not story.now("2026-01-21 16:59")
    assert story.now("2026-01-21 17:00") == [a.Assign(post="xen")]


def test_another_topic_gives_other_days_and_keeps_what_has_passed_and_what_was_paused() -> None:
    story = Story().taken()
    story.do("2026-01-07 10:00", e.Asked(question=WORDS)).do("2026-01-12 10:00", e.Answered())
    assert story.due() == "2026-01-29 17:00"  # three days more
    story.do("2026-01-13 10:00", e.Classified(category="roads", days=7))
    assert story.due() == "2026-01-19 17:00"  # 7 + 3 from the opening, not from now
    story.do("2026-01-13 11:00", e.Classified(category="water", days=15))
    assert story.due() == "2026-01-29 17:00"


def test_another_topic_while_it_is_paused_keeps_the_pause() -> None:
    story = Story().taken().do("2026-01-07 10:00", e.Asked(question=WORDS))
    story.do("2026-01-08 10:00", e.Classified(category="roads", days=5))
    assert not story.now("2026-01-13 10:00")
    story.do("2026-01-14 10:00", e.Answered())
    assert story.due() == "2026-01-19 17:00"


# The first action


def test_the_first_action_is_counted_once_and_no_later_step_moves_it() -> None:
    story = Story().taken()
    first = story.life.first_action_at
    for step in (e.Asked(question=WORDS), e.Answered(), e.Noted(note=WORDS), e.Started(plan=WORDS)):
        story.do("2026-01-14 10:00", step)
    assert story.life.first_action_at == first
    assert "first" not in dict((name, moment) for moment, name in reminders(story.life, CALENDAR))


def test_an_automatic_acknowledgement_is_no_first_action() -> None:
    story = Story().do(MONDAY, e.Routed(office="water")).do("2026-01-06 17:00", e.Assigned(post="sdo"))
    assert story.life.first_action_at is None
    assert "first" in [name for _, name in reminders(story.life, CALENDAR)]


def test_a_proposal_that_is_also_the_first_answer_stops_the_clock_of_the_first_action() -> None:
    story = Story().do(MONDAY, e.Routed(office="water")).do(MONDAY, e.Assigned(post="sdo"))
    story.proposed("2026-01-06 10:00")
    assert story.life.first_action_at == at("2026-01-06 10:00")


# Pauses


def test_a_question_stops_the_clock_and_her_answer_starts_it_again_by_whatever_channel() -> None:
    for answer in (e.Answered(), e.Answered(answer=WORDS)):
        story = Story().taken().do("2026-01-07 10:00", e.Asked(question=WORDS))
        assert story.due() == "2026-01-26 17:00"  # what was told stays while nobody knows how long it takes
        assert effective(story.life, CALENDAR, at("2026-01-12 10:00")) == at("2026-01-29 17:00")
        story.do("2026-01-12 10:00", answer)
        assert story.due() == "2026-01-29 17:00"
        assert not story.now("2026-01-29 16:59")
        assert story.now("2026-01-29 17:00") == [a.Escalate(level=1, post="chief-1")]


def test_an_answer_on_the_same_day_buys_nothing() -> None:
    story = Story().taken().do("2026-01-07 10:00", e.Asked(question=WORDS)).do("2026-01-07 15:00", e.Answered())
    assert story.due() == "2026-01-26 17:00"


def test_questions_stop_the_clock_for_ten_days_in_all_then_it_runs_on_by_itself() -> None:
    story = Story().taken()
    story.do("2026-01-06 10:00", e.Asked(question=WORDS)).do("2026-01-14 10:00", e.Answered())  # six days
    story.do("2026-01-15 10:00", e.Asked(question=WORDS))
    assert next_due(story.life, CALENDAR) == (at("2026-01-21 17:00"), "resume")
    assert not story.now("2026-01-21 16:59")
    assert story.apply("2026-01-21 17:00") == [a.Resume()]
    assert story.due() == "2026-02-09 17:00"  # 15 + 10
    assert story.now("2026-01-21 17:00") == []


def test_more_questions_than_ten_days_add_ten_days() -> None:
    story = Story().taken()
    story.do("2026-01-06 10:00", e.Asked(question=WORDS)).do("2026-02-10 10:00", e.Answered())
    assert story.due() == "2026-02-09 17:00"


def test_a_question_that_is_asked_when_it_is_late_already_buys_nothing() -> None:
    story = Story().taken().do("2026-01-27 10:00", e.Asked(question=WORDS)).do("2026-02-02 10:00", e.Answered())
    assert story.due() == "2026-01-26 17:00"


def test_a_wait_outside_counts_unless_a_superior_agreed() -> None:
    waiting = Story().taken().do("2026-01-07 10:00", e.Waits(reason=WORDS))
    assert waiting.now("2026-01-26 17:00") == [a.Escalate(level=1, post="chief-1")]
    agreed = Story().taken().do("2026-01-07 10:00", e.Waits(reason=WORDS, paused=True))
    assert not agreed.now("2026-06-01 10:00") and next_due(agreed.life, CALENDAR) is None
    agreed.do("2026-02-11 10:00", e.Resumed())
    assert agreed.due() == "2026-03-02 17:00"  # 25 days: a wait that was agreed to has no limit of ten


# Proposals, disputes, appeals


def test_a_proposal_stops_the_escalation_and_a_dispute_gives_back_the_day_that_it_was() -> None:
    story = Story().taken().proposed("2026-01-23 16:00")
    assert not story.now("2026-02-06 10:00")
    story.do("2026-02-06 10:00", e.Disputed(level=1, post="chief-1"))
    assert story.due() == "2026-01-26 17:00"
    # It is with the first level through the dispute, and five days past its day with the second.
    assert story.now("2026-02-06 10:00") == [a.Escalate(level=2, post="chief-2")]


def test_a_dispute_before_the_day_leaves_the_rest_of_the_time_and_raises_nobody_twice() -> None:
    story = Story().taken().proposed("2026-01-07 16:00").do("2026-01-09 10:00", e.Disputed(level=1, post="chief-1"))
    assert not story.now("2026-01-26 17:00") and not story.now("2026-02-02 16:59")
    assert story.apply("2026-02-02 17:00") == [a.Escalate(level=2, post="chief-2")]


def test_a_closed_ticket_that_is_reopened_keeps_the_time_that_has_passed() -> None:
    story = Story().taken().proposed("2026-01-09 10:00").do("2026-01-09 11:00", e.Arrived(channel="sms"))
    story.do("2026-01-24 11:00", e.Silent()).do("2026-01-24 12:00", e.Disputed(level=1))
    assert story.due() == "2026-01-26 17:00"
    assert not story.life.closed_at


def test_silence_counts_from_the_notice_that_arrived_and_from_nothing_else() -> None:
    story = Story().taken().proposed("2026-01-09 10:00")
    assert not story.now("2026-06-01 10:00")  # nothing arrived, so nothing is said by silence
    assert [name for _, name in reminders(story.life, CALENDAR)] == ["arrive"]
    story.do("2026-01-12 08:00", e.Arrived(channel="sms"))
    assert not story.now("2026-01-27 23:59"), "her page says 27 January, so that day is hers to its end"
    assert story.apply("2026-01-28 00:00") == [a.StaySilent()]
    assert story.life.basis == "citizen_silent" and not story.now("2026-06-01 10:00")


def test_for_whom_somebody_else_wrote_silence_takes_twice_as_long() -> None:
    story = Story(assisted=True).taken().proposed("2026-01-09 10:00").do("2026-01-12 08:00", e.Arrived(channel="sms"))
    assert not story.now("2026-02-11 23:59") and story.now("2026-02-12 00:00") == [a.StaySilent()]


def test_the_appeal_body_has_thirty_working_days_and_what_it_sends_back_begins_anew() -> None:
    story = Story().taken().do("2026-02-16 17:00", e.Appealed(automatic=True))
    appeal = dues(story.life, CALENDAR).appeal
    assert appeal is not None and told(appeal) == "2026-03-30 17:00"
    assert not story.now("2026-06-01 10:00")
    story.do("2026-03-02 10:00", e.Directed(order=WORDS, office="water", post="sdo"))
    assert story.due() == "2026-03-23 17:00"
    assert not story.now("2026-03-23 16:59")


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
