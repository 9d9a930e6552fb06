"""A closed hearing as anybody may read it: its chapters with what became of each, and what was said.

Nothing here is private unless somebody released it. A chapter says topic, place, office, state and what was decided, as
the ticket's own page does. The words of a question, those of its order, and the lines that were typed while a citizen
spoke or was read out follow with the sound and the picture, once a moderator has released the chapter (the one rule for
words is in moderation/release.py). What has no public ticket has no topic here either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, cast

from kachehri.live import Live
from kachehri.store import Connection, caption_files, content, event_log, public_tickets, redactions, replays
from kachehri.store.public_tickets import PublicTicket, Wanted
from kachehri.store.tables import ReplayChapter
from moderation.release import public_words
from recordings import clips
from recordings.caption_files import cues_of, in_place
from recordings.captions import Cue, cues
from recordings.chapters import Chapter, Logged, chapter_at, chapters
from recordings.cutting import Span
from recordings.withheld import withheld
from rooms import captions, closing, lifecycle, outcomes, questions, turns
from rooms.queue import Question
from rooms.rows import OutcomeRow, outcome_row
from rooms.session import decode_event

Release = Literal["new", "released", "kept"]
#: Why a chapter tells nothing of its question: taken back, or without a public ticket.
Hidden = Literal["", "withdrawn", "private"]
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
#: Seats from which citizens are heard.
CITIZENS: Final = frozenset({"citizen", "hall"})
#: How far a typed line may lie behind what was said, in milliseconds.
TYPED_MS: Final = 10_000


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
    """One hearing. `began_at` is what times are counted from; `before` was said before any chapter began."""

    began_at: int
    ended_at: int
    chapters: tuple[Told, ...] = ()
    before: tuple[Line, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages in which there are lines that everybody may read."""
        return tuple(sorted({line.cue.language for line in self.public_lines}))

    @property
    def public_lines(self) -> tuple[Line, ...]:
        """Every line that everybody may read, in order."""
        return (*self.before, *(line for each in self.chapters for line in each.shown))


def log_of(conn: Connection, session_id: str) -> list[Logged]:
    """The events of a hearing that chapters and lines follow from."""
    return [Logged(at, decode_event(body)) for at, body in event_log.of_types(conn, session_id, TYPES)]


def replay(conn: Connection, live: Live, folder: Path, *, everything: bool = False) -> Replay:
    """A closed hearing, with what was decided on its chapters.

    Arguments:
        folder: of recordings; it knows which spans were dumped, and what was typed in those is nobody's to read.
        everything: for those who decide: masked words and lines also of what nobody released.
    """
    log = log_of(conn, live.session.id)
    found = chapters(log, live.session)
    # Not this process's copy of the words: what was taken out a moment ago, elsewhere, is out.
    texts = content.texts(conn, live.session.id)
    decided = {row.key: row for row in replays.of_session(conn, live.session.id)}
    asked = {each.key: _question(live, each) for each in found}
    references = [each.reference for each in asked.values() if each is not None]
    listed = public_tickets.listing(conn, Wanted(references=references), limit=len(references)) if references else []
    tickets = {row.reference: row for row in listed}
    imported = [cues_of(each.id, tag, each.lines) for tag, each in caption_files.holding(conn, live.session.id).items()]
    spoken = _lines(texts, in_place(cues(log), imported), withheld(folder / live.session.id))
    parts: dict[int | None, list[Cue]] = {}
    for cue in spoken:
        parts.setdefault(chapter_at(found, cue.starts_at), []).append(cue)
    told = tuple(
        _told(n, each, live, texts, asked[each.key], tickets, decided.get(each.key), parts.get(n - 1, []), everything)
        for n, each in enumerate(found, 1)
    )
    offices = {id for id, seat in live.session.stage.seats.items() if seat.kind == "official"}
    out = [
        Cut(row.starts_at, row.ends_at, row.reason)
        for row in redactions.of_session(conn, live.session.id)
        if row.state != "undone"
    ]
    told = tuple(
        replace(
            each,
            clip=clips.answer(log, each.chapter, offices),
            cuts=tuple(cut for cut in out if _within(cut, each.chapter)),
        )
        for each in told
    )
    shut = [each for each in told if each.question is not None and not each.open and not everything]
    told = tuple(replace(each, lines=_careful(each.lines, shut, live)) for each in told)
    first = _careful([Line(cue, texts[cue.line]) for cue in parts.get(None, ())], shut, live)
    before = tuple(line for line in first if not line.held)
    began_at = live.session.lifecycle.live_since or (found[0].starts_at if found else 0)
    began_at = min([began_at, *(each.starts_at for each in found)])
    return Replay(began_at, max((at for at, _ in log), default=0), told, before)


def _within(cut: Cut, chapter: Chapter) -> bool:
    return cut.starts_at < chapter.ends_at and cut.ends_at > chapter.starts_at


def keep(conn: Connection, live: Live) -> None:
    """Write the chapters of a closed hearing down, so that they can be decided on. A hearing without any is kept as
    one row that says so; the officials' opening is nobody's to release.
    """
    found = chapters(log_of(conn, live.session.id), live.session)
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


def _lines(texts: Mapping[str, str], said: list[Cue], dumped: list[tuple[int, int]]) -> list[Cue]:
    """What was put down and not erased, without what a dumped span may have said."""
    return [cue for cue in said if texts.get(cue.line) and not is_dumped(cue.starts_at, cue.ends_at, dumped)]


def is_dumped(starts_at: int, ends_at: int, dumped: list[tuple[int, int]]) -> bool:
    """Whether a line may say what was dumped; whoever types is behind the speaker."""
    return any(since < ends_at and starts_at < until + TYPED_MS for since, until in dumped)


def _careful(lines: Iterable[Line], shut: Sequence[Told], live: Live) -> tuple[Line, ...]:
    """Lines of chapters that nobody released stay with the moderators, wherever they stand.

    Two may be heard at once, one of them from a hall or read out, and a line stands in the chapter that began last. Of
    lines from a file nobody knows who spoke, and their times are not exact: near such a chapter all of them stay.
    """

    def stays(cue: Cue) -> bool:
        return any(_near(cue, each.chapter) if cue.imported else _beside(cue, each, live) for each in shut)

    return tuple(replace(line, held=True) if stays(line.cue) else line for line in lines)


def _near(cue: Cue, chapter: Chapter) -> bool:
    return chapter.spoken and chapter.starts_at - TYPED_MS < cue.ends_at and cue.starts_at < chapter.ends_at + TYPED_MS


def _beside(cue: Cue, told: Told, live: Live) -> bool:
    """Whether a typed line may be of this chapter, which nobody released, although another began before the line."""
    chapter = told.chapter
    if not chapter.spoken or not chapter.starts_at <= cue.starts_at < chapter.ends_at:
        return False
    seat = live.session.stage.seats.get(cue.seat)
    if seat is not None and seat.kind in CITIZENS and cue.seat != chapter.seat:
        return False  # another citizen's
    return _hers(cue, chapter, live, told.hidden, told.release)


def _told(
    n: int,
    chapter: Chapter,
    live: Live,
    texts: Mapping[str, str],
    question: Question | None,
    tickets: Mapping[str, PublicTicket],
    row: ReplayChapter | None,
    spoken: list[Cue],
    everything: bool,
) -> Told:
    if question is None:
        lines = tuple(Line(cue, texts[cue.line]) for cue in spoken)
        return Told(n, chapter, "released", lines=lines, open=chapter.spoken)
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
    lines = tuple(
        Line(cue, texts[cue.line], held=not open_words and _hers(cue, chapter, live, hidden, release)) for cue in spoken
    )
    reason = row.reason if row is not None else ""
    return Told(
        n, chapter, release, reason, question, hidden, ticket, words or "", outcome, lines, released and chapter.spoken
    )


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
