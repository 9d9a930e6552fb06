"""Clocks in plain words: so many working days left, or late by so many, as the calendar of the place counts them."""

from __future__ import annotations

from kachehri.i18n import Words
from kachehri.tickets.calendar import WorkingDays
from web.ticket_shapes import Tone

#: Further away than this a date says more than a number of days.
FAR_DAYS = 25
#: From so few days left on it is said with emphasis.
SOON_DAYS = 2


def left(at: int, now: int, local: WorkingDays, words: Words) -> tuple[str, Tone]:
    """How long until an instant, in working days, and how urgent that is."""
    if at < now:
        return words.plain("office.late", max(1, local.between(at, now))), "error"
    days = local.between(now, at)
    if days == 0:
        return words.plain("tickets.today"), "warn"
    if days > FAR_DAYS:
        return words.dates.day(at), ""
    return words.plain("office.left", days), "warn" if days <= SOON_DAYS else ""
