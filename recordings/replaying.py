"""A closed hearing as anybody may read it: its chapters with what became of each, and what was said.

Nothing here is private unless somebody released it. A chapter says topic, place, office, state and what was decided, as
the ticket's own page does. The words of a question, those of its order, and the lines that were typed while a citizen
spoke or was read out follow with the sound and the picture, once a moderator has released the chapter (the one rule for
words is in moderation/release.py). What has no public ticket has no topic here either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final, cast

from kachehri.live import Live
from kachehri.store import Connection, content, public_tickets, redactions, replays
from kachehri.store.public_tickets import Standing
from kachehri.store.replays import Decided
from kachehri.store.tables import ReplayChapter
from moderation.release import public_words
from recordings.captions import Cue
from recordings.chapters import Chapter
from recordings.held_lines import Shut, all_free, is_held
from recordings.outlines import outline
from recordings.said import is_dumped, said
from recordings.told import Cut, Hidden, Line, Release, Replay, Told
from rooms.queue import Question
from rooms.rows import outcome_row

__all__ = ["Cut", "Line", "Replay", "Told", "captioned", "heard", "is_dumped", "keep", "of_question", "replay"]

#: More words than this are read with all others of the hearing, which is quicker than by their ids.
_MANY: Final = 1_000
#: How many lines are looked at to see whether there are any of a language.
_LOOK: Final = 200


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
    tickets = public_tickets.standing(conn, [each.reference for each in asked.values() if each is not None])
    spoken = said(conn, live, folder, found) if only is None or only else {}
    # What was said before any chapter stands before the first.
    lines_of = spoken.keys() if only is None else {*only, 0} if 1 in only else {*only}
    texts = _texts(conn, id, asked.values(), (spoken.get(n, []) for n in lines_of), whole=only is None)
    told = tuple(
        _told(n, each, live, texts, asked[each.key], tickets, decided.get(each.key), everything) for n, each in taken
    )
    out = [
        Cut(row.starts_at, row.ends_at, row.reason) for row in redactions.of_session(conn, id) if row.state != "undone"
    ]
    shut = Shut(each for each in told if each.question is not None and not each.open)

    def lines(n: int, each: Told | None) -> tuple[Line, ...]:
        cues = [cue for cue in spoken.get(n, ()) if texts.get(cue.line)]
        if all_free(cues, each, shut, everything):
            return tuple(Line(cue, texts[cue.line]) for cue in cues)
        return tuple(Line(cue, texts[cue.line], held=is_held(cue, each, live, shut, everything)) for cue in cues)

    def more(each: Told) -> Told:
        cuts = tuple(cut for cut in out if _within(cut, each.chapter)) if out else ()
        clip, mine = found.answers.get(each.chapter.key), lines(each.n, each) if each.n in lines_of else ()
        return replace(each, lines=mine, clip=clip, cuts=cuts) if mine or clip is not None or cuts else each

    told = tuple(map(more, told))
    before = tuple(line for line in lines(0, None) if not line.held) if 0 in lines_of else ()
    began_at = live.session.lifecycle.live_since or (found.chapters[0].starts_at if found.chapters else 0)
    began_at = min([began_at, *(each.starts_at for each in found.chapters)])
    by_n = {each.n: each for each in told}
    free = (cue for n in sorted(spoken) for cue in spoken[n] if not is_held(cue, by_n.get(n), live, shut, everything))
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


def captioned(conn: Connection, live: Live, folder: Path) -> Replay:
    """The chapters in which something may have been written down, with their lines."""
    spoken = {n for n, each in enumerate(outline(conn, live).chapters, 1) if each.spoken}
    return replay(conn, live, folder, only={1, *spoken})  # with the first comes what was said before it


def _texts(
    conn: Connection, id: str, asked: Iterable[Question | None], spoken: Iterable[Sequence[Cue]], *, whole: bool
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
    return content.texts_in(conn, id, ids - {""}) if len(ids) <= _MANY else content.texts(conn, id)


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


def _told(
    n: int,
    chapter: Chapter,
    live: Live,
    texts: Mapping[str, str],
    question: Question | None,
    tickets: Mapping[str, Standing],
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


def _hidden(question: Question, ticket: Standing | None, live: Live) -> Hidden:
    if question.state == "withdrawn":
        return "withdrawn"
    return "" if ticket is not None or live.session.lifecycle.practice else "private"
