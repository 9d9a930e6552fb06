"""Status lines: what an office tells the citizen between the first step and the last. Pure.

A line moves no state and no clock: it is word, not deed. Rule 1: nothing is taken out of a ticket's log; a line that
was a slip is undone by a further step, within a minute and by whoever wrote it, and is then shown to nobody.
Rule 2: a visit has a day, and a note has words; the others may have words.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Final, Literal, NamedTuple, get_args

from msgspec import Struct, ValidationError, json

from rooms.base import ContentRef

from .lifecycle import State, is_open

Kind = Literal["seen", "visit", "under_way", "note"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
#: Types of steps in a ticket's log.
POSTED: Final = "status"
UNDONE: Final = "status.undone"
TEXT_MOST: Final = 300  # characters
UNDO_MS: Final = 60_000
#: Lines of one ticket; an office that writes more than this has another trouble.
LINES_MOST: Final = 200


class TicketRefused(Exception):
    """A lawful no. `code` is one of status_kind, status_text, status_day, ticket_over, ticket_busy, status_gone,
    undo_late, status_many.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Posted(Struct, frozen=True, omit_defaults=True):
    """The body of a step of type `status`; the words are beside the log, under `content`."""

    kind: Kind
    office: str
    content: ContentRef | None = None
    day: str = ""


class Undone(Struct, frozen=True):
    """The body of a step of type `status.undone`: the number of the step that is void."""

    of: int


class Entry(NamedTuple):
    """One step of a ticket as this module reads it."""

    seq: int
    at: int
    type: str
    actor: str
    body: bytes


class StatusLine(NamedTuple):
    """One line as it is shown. `day` is that of a planned visit, ISO 8601; `text` is masked, and empty once erased."""

    seq: int
    at: int
    kind: Kind
    text: str
    day: str
    office: str
    actor: str


def check(kind: str, text: str, day: str, *, state: State, today: str, lines: int) -> Kind:
    """Refuse a line that says nothing, or that nobody waits for any more.

    Arguments:
        day: of a visit, ISO 8601; from `today` to the same day of the next year.
        lines: how many the ticket has.
    """
    if not is_open(state):
        raise TicketRefused("ticket_over")
    if lines >= LINES_MOST:
        raise TicketRefused("status_many")
    found: Kind | None = next((each for each in KINDS if each == kind), None)
    if found is None:
        raise TicketRefused("status_kind")
    if found == "visit" and not today <= calendar_day(day) <= f"{int(today[:4]) + 1}{today[4:]}":
        raise TicketRefused("status_day")
    if found == "note" and not text:
        raise TicketRefused("status_text")
    return found


def calendar_day(text: str) -> str:
    """The day if it is one of the calendar (ISO 8601, extended form), else nothing."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def standing(entries: Iterable[Entry]) -> list[tuple[Entry, Posted]]:
    """The lines that were not undone, oldest first; a body that nobody can read is passed over."""
    posted: dict[int, tuple[Entry, Posted]] = {}
    for entry in entries:
        try:
            if entry.type == POSTED:
                posted[entry.seq] = (entry, json.decode(entry.body, type=Posted))
            elif entry.type == UNDONE:
                posted.pop(json.decode(entry.body, type=Undone).of, None)
        except ValidationError:
            continue
    return list(posted.values())


def shown(entries: Iterable[Entry], texts: Callable[[list[str]], Mapping[str, str]]) -> list[StatusLine]:
    """The lines with their words.

    Arguments:
        texts: looks up the public words of these content ids.
    """
    lines = standing(entries)
    words = texts([posted.content.id for _, posted in lines if posted.content])
    return [
        StatusLine(
            seq=entry.seq,
            at=entry.at,
            kind=posted.kind,
            text=words.get(posted.content.id, "") if posted.content else "",
            day=posted.day,
            office=posted.office,
            actor=entry.actor,
        )
        for entry, posted in lines
    ]


def may_undo(entry: Entry, actor: str, now: int) -> bool:
    """Within a minute, and only one's own."""
    return entry.actor == actor and now - entry.at <= UNDO_MS
