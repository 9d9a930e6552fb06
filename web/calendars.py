"""A hearing as an entry of a phone's own calendar (iCalendar, RFC 5545), with the way in inside the entry.

Whoever has no data plan to look at a page every day is reminded by the calendar that every phone has.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event
from starlette.responses import Response

from kachehri.i18n import Words
from web.cards import SessionCard

TYPE: Final = "text/calendar; charset=utf-8"
#: Reminded so long before the start.
REMIND: Final = timedelta(hours=1)
#: RFC 5545 §3.8.1.11. One that was put off keeps its entry, so that the phone moves it when the new time comes.
_STATUS: Final = {"postponed": "TENTATIVE", "cancelled": "CANCELLED"}


def calendar(cards: Iterable[SessionCard], address: str, now: int, words: Words) -> bytes:
    """All these hearings as one calendar.

    Arguments:
        address: the house's own, "https://hearing.example.pk".
        now: milliseconds since the epoch.
    """
    made = Calendar()
    made.add("prodid", "-//Kachehri//hearings//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", words.plain("home.calendar_name"))
    for card in cards:
        made.add_component(_entry(card, address, now, words))
    return bytes(made.to_ical())


def _entry(card: SessionCard, address: str, now: int, words: Words) -> Event:
    link = f"{address}/s/{card.id}"
    lines = [words.plain("calendar.join"), link]
    # A hearing that closes with a reason is one that was called off.
    phase = "cancelled" if card.phase == "closing" and card.reason else card.phase
    if phase in _STATUS:
        lines.insert(0, words.plain(f"phase.{phase}"))
    entry = Event()
    entry.add("uid", f"{card.id}@kachehri")
    entry.add("dtstamp", _moment(now))
    entry.add("sequence", card.revision)
    entry.add("dtstart", _moment(card.starts_at))
    entry.add("dtend", _moment(max(card.ends_at, card.starts_at)))
    entry.add("summary", card.title)
    entry.add("description", "\n".join(lines))
    entry.add("location", ", ".join(filter(None, (card.office, link))))
    entry.add("url", link)
    entry.add("status", _STATUS.get(phase, "CONFIRMED"))
    if card.takes_questions:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", card.title)
        alarm.add("trigger", -REMIND)
        entry.add_component(alarm)
    return entry


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, UTC)


def answer(body: bytes, name: str) -> Response:
    """The file, offered under a name that a phone's calendar opens."""
    return Response(body, media_type=TYPE, headers={"content-disposition": f'inline; filename="{name}.ics"'})
