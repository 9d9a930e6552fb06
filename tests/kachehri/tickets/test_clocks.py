"""Clocks that nobody can reset: each way in which a deadline was ever bought, lost or moved is tried here."""

from __future__ import annotations

from kachehri.tickets import acts as a
from kachehri.tickets import events as e
from kachehri.tickets.clocks import dues, effective, next_due, reminders

from .clocked import CALENDAR, MONDAY, WORDS, Story
from .test_calendar import at, told


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
