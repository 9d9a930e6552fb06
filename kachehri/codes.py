"""Checks what a command names against the district and the calendar, which the rules cannot see.

Belongs to the writer's thread. What was found once is remembered, so that the way of a question costs a look into a
set; the database is asked again only for a code that is not known yet.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rooms.base import Command, Refused
from rooms.concerns import ConcernQuestion
from rooms.outcomes import NoteOutcome
from rooms.questions import AskQuestion

from .store import Connection, district
from .tickets.chart import office_about


class Codes:
    """The categories and offices of the district."""

    def __init__(self) -> None:
        self._categories: frozenset[str] = frozenset()
        self._offices: frozenset[str] = frozenset()

    def check(self, conn: Connection, command: Command, now: int, zone: ZoneInfo) -> None:
        """Refuse a category or an office that does not exist, and a day that does not exist or has passed in `zone`.

        Errors: `Refused` with `category_unknown`, `office_unknown` (also for a post that is complained about) or
            `due_passed`.
        """
        match command:
            case AskQuestion(category=category) if category != "other" and category not in self._categories:
                self._categories = frozenset(each.code for each in district.categories(conn))
                # A district that has named none yet takes them all: the desk that sorts is there for that.
                if self._categories and category not in self._categories:
                    raise Refused("category_unknown", category=category)
            case ConcernQuestion(about=about) if about:
                office = office_about(about)
                known = district.offices(conn) if office else district.posts(conn)
                if (office or about) not in {each.id for each in known}:
                    raise Refused("office_unknown", office=about)
            case NoteOutcome(office=office, due=due):
                if due is not None and not _is_ahead(due, now, zone):
                    raise Refused("due_passed", due=due)
                if office is not None and office not in self._offices:
                    self._offices = frozenset(each.code for each in district.offices(conn))
                    if office not in self._offices:
                        raise Refused("office_unknown", office=office)


def _is_ahead(due: str, now: int, zone: ZoneInfo) -> bool:
    try:
        day = date.fromisoformat(due)
    except ValueError:
        return False
    return day >= datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).date()


def start_of_day(day: str, zone: ZoneInfo) -> int:
    """The first millisecond of a day, as it is counted in the district."""
    return int(datetime.combine(date.fromisoformat(day), datetime.min.time(), zone).timestamp() * 1000)


def end_of_day(due: str, zone: ZoneInfo) -> int:
    """The last millisecond of a day, as it is counted in the district."""
    after = datetime.combine(date.fromisoformat(due) + timedelta(days=1), datetime.min.time(), zone)
    return int(after.timestamp() * 1000) - 1
