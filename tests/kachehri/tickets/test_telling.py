"""What is told of a step, and what is not worth a message."""

from __future__ import annotations

from kachehri.notices.table import TABLE
from kachehri.tickets import events as e
from kachehri.tickets.events import CLASSES, Happened, Step
from kachehri.tickets.life import Life
from kachehri.tickets.telling import DAY_MS, PLEDGES, QUIET, notices_of
from rooms.base import ContentRef

WORDS = ContentRef("secret", "d")


def told(step: Step, due: int | None = None) -> list[str]:
    return [each.name for each in notices_of(Life("t1"), [Happened(7, 1, "acc", step)], due)]


def test_every_step_is_told_of_or_quiet_and_its_notice_is_in_the_table() -> None:
    named = {each.type for each in CLASSES} - QUIET
    assert named | {"ticket.flagged"} <= set(TABLE)
    assert QUIET <= {each.type for each in CLASSES}


def test_words_stay_where_they_are() -> None:
    (notice,) = notices_of(Life("t1"), [Happened(7, 1, "acc", e.Disputed(words=WORDS, level=1, post="p"))])
    assert (notice.name, notice.seq, notice.params["level"]) == ("ticket.disputed", 7, 1)
    assert "secret" not in str(notice.params) and "acc" not in str(notice.params)


def test_whoever_was_asked_for_money_is_heard_at_once() -> None:
    assert told(e.Rated(solved="yes", money="yes")) == ["ticket.flagged"]
    assert told(e.Rated(solved="no", money="no")) == told(e.Noted(note=WORDS)) == []


def test_a_day_that_hardly_moves_is_no_news() -> None:
    assert told(e.CalendarChanged(version=2, due=10 * DAY_MS), 9 * DAY_MS) == ["ticket.calendar"]
    assert told(e.CalendarChanged(version=2, due=10 * DAY_MS), 10 * DAY_MS - 1) == []


def test_of_a_promise_is_told_what_she_has_to_know() -> None:
    steps = {step: told(e.Pledged(commitment="c", step=step)) for step in ("made", "said", "broken", "moved", "kept")}
    assert steps == {
        "made": ["promise.read_back"],
        "said": ["promise.kept"],
        "broken": ["promise.broken"],
        "moved": ["ticket.date_moved"],
        "kept": [],
    }
    assert set(PLEDGES.values()) <= set(TABLE)
