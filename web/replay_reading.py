"""From a hearing's replay to what its pages show: names, times and marks in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kachehri.following import SHARED_KINDS
from kachehri.i18n import Words
from kachehri.store.public_tickets import CLOSED, Standing
from moderation.release import TAKEN
from recordings.replaying import Line, Replay, Told
from recordings.search import Piece, Query
from web import reading
from web.replay_shapes import ReplayChapter, ReplayLine
from web.topics import District

_TONES: Final = {
    "closed": "ok",
    "closed_final": "ok",
    "resolution_proposed": "ok",
    "disputed": "warn",
    "appeal": "warn",
}


def clock(ms: int) -> str:
    """A place in a hearing: minutes and seconds, with hours where there are any."""
    minutes, seconds = divmod(max(0, ms) // 1_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def chapter(
    told: Told,
    replay: Replay,
    session_id: str,
    district: District,
    words: Words,
    query: Query,
    asked: tuple[tuple[str, str], ...] = (),
) -> ReplayChapter:
    """One chapter; what was looked for is marked. `asked`: what people ask of those who decide."""
    question, ticket = told.question, told.ticket
    named = question is not None and not told.hidden
    topic = district.topic(ticket.category if ticket else question.category if question else None, words)
    area = district.area(ticket.area if ticket else question.area if question else None, words)
    spoken = told.chapter.spoken
    return ReplayChapter(
        n=told.n,
        key=told.chapter.key,
        kind=told.chapter.kind,
        clock=clock(told.chapter.starts_at - replay.began_at),
        length=clock(told.chapter.duration_ms) if spoken else "",
        topic=query.marked(topic) if named else (),
        place=query.marked(area) if named and area else (),
        office=query.marked(district.office(ticket.office_id, words)) if ticket else (),
        reference=ticket.reference if ticket else "",
        status=words.plain(f"ticket.state.{ticket.state}") if ticket else "",
        tone=_TONES.get(ticket.state, "") if ticket else "",
        outcome=reading.outcome(told.outcome, district, words),
        words=query.marked(told.words) if told.words else (),
        lines=_lines(told, replay, query),
        held=told.held,
        release=told.release,
        reason=told.reason,
        hidden=told.hidden,
        link=f"/s/{session_id}/replay?c={told.n}#c{told.n}",
        starts=told.chapter.starts_at - replay.began_at,
        follow=f"/t/{ticket.reference}/follow" if ticket and _open(ticket) else "",
        asked=asked,
        long=told.chapter.duration_ms,
        cuts=len(told.cuts) if told.open else 0,
        taken=sum(text.count(TAKEN) for text in (told.words, *(each.text for each in told.shown))),
    )


def _open(ticket: Standing) -> bool:
    """Whether others may say that they have it too (kachehri/following.py)."""
    return ticket.kind in SHARED_KINDS and ticket.state not in CLOSED


def _lines(told: Told, replay: Replay, query: Query) -> tuple[ReplayLine, ...]:
    """What was said, and in its place what was taken out of what can be heard."""
    said = [line(each, replay, query) for each in told.shown]
    for cut in told.cuts if told.open else ():
        at = max(cut.starts_at, told.chapter.starts_at) - replay.began_at
        said.append(ReplayLine(at, clock(at), "", (Piece(cut.reason, False),), cut=True))
    return tuple(sorted(said, key=lambda each: each.at))


def line(said: Line, replay: Replay, query: Query) -> ReplayLine:
    at = said.cue.starts_at - replay.began_at
    return ReplayLine(max(0, at), clock(at), said.cue.language, query.marked(said.text), said.cue.corrected, said.held)


def texts(told: Told, district: District, words: Words) -> list[str]:
    """Everything of a chapter that everybody may read, to be looked through."""
    ticket = told.ticket
    found = [told.words, *(each.text for each in told.shown)]
    if told.outcome is not None:
        found += [told.outcome.note, told.outcome.rule]
    if ticket is not None:
        found += [district.topic(ticket.category, words), district.area(ticket.area, words), ticket.reference]
        found.append(district.office(ticket.office_id, words))
    return [each for each in found if each]


def best_line(told: Told, query: Query) -> tuple[Piece, ...]:
    """The first thing that was asked or said in which something is found, marked."""
    for text in (told.words, *(each.text for each in told.shown)):
        pieces = query.marked(text) if text else ()
        if any(piece.found for piece in pieces):
            return pieces
    return ()


def found(replay: Replay, query: Query, district: District, words: Words) -> Sequence[Told]:
    """The chapters in which everything that was looked for is found; all of them where nothing was."""
    if not query:
        return replay.chapters
    return [each for each in replay.chapters if query.fits(texts(each, district, words))]
