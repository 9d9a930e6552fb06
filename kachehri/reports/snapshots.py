"""Keeps the figures of each day as they were: a table that was shown never changes behind anybody's back.

Written once a day, after midnight at the house, by whichever worker is first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from kachehri import calendars
from kachehri.rounds import Rounds
from kachehri.store import Connection, Store
from kachehri.store import reports as rows
from kachehri.store.tables import ReportSnapshot

from .figures import Fact, Name, Table, ageing, causes, honesty, offices

EVERY_S: Final = 900.0
NAMES: Final[tuple[Name, ...]] = ("ageing", "honesty", "offices", "causes")


class Snapshots:
    """The runner of one process."""

    def __init__(self, store: Store, zone: Callable[[], str]) -> None:
        self._store, self._zone = store, zone
        self.rounds = Rounds("snapshots", self.keep, EVERY_S)

    def keep(self) -> bool:
        """Write today's, if nobody has. False where it is there."""
        with self._store.read() as conn:
            now = self._store.now(conn)
            day = day_of(now, self._zone())
            if day in rows.days(conn, 1):
                return False
            tables = [weigh(conn, name, now) for name in NAMES]
        made = [ReportSnapshot(day=day, name=each.name, at=now, body=msgspec.json.encode(each)) for each in tables]
        with self._store.write() as conn:
            rows.add(conn, made)
        return True


def day_of(at: int, zone: str) -> str:
    """The day at the house, ISO 8601."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).date().isoformat()


def weigh(conn: Connection, name: Name, now: int, offices_of: frozenset[str] | None = None) -> Table:
    """One report as things stand.

    Arguments:
        offices_of: only these offices, by id; None for all.
    """
    facts = [Fact(*row) for row in rows.facts(conn, now, offices_of)]
    match name:
        case "ageing":
            calendar = calendars.current(conn)
            return ageing(facts, lambda fact: calendar.days(fact.area).between(fact.opened_at, now))
        case "honesty":
            return honesty(facts)
        case "offices":
            return offices(facts)
        case "causes":
            return causes(facts, now)


def of_day(conn: Connection, name: Name, day: str) -> tuple[Table, int] | None:
    """A report as it was, and when it was made."""
    found = rows.get(conn, day, name)
    return (msgspec.json.decode(found.body, type=Table), found.at) if found is not None else None
