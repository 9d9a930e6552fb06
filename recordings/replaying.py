"""A closed hearing as anybody may read it: its chapters with what became of each, and what was said.

Nothing here is private unless somebody released it. A chapter says topic, place, office, state and what was decided, as
the ticket's own page does. The words of a question, those of its order, and the lines that were typed while a citizen
spoke or was read out follow with the sound and the picture, once a moderator has released the chapter (the one rule for
words is in moderation/release.py). What has no public ticket has no topic here either.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from pathlib import Path
from typing import Final, Literal, cast

from kachehri.live import Live
from kachehri.store import Connection, caption_files, content, public_tickets, redactions, replays
from kachehri.store.public_tickets import PublicTicket, Wanted
from kachehri.store.replays import Decided
from kachehri.store.tables import ReplayChapter
from moderation.release import public_words
from recordings.caption_files import cues_of, in_place
from recordings.captions import Cue
from recordings.chapters import Chapter, chapters_at
from recordings.cutting import Span
from recordings.outlines import outline
from recordings.withheld import withheld
from rooms.queue import Question
from rooms.rows import OutcomeRow, outcome_row

Release = Literal["new", "released", "kept"]
#: Why a chapter tells nothing of its question: taken back, or without a public ticket.
Hidden = Literal["", "withdrawn", "private"]
#: Seats from which citizens are heard.
CITIZENS: Final = frozenset({"citizen", "hall"})
#: How far a typed line may lie behind what was said, in milliseconds.
TYPED_MS: Final = 10_000
#: How many lines are looked at to see whether there are any of a language.
_LOOK: Final = 200


@dataclass(frozen=True)
class Line:
    """One line that was said; `text` is masked. `held`: it stays with the moderators until the chapter is released."""

    cue: Cue
    text: str
    held: bool = False


@dataclass(frozen=True)
class Cut:
    """A moment of a chapter that was taken out of it, with the masked reason; times are by the log's clock."""

    starts_at: int
    ends_at: int
    reason: str


@dataclass(frozen=True)
class Told:
    """One chapter; times are by the log's clock.

    Arguments:
        ticket: the public ticket behind it, as it stands now.
        words, outcome: as everybody may read them; `outcome` is without words where nobody released them.
    """

    n: int
    chapter: Chapter
    release: Release
    reason: str = ""
    question: Question | None = None
    hidden: Hidden = ""
    ticket: PublicTicket | None = None
    words: str = ""
    outcome: OutcomeRow | None = None
    lines: tuple[Line, ...] = ()
    #: Whether everybody may hear and see it, where it was recorded.
    open: bool = False
    #: Where the answer is in it.
    clip: Span | None = None
    #: What was taken out of it, whether or not the files agree with that yet.
    cuts: tuple[Cut, ...] = ()

    @property
    def shown(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.held)

    @property
    def held(self) -> int:
        """How many lines wait for a moderator."""
        return sum(line.held for line in self.lines)


@dataclass(frozen=True)
class Replay:
    """One hearing. `began_at` is what times are counted from; `before` was said before any chapter began.

    Arguments:
        chapters: those that were asked for; `total`: how many there are.
        languages: those in which there are lines that everybody may read.
    """

    began_at: int
    ended_at: int
    chapters: tuple[Told, ...] = ()
    before: tuple[Line, ...] = ()
    languages: tuple[str, ...] = ()
    total: int = 0

    @property
    def public_lines(self) -> tuple[Line, ...]:
        """Every line that everybody may read, in order."""
        return (*self.before, *(line for each in self.chapters for line in each.shown))


def replay(
    conn: Connection, live: Live, folder: Path, *, everything: bool = False, only: Collection[int] | None = None
) -> Replay:
    """A closed hearing, with what was decided on its chapters. Decisions, words and tickets are read anew each time.

    Arguments:
        folder: of recordings; it knows which spans were dumped, and what was typed in those is nobody's to read.
        everything: for those who decide: masked words and lines also of what nobody released.
        only: numbers of the chapters that somebody wants to read. What was spoken is told all the same, for what may
            be heard of a chapter follows from those beside it, but without its lines. None: all of it.
    """
    id, found = live.session.id, outline(conn, live)
    taken = [(n, each) for n, each in enumerate(found.chapters, 1) if only is None or each.spoken or n in only]
    asked = {each.key: _question(live, each) for _, each in taken}
    decided = replays.decided(conn, id, None if only is None else [each.key for _, each in taken])
    tickets = _tickets(conn, [each for each in asked.values() if each is not None], len(found.chapters))
    spoken = _spoken(conn, live, folder, found.cues, found.chapters) if only is None or only else {}
    # What was said before any chapter stands before the first.
    lines_of = spoken.keys() if only is None else {*only, 0} if 1 in only else {*only}
    texts = _texts(conn, id, asked.values(), (spoken.get(n, []) for n in lines_of), whole=only is None)
    told = tuple(
        _told(n, each, live, texts, asked[each.key], tickets, decided.get(each.key), everything) for n, each in taken
    )
    out = [
        Cut(row.starts_at, row.ends_at, row.reason) for row in redactions.of_session(conn, id) if row.state != "undone"
    ]
    shut = _Shut(each for each in told if each.question is not None and not each.open)

    def lines(n: int, each: Told | None) -> tuple[Line, ...]:
        said = (cue for cue in spoken.get(n, ()) if texts.get(cue.line))
        return tuple(Line(cue, texts[cue.line], held=_held(cue, each, live, shut, everything)) for cue in said)

    told = tuple(
        replace(
            each,
            lines=lines(each.n, each) if each.n in lines_of else (),
            clip=found.answers.get(each.chapter.key),
            cuts=tuple(cut for cut in out if _within(cut, each.chapter)) if out else (),
        )
        for each in told
    )
    before = tuple(line for line in lines(0, None) if not line.held) if 0 in lines_of else ()
    began_at = live.session.lifecycle.live_since or (found.chapters[0].starts_at if found.chapters else 0)
    began_at = min([began_at, *(each.starts_at for each in found.chapters)])
    by_n = {each.n: each for each in told}
    free = (cue for n in sorted(spoken) for cue in spoken[n] if not _held(cue, by_n.get(n), live, shut, everything))
    most = len({cue.language for cues in spoken.values() for cue in cues})
    languages = _languages(conn, id, free, texts, most)
    return Replay(began_at, found.ended_at, told, before, languages, len(found.chapters))


def heard(conn: Connection, live: Live, folder: Path) -> Replay:
    """The chapters of which there may be something to hear, without their lines."""
    return replay(conn, live, folder, only=())


def of_question(conn: Connection, live: Live, folder: Path, question: str) -> Replay:
    """The chapters of one question, with their lines, and what was spoken beside them."""
    hers = [n for n, each in enumerate(outline(conn, live).chapters, 1) if question in each.questions]
    return replay(conn, live, folder, only=hers)


def _tickets(conn: Connection, questions: Sequence[Question], most: int) -> dict[str, PublicTicket]:
    if not questions:
        return {}
    wanted = Wanted(references=[each.reference for each in questions])
    return {row.reference: row for row in public_tickets.listing(conn, wanted, limit=most)}


def _texts(
    conn: Connection, id: str, asked: Iterable[Question | None], spoken: Iterable[list[Cue]], *, whole: bool
) -> dict[str, str]:
    """The words behind what is told. Not this process's copy of them: what was taken out a moment ago, elsewhere, is
    out.
    """
    if whole:
        return content.texts(conn, id)
    ids = {cue.line for cues in spoken for cue in cues}
    for each in asked:
        if each is not None:
            ids |= {each.content, each.name}
            ids |= {each.outcome.rule, each.outcome.note} if each.outcome is not None else set()
    return content.texts_in(conn, id, ids - {""})


def _spoken(
    conn: Connection, live: Live, folder: Path, typed: Sequence[Cue], found: Sequence[Chapter]
) -> dict[int, list[Cue]]:
    """What was put down of each chapter, by its number, without what a dumped span may have said; 0: before any. What
    was held at the close can still be dumped until its time has come.
    """
    early = {each.id for each in live.session.captions.held() if each.public_at > now()}
    held = caption_files.holding(conn, live.session.id)
    imported = [cues_of(each.id, tag, each.lines) for tag, each in held.items()]
    cues = in_place(typed, imported)
    dumped = withheld(folder / live.session.id)
    parts: dict[int, list[Cue]] = {}
    for cue, at in zip(cues, chapters_at(found, (cue.starts_at for cue in cues)), strict=True):
        if cue.id not in early and not is_dumped(cue.starts_at, cue.ends_at, dumped):
            parts.setdefault(0 if at is None else at + 1, []).append(cue)
    return parts


def now() -> int:
    """Unix time in ms."""
    return time.time_ns() // 1_000_000


def _languages(conn: Connection, id: str, free: Iterator[Cue], texts: Mapping[str, str], most: int) -> tuple[str, ...]:
    """The languages of lines that everybody may read, of `most`; what was erased is no line any more."""
    found: set[str] = set()
    fresh = (cue for cue in free if cue.language not in found)
    while len(found) < most and (some := list(islice(fresh, _LOOK))):
        there = content.texts_in(conn, id, [cue.line for cue in some if cue.line not in texts])
        found |= {cue.language for cue in some if texts.get(cue.line) or there.get(cue.line)}
    return tuple(sorted(found))


def _within(cut: Cut, chapter: Chapter) -> bool:
    return cut.starts_at < chapter.ends_at and cut.ends_at > chapter.starts_at


def keep(conn: Connection, live: Live) -> None:
    """Write the chapters of a closed hearing down, so that they can be decided on. A hearing without any is kept as
    one row that says so; the officials' opening is nobody's to release.
    """
    found = outline(conn, live).chapters
    rows = [
        ReplayChapter(
            session_id=live.session.id,
            key=each.key,
            n=n,
            kind=each.kind,
            question_id=each.questions[0] if each.questions else None,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            state="released" if each.kind == "opening" else "new",
        )
        for n, each in enumerate(found, 1)
    ]
    none = ReplayChapter(
        session_id=live.session.id, key="none", n=0, kind="none", starts_at=0, ends_at=0, state="released"
    )
    replays.keep(conn, rows or [none])


def _question(live: Live, chapter: Chapter) -> Question | None:
    return live.session.queue.questions[chapter.questions[0]] if chapter.questions else None


def is_dumped(starts_at: int, ends_at: int, dumped: list[tuple[int, int]]) -> bool:
    """Whether a line may say what was dumped; whoever types is behind the speaker."""
    return any(since < ends_at and starts_at < until + TYPED_MS for since, until in dumped)


class _Shut:
    """The chapters that were spoken and that nobody released."""

    def __init__(self, told: Iterable[Told]) -> None:
        self._told = sorted((each for each in told if each.chapter.spoken), key=lambda each: each.chapter.starts_at)
        self._starts = [each.chapter.starts_at for each in self._told]
        self._ends = list(accumulate((each.chapter.ends_at for each in self._told), max))

    def during(self, since: int, until: int) -> Iterator[Told]:
        """Those that begin before `until` and end after `since`."""
        n = bisect_left(self._starts, until)
        while n and self._ends[n - 1] > since:
            n -= 1
            if self._told[n].chapter.ends_at > since:
                yield self._told[n]


def _held(cue: Cue, told: Told | None, live: Live, shut: _Shut, everything: bool) -> bool:
    """Whether a line of a chapter, or from before any, stays with the moderators.

    Lines of chapters that nobody released do, wherever they stand: two may be heard at once, one of them from a hall or
    read out, and a line stands in the chapter that began last. Of lines from a file nobody knows who spoke, and their
    times are not exact: near such a chapter all of them stay.
    """
    if everything:
        return False
    if told is not None and told.question is not None and not told.open:
        if _hers(cue, told.chapter, live, told.hidden, told.release):
            return True
    if cue.imported:
        return any(shut.during(cue.starts_at - TYPED_MS, cue.ends_at + TYPED_MS))
    return any(_beside(cue, each, live) for each in shut.during(cue.starts_at, cue.starts_at + 1))


def _beside(cue: Cue, told: Told, live: Live) -> bool:
    """Whether a typed line may be of this chapter, which goes on and nobody released, although another began before the
    line.
    """
    seat = live.session.stage.seats.get(cue.seat)
    if seat is not None and seat.kind in CITIZENS and cue.seat != told.chapter.seat:
        return False  # another citizen's
    return _hers(cue, told.chapter, live, told.hidden, told.release)


def _told(
    n: int,
    chapter: Chapter,
    live: Live,
    texts: Mapping[str, str],
    question: Question | None,
    tickets: Mapping[str, PublicTicket],
    row: Decided | None,
    everything: bool,
) -> Told:
    if question is None:
        return Told(n, chapter, "released", open=chapter.spoken)
    release = cast(Release, row.state) if row is not None else "new"
    ticket = tickets.get(question.reference)
    hidden = _hidden(question, ticket, live)
    # Of somebody who had her words destroyed nothing is left that she may have said.
    erased = any(each and each not in texts for each in (question.content, question.name))
    released = release == "released" and not hidden and not erased
    open_words = everything or released
    words = public_words(
        texts.get(question.content),
        privacy="private" if question.private else "public",
        protected=bool(hidden) and not everything,
        released_at=row.decided_at if row is not None and release == "released" else 0 if everything else None,
    )
    outcome = outcome_row(question.outcome, texts if open_words else {}) if not hidden or everything else None
    reason = row.reason if row is not None else ""
    heard = released and chapter.spoken
    return Told(n, chapter, release, reason, question, hidden, ticket, words or "", outcome, open=heard)


def _hidden(question: Question, ticket: PublicTicket | None, live: Live) -> Hidden:
    if question.state == "withdrawn":
        return "withdrawn"
    return "" if ticket is not None or live.session.lifecycle.practice else "private"


def _hers(cue: Cue, chapter: Chapter, live: Live, hidden: Hidden, release: Release) -> bool:
    """Whether a line may be a citizen's own words: while she has the floor, or while nobody has it in her turn. Of what
    is hidden or was kept back, every line is.
    """
    if hidden or release == "kept":
        return True
    seat = live.session.stage.seats.get(cue.seat)
    if seat is not None:
        return seat.kind in CITIZENS
    return chapter.starts_at <= cue.starts_at < chapter.ends_at
