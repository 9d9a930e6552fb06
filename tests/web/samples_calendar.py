"""The pages of the working calendar with their contents."""

from __future__ import annotations

from kachehri.calendar_book import Week
from kachehri.i18n import Words
from kachehri.tickets.calendar import Hours
from web.calendar_shapes import (
    CalendarFilePage,
    CalendarPage,
    DayPage,
    DayRow,
    Month,
    StretchRow,
    Sure,
    WeekPage,
)
from web.cards import Choice
from web.office_shapes import Told
from web.pages.calendar import EMPTY, week_in_words, weekday
from web.pages.calendar_files import COLUMNS, REQUIRED
from web.pages.calendar_week import EMPTY as WEEK_EMPTY
from web.pages.calendar_week import week_values

NAMES = {
    "kashmir": {"ur": "یوم یکجہتی کشمیر", "en": "Kashmir Solidarity Day"},
    "eid": {"ur": "عید الفطر", "en": "Eid al-Fitr"},
    "pakistan": {"ur": "یوم پاکستان", "en": "Pakistan Day"},
    "flood": {"ur": "سیلاب کی وجہ سے بندش", "en": "Closed because of the flood"},
    "census": {"ur": "مردم شماری کا دن", "en": "A working Saturday for the census"},
    "upper": {"ur": "تحصیل نورگڑھ بالا", "en": "Upper Noorgarh tehsil"},
}
FRIDAY = Week(weekdays={4: Hours(9 * 60, 12 * 60 + 30)}, appeal_days=45)


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code

    def row(id: str, number: int, day: int, name: str, **more: object) -> DayRow:
        return DayRow(id, number, weekday(day, words), NAMES[name][code], **more)  # type: ignore[arg-type]

    february = Month(words.dates.month(2), (row("2027-02-05", 5, 4, "kashmir", past=True),))
    march = Month(
        words.dates.month(3),
        (
            row("2027-03-10", 10, 2, "eid", estimated=True),
            row("2027-03-11", 11, 3, "eid", estimated=True),
            row("2027-03-16.a", 16, 1, "flood", place=NAMES["upper"][code]),
            row("2027-03-23", 23, 1, "pakistan"),
            row("2027-03-27", 27, 5, "census", opened=True),
        ),
    )
    full = CalendarPage(
        2027, 2026, 2028, (february, march), week_in_words(FRIDAY, words), estimated=2, count=6, saved="day", moved=12
    )
    areas = (Choice("a", NAMES["upper"][code]),)
    filled = {
        **EMPTY,
        "day": "2027-03-10",
        "name_ur": NAMES["eid"]["ur"],
        "name_en": NAMES["eid"]["en"],
        "kind": "closed",
    }
    wrong = {
        "day": words.plain("workdays.refused.day"),
        "name_en": words.plain("workdays.refused.no_name"),
    }
    off = tuple((f"off_{each}", weekday(each, words), "", each > 4) for each in range(7))
    weekdays = tuple(Choice(str(each), weekday(each, words)) for each in range(7))
    stretch = StretchRow(
        0,
        words.plain("workdays.from_day_to", None, first="8", last="9"),
        (words.plain("workdays.from_to", None, opens="09:00", closes="15:00"),),
    )
    values = {**WEEK_EMPTY, **week_values(FRIDAY)}
    says = words.plain("workdays.sure.day", None, day=words.dates.day(1_804_651_200_000))
    sure = Sure(says, 128, 340, 3, (("day", "2027-03-10"),), "/calendar/day", "/calendar/day")
    none = Sure("", 0, 340, 0, (), "/calendar/import", "/calendar/import")
    told = (
        Told(2, words.plain("workdays.refused.day")),
        Told(4, words.plain("workdays.refused.area", None, code="uc-9")),
    )
    sample = (("10", weekday(2, words), NAMES["eid"][code]), ("23", weekday(1, words), NAMES["pakistan"][code]))
    return {
        "calendar": ("staff/calendar.html", full),
        "calendar-empty": ("staff/calendar.html", CalendarPage(2030, 2029, 2031, (), week_in_words(Week(), words))),
        "calendar-day": ("staff/calendar_day.html", DayPage("2027-03-10", "10", filled, areas, 2027)),
        "calendar-day-wrong": ("staff/calendar_day.html", DayPage("", "", dict(EMPTY), areas, 2027, wrong)),
        "calendar-sure": ("staff/calendar_sure.html", DayPage("", "", filled, areas, 2027, {}, sure)),
        "calendar-week": ("staff/calendar_week.html", WeekPage(values, off, weekdays, (stretch,), saved=True)),
        "calendar-week-wrong": (
            "staff/calendar_week.html",
            WeekPage(values, off, weekdays, (), {"opens": words.plain("workdays.refused.hours")}),
        ),
        "calendar-import": ("staff/calendar_import.html", CalendarFilePage(COLUMNS, REQUIRED)),
        "calendar-import-wrong": ("staff/calendar_import.html", CalendarFilePage(COLUMNS, REQUIRED, told, 3)),
        "calendar-import-ready": (
            "staff/calendar_import.html",
            CalendarFilePage(
                COLUMNS,
                REQUIRED,
                ready=True,
                new=14,
                same=2,
                gone=3,
                sample=sample,
                sample_of=16,
                content="eA==",
                sure=none,
            ),
        ),
    }
