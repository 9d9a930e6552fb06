"""What the log alone says of a closed hearing, kept in memory: its chapters, when lines were typed, where answers are.

Reading a log of hours takes seconds, and it does not change. Only what nobody can take back is kept: times and ids. No
words, no decisions and no states of tickets are in an outline; they are read anew for each request, and what a log says
more, such as that words were erased, makes a new outline.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from kachehri.live import Live
from kachehri.store import Connection, event_log, sessions
from recordings import clips
from recordings.captions import Cue, cues
from recordings.chapters import Chapter, Logged, chapters
from recordings.cutting import Span
from rooms import captions, closing, lifecycle, outcomes, questions, turns
from rooms.session import decode_event

_EVENTS: Final = (
    lifecycle.SessionStarted,
    turns.TurnCalled,
    turns.TurnStaged,
    turns.TurnReadOut,
    turns.TurnParked,
    turns.TurnEnded,
    turns.FloorGiven,
    questions.QuestionAnswered,
    outcomes.OutcomeNoted,
    closing.SessionClosed,
    lifecycle.SessionClosing,
    captions.CaptionTyped,
    captions.CaptionCorrected,
    captions.CaptionsWithheld,
)
TYPES: Final = tuple(str(each.__struct_config__.tag) for each in _EVENTS)
#: Chapters and lines that are kept in memory, of all hearings together: about half a kilobyte each.
MOST: Final = 60_000


@dataclass(frozen=True)
class Outline:
    """One hearing; `ended_at` is the last instant of what was read, `answers` where answers are, by a chapter's key."""

    chapters: tuple[Chapter, ...]
    cues: tuple[Cue, ...]
    answers: Mapping[str, Span]
    ended_at: int

    @property
    def size(self) -> int:
        return len(self.chapters) + len(self.cues)


#: Session, then epoch and last number of its log as this process's copy and as the database has it.
_Name = tuple[str, str, int, str, int]


class Outlines:
    """Those that were read lately, the oldest first. Safe to use from several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[_Name, Outline] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, conn: Connection, live: Live) -> Outline:
        """A hearing's outline as its log is now."""
        row = sessions.get(conn, live.session.id)
        epoch, seq = (row.epoch, row.head_seq) if row is not None else ("", 0)
        name = (live.session.id, live.epoch, live.seq, epoch, seq)
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
                return found
        found = read(conn, live)
        with self._lock:
            for other in [other for other in self._kept if other[0] == name[0]]:
                del self._kept[other]
            self._kept[name] = found
            held = sum(each.size for each in self._kept.values())
            while held > self._most:
                held -= self._kept.popitem(last=False)[1].size
        return found


_lately: Final = Outlines()


def outline(conn: Connection, live: Live) -> Outline:
    """A hearing's outline, from memory where its log says nothing new."""
    return _lately.of(conn, live)


def read(conn: Connection, live: Live) -> Outline:
    """The same from the log."""
    rows = event_log.of_types(conn, live.session.id, TYPES)
    log = [Logged(at, decode_event(body)) for at, body in rows]
    found = chapters(log, live.session)
    offices = {id for id, seat in live.session.stage.seats.items() if seat.kind == "official"}
    return Outline(found, cues(log), _answers(log, found, offices), max((at for at, _ in log), default=0))


def _answers(log: Sequence[Logged], found: Sequence[Chapter], offices: Collection[str]) -> dict[str, Span]:
    answers = {}
    for each in found:
        since = bisect_left(log, each.starts_at, key=attrgetter("at"))
        until = bisect_right(log, each.ends_at, key=attrgetter("at"))
        clip = clips.answer(log[since:until], each, offices)
        if clip is not None:
            answers[each.key] = clip
    return answers
