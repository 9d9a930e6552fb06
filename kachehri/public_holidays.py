"""The public holidays of a country, from its published list, as the beginning of a calendar.

Only days on which offices are closed by law are taken, not what is merely observed. What hangs on the moon is marked
as estimated; the gazette confirms or moves it on the calendar's page. A year is brought in once: a day that somebody
took out stays out.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from . import calendars
from .calendar_book import Book, Off
from .calendars import PREFIX
from .store import Connection, installation
from .tickets.calendar import WorkingDays


class Country:
    """What is usual in a country, by the time zone of its offices."""

    def __init__(self, code: str, weekend: tuple[int, ...]) -> None:
        self.code, self.weekend = code, weekend


COUNTRIES: Final[dict[str, Country]] = {
    "Asia/Karachi": Country("PK", (5, 6)),
    "Asia/Dhaka": Country("BD", (4, 5)),
    "Asia/Kathmandu": Country("NP", (5,)),
    "Asia/Kolkata": Country("IN", (5, 6)),
}
#: This year and the next.
YEARS: Final = 2
_ESTIMATED: Final = re.compile(r"\s*\([^)]*\)\s*$")


def listed(country: str, years: tuple[int, ...]) -> list[Off]:
    """The days of these years; nothing for a country without a list."""
    # Half a second of loading that only the first day of a year needs.
    from holidays import country_holidays

    english = country_holidays(country, years=years, language="en_US")
    urdu = country_holidays(country, years=years, language="ur_PK") if country == "PK" else {}
    found = []
    for day, name in sorted(english.items()):
        estimated = "(estimated" in name
        found.append(
            Off(
                day.isoformat(),
                _ESTIMATED.sub("", str(urdu.get(day, ""))) if estimated else str(urdu.get(day, "")),
                _ESTIMATED.sub("", name) if estimated else name,
                estimated=estimated,
                source="seed",
            )
        )
    return found


def tend(conn: Connection, now: int, zone: str) -> bool:
    """Bring in the years that are missing, and follow the time zone of the house. Whether anything changed."""
    calendar = calendars.current(conn)
    said = installation.facts(conn, PREFIX)
    years = tuple(WorkingDays(calendar.now).local(now).year + ahead for ahead in range(YEARS))
    seeded: list[int] = msgspec.json.decode(said["seeded"], type=list[int]) if "seeded" in said else []
    missing = tuple(year for year in years if year not in seeded)
    if not missing and calendar.now.zone == zone:
        return False
    before = calendars.book(conn)
    after = before
    country = COUNTRIES.get(zone)
    if country is not None and not seeded and "week" not in said:
        after = Book(after.days, msgspec.structs.replace(after.week, weekend=country.weekend))
    if country is not None and missing:
        known = {each.day for each in before.days.values() if not each.area}
        fresh = [each for each in listed(country.code, missing) if each.day not in known]
        after = Book({**after.days, **{each.id: each for each in fresh}}, after.week)
    version = calendars.keep(conn, now, before, after, zone=zone)
    installation.keep(conn, PREFIX, {"seeded": msgspec.json.encode(sorted({*seeded, *missing})).decode()})
    return version != calendar.version
