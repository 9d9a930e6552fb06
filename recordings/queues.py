"""Who stood in line at a moment of a hearing, told by its log alone.

Of whom that was everybody may read as much as of any complaint: topic and place, where its ticket is public. Names and
words are not here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kachehri.live import Live
from kachehri.store import Connection, event_log, public_tickets
from kachehri.store.public_tickets import PublicTicket, Wanted
from recordings.replaying import Told
from rooms.session import Session, decode_event, evolve

#: How many of those in front are named.
NAMED: Final = 3


#: Hearings of which the lines are kept in memory: what a log says of a moment does not change.
_KEPT: Final = 32
_lately: dict[tuple[str, str, tuple[int, ...]], list[Line]] = {}


@dataclass(frozen=True)
class Line:
    """The line at one moment: how many stood in it, and the questions in front, the first to be called first."""

    count: int
    front: tuple[str, ...]


@dataclass(frozen=True)
class Then:
    """The same as everybody may read it: the public tickets of those in front."""

    count: int
    first: tuple[PublicTicket, ...]


def lines_at(session_id: str, log: Iterable[tuple[int, int, bytes]], moments: Sequence[int]) -> list[Line]:
    """The line behind everything that was logged until each moment.

    Arguments:
        log: all of it, as (seq, at, body).
        moments: in their order, by the log's clock.
    """
    session, found = Session(id=session_id), list[Line]()

    def line() -> Line:
        waiting = session.queue.line
        return Line(len(waiting), tuple(question for _, question in waiting[:NAMED]))

    for seq, at, body in log:
        while len(found) < len(moments) and moments[len(found)] < at:
            found.append(line())
        if len(found) == len(moments):
            return found
        evolve(session, decode_event(body), seq, at)
    return found + [line()] * (len(moments) - len(found))


def lines_of(conn: Connection, live: Live, told: Sequence[Told], shown: Collection[int]) -> dict[int, Then]:
    """The line at the beginning of each chapter that was spoken, by the chapter's number; of a closed hearing.

    Arguments:
        told: all that were spoken, so that the log is read once for all of them.
        shown: numbers of those that somebody wants.
    """
    spoken = sorted((each for each in told if each.chapter.spoken), key=lambda each: each.chapter.starts_at)
    moments = tuple(each.chapter.starts_at for each in spoken)
    name = (live.session.id, live.epoch, moments)
    lines = _lately.get(name)
    if lines is None:
        log = ((row.seq, row.at, row.body) for row in event_log.after(conn, live.session.id, -1))
        lines = lines_at(live.session.id, log, moments)
        while len(_lately) >= _KEPT:
            _lately.pop(next(iter(_lately)), None)
        _lately[name] = lines
    questions = live.session.queue.questions
    wanted = {each.n: line for each, line in zip(spoken, lines, strict=True) if each.n in shown}
    front = {id: questions[id].reference for line in wanted.values() for id in line.front}
    references = [each for each in dict.fromkeys(front.values()) if each]
    listed = public_tickets.listing(conn, Wanted(references=references), limit=len(references)) if references else []
    tickets = {row.reference: row for row in listed}
    return {
        n: Then(line.count, tuple(tickets[front[id]] for id in line.front if front[id] in tickets))
        for n, line in wanted.items()
    }
