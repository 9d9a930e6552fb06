"""The week of the house and its hours, stretches of other hours, and when an appeal raises itself."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from kachehri import calendar_book, calendars
from kachehri.calendar_book import Book, CalendarRefused, Week
from kachehri.i18n.digits import western
from kachehri.store.tables import Account
from kachehri.tickets.calendar import Hours, Stretch
from web import forms
from web.calendar_shapes import StretchRow, Sure, WeekPage
from web.cards import Choice
from web.house import House, house_of, see
from web.pages.calendar import attempt, clock, hours_in_words, said, sure_of, weekday
from web.papers.pairs import calendar as day_in_words
from web.staff import guarded

#: The fields of both forms, as they stand empty.
EMPTY = dict.fromkeys(
    ("opens", "closes", "other", "other_opens", "other_closes", "appeal_days")
    + ("first", "last", "st_opens", "st_closes", "only"),
    "",
)


@guarded("page.calendar")
async def week(request: Request, account: Account) -> Response:
    """GET /calendar/week."""
    house = house_of(request)
    found = (await house.service.read(calendars.book)).week
    return week_form(house, request, found, week_values(found), {}, saved=bool(request.query_params.get("saved")))


def week_values(week: Week) -> dict[str, str]:
    other = next(iter(sorted(week.weekdays.items())), None)
    return {
        "opens": clock(week.hours.opens),
        "closes": clock(week.hours.closes),
        "other": str(other[0]) if other else "",
        "other_opens": clock(other[1].opens) if other else "",
        "other_closes": clock(other[1].closes) if other else "",
        "appeal_days": str(week.appeal_days or ""),
        **{f"off_{each}": "1" for each in week.weekend},
    }


def week_form(
    house: House,
    request: Request,
    week: Week,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    sure: Sure | None = None,
    *,
    saved: bool = False,
) -> Response:
    words = house.words(request)
    days = [weekday(each, words) for each in range(7)]
    stretches = tuple(
        StretchRow(
            number,
            words.plain(
                "workdays.from_day_to",
                None,
                first=day_in_words(words.dates, each.first),
                last=day_in_words(words.dates, each.last),
            ),
            (
                *((weekday(only, words) for only in each.weekdays) if each.weekdays else ()),
                hours_in_words(each.hours, words),
            ),
        )
        for number, each in enumerate(week.stretches)
    )
    page = WeekPage(
        {**EMPTY, **values},
        tuple((f"off_{each}", days[each], "", values.get(f"off_{each}") == "1") for each in range(7)),
        tuple(Choice(str(each), days[each]) for each in range(7)),
        stretches,
        errors,
        sure,
        saved,
    )
    template = "staff/calendar_sure.html" if sure else "staff/calendar_week.html"
    return house.show(request, template, page, status=422 if errors else 200)


@guarded("page.calendar")
async def save_week(request: Request, account: Account) -> Response:
    """POST /calendar/week: the hours and the weekend, or one stretch more or less."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)

    def change(book: Book) -> Book:
        return calendar_book.with_week(book, asked_week(book.week, fields))

    try:
        tried = await attempt(house, account, change, sure=fields.get("sure") == "1", why=forms.why(fields))
    except CalendarRefused as refused:
        found = (await house.service.read(calendars.book)).week
        return week_form(house, request, found, {**week_values(found), **fields}, said(refused, words))
    if not tried.kept:
        sure = sure_of(tried, words.plain("workdays.sure.week"), fields, "/calendar/week", "/calendar/week")
        return week_form(house, request, tried.before.week, fields, {}, sure)
    return see("/calendar/week?saved=1")


def asked_week(week: Week, fields: Mapping[str, str]) -> Week:
    """The week that a form asks for."""
    drop = fields.get("drop", "")
    if drop.isdigit():
        return replace(week, stretches=tuple(each for n, each in enumerate(week.stretches) if n != int(drop)))
    if fields.get("do") == "stretch":
        hours = Hours(minutes(fields, "st_opens", "first"), minutes(fields, "st_closes", "first"))
        first, last = (western(fields.get(each, "")).strip()[:10] for each in ("first", "last"))
        only = fields.get("only", "")
        weekdays = (int(only),) if only in "0123456" and only else ()
        return replace(
            week, stretches=(*week.stretches, Stretch(first=first, last=last, hours=hours, weekdays=weekdays))
        )
    other = fields.get("other", "")
    weekdays_ = {}
    if other in "0123456" and other:
        weekdays_ = {int(other): Hours(minutes(fields, "other_opens"), minutes(fields, "other_closes"))}
    appeal = western(fields.get("appeal_days", "")).strip()
    if appeal and not (appeal.isascii() and appeal.isdigit() and len(appeal) < 4):
        raise CalendarRefused("days", "appeal_days")
    return Week(
        weekend=tuple(each for each in range(7) if fields.get(f"off_{each}") == "1"),
        hours=Hours(minutes(fields, "opens"), minutes(fields, "closes")),
        weekdays=weekdays_,
        stretches=week.stretches,
        appeal_days=int(appeal or 0),
    )


def minutes(fields: Mapping[str, str], name: str, at: str = "") -> int:
    """A time of day as browsers send it (HTML, 2.3.4: "09:00"), in minutes since midnight."""
    hour, _, minute = western(fields.get(name, "")).strip().partition(":")
    if not (hour.isdigit() and minute[:2].isdigit() and int(hour) <= 24 and int(minute[:2]) < 60):
        raise CalendarRefused("hours", at or name)
    return int(hour) * 60 + int(minute[:2])
