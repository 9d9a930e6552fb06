"""A hearing after its close: chapter by chapter, in writing, with what became of each question; and the list of them.

Everybody may read it, without a script and without sound. What nobody released is not on it (recordings/replaying.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.guesses import Rule, TooMany, network
from kachehri.i18n import Words
from kachehri.ids import new_id
from kachehri.live import Live
from kachehri.store import Connection, public_sessions, replays
from kachehri.store import sessions as session_rows
from kachehri.store.tables import ReplayRequest
from moderation.masking import mask
from recordings import replaying, webvtt
from recordings.channels import channels
from recordings.outlines import outline
from recordings.replaying import Replay, Told
from recordings.search import Query
from rooms.base import Refused
from rooms.limits import NOTE_MAX
from rooms.text import clean
from web import forms, reading, replay_files, replay_reading
from web.cards import SessionCard
from web.errors import sentence
from web.house import House, house_of, see
from web.replay_shapes import FoundChapter, FoundSession, ReplayPage, ReplaysPage, Stands
from web.replay_window import PageLink, Window, cut, page_at, pages_of
from web.topics import District
from web.whole_reading import whole_of

#: Hearings on one page of the list, and chapters of each that are named.
PAGE: Final = 20
CHAPTERS_NAMED: Final = 4
#: Reports an hour from one network.
REPORTS: Final = Rule("replay.report", 10, 10)
SAID: Final = {"reported": "replay.reported"}


async def show(request: Request) -> Response:
    """GET /s/{session}/replay."""
    said = SAID.get(request.query_params.get("said", ""), "")
    return await drawn(request, said=said)


async def drawn(
    request: Request, *, said: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    house = house_of(request)
    words, district = house.words(request), await house.districts.get()
    live = await house.service.live(request.path_params["session"])
    row = await house.service.read(session_rows.get, live.session.id)
    office = district.host(row.office_id, words) if row else ""
    card = reading.head(live, words, office)
    stands = stands_of(live)
    if stands in ("not_yet", "closing", "cancelled"):
        return house.show(request, "replay.html", ReplayPage(session=card, stands=stands), status=status)
    query, id = Query(request.query_params.get("q", "")), live.session.id
    here, at = (only_number(request.query_params.get(name, "")) for name in ("c", "p"))
    folder = house.settings.recordings.folder
    if query:
        replay, shown, window = await house.service.read(_searched, live, folder, query, district, words, at)
    else:
        replay, shown, window = await house.service.read(_read, live, folder, here, at)
    weights, spoken, whole = {}, {}, None
    if house.broadcasting is not None:
        edition = await house.broadcasting.edition(house.service, live, replay.chapters)
        weights = await asyncio.to_thread(replay_files.weights, edition, shown)
        seats = ((seat.id, seat.kind) for seat in live.session.stage.seats.values())
        planned = channels(seats, house.broadcasting.interpreted)
        spoken = await asyncio.to_thread(replay_files.spoken, edition, shown, planned)
        ns = {each.n for each in shown}
        way = request.query_params.get("watch", "")
        whole = await whole_of(house, live, edition, replay.chapters, way, here, words, ns)
    chapters = []
    for each in shown:
        heard, seen = weights.get(each.n, ("", ""))
        card_of = replay_reading.chapter(each, replay, id, district, words, query)
        card_of = replace(card_of, here=each.n == here, sound=heard, picture=seen, spoken=spoken.get(each.n, ()))
        if whole is not None:
            card_of = replace(card_of, jump=whole.jumps.get(each.n, -1.0), line=whole.lines.get(each.n))
        chapters.append(card_of)
    page = ReplayPage(
        session=card,
        stands="" if replay.total else "empty",
        chapters=tuple(chapters),
        before=tuple(replay_reading.line(each, replay, query) for each in replay.before) if not query else (),
        total=replay.total,
        length=replay_reading.clock(replay.ended_at - replay.began_at) if replay.total else "",
        query=query.text,
        here=here if any(each.n == here for each in shown) else 0,
        languages=replay.languages,
        key=forms.new_key(),
        said=words.plain(said) if said else "",
        errors=errors or {},
        made_at=house.now(),
        share=f"{house.renderer.site.address}/s/{id}/replay",
        whole=whole,
        window=window,
    )
    return house.show(request, "replay.html", page, status=status, indexed=not card.practice)


def _read(conn: Connection, live: Live, folder: Path, here: int, at: int) -> tuple[Replay, list[Told], Window]:
    """One page of a hearing, the one with a chapter or the one of a number."""
    found = outline(conn, live).chapters
    pages = pages_of(found) or [range(0)]
    page = page_at(pages, here, at)
    replay = replaying.replay(conn, live, folder, only=pages[page])
    links = tuple(
        PageLink(n, each[0], each[-1], replay_reading.clock(found[each[0] - 1].starts_at - replay.began_at))
        for n, each in enumerate(pages, 1)
        if each
    )
    numbers = pages[page]
    more = page + 1 < len(pages)
    window = Window(page + 1, numbers.start, numbers.stop - 1, replay.total, links, more)
    return replay, [each for each in replay.chapters if each.n in numbers], window


def _searched(
    conn: Connection, live: Live, folder: Path, query: Query, district: District, words: Words, at: int
) -> tuple[Replay, list[Told], Window]:
    """One page of the chapters in which something is found."""
    replay = replaying.replay(conn, live, folder)
    found = replay_reading.found(replay, query, district, words)
    window = cut(len(found), at)
    return replay, list(found[window.first - 1 : window.last]), window


def stands_of(live: Live) -> Stands:
    """What there is to see of a hearing."""
    match live.session.phase:
        case "closed":
            return ""
        case "cancelled":
            return "cancelled"
        case "closing":
            return "closing"
        case _:
            return "not_yet"


def only_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


async def captions(request: Request) -> Response:
    """GET /s/{session}/captions/{language}.vtt: the lines that everybody may read, as WebVTT."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    language = request.path_params["language"]
    if stands_of(live) or language not in ("ur", "en"):
        raise HTTPException(404)
    replay = await house.service.read(replaying.captioned, live, house.settings.recordings.folder)
    lines = [each for each in replay.public_lines if each.cue.language == language]
    if not lines:
        raise HTTPException(404)
    began = min(replay.began_at, *(each.cue.starts_at for each in lines))
    timed = [
        webvtt.Timed(each.cue.starts_at - began, each.cue.ends_at - began, each.text, each.cue.id)
        for each in sorted(lines, key=lambda each: (each.cue.starts_at, each.cue.id))
    ]
    headers = {"content-disposition": f'attachment; filename="{live.session.id}-{language}.vtt"'}
    return Response(
        webvtt.write(timed, language), media_type="text/vtt", headers={**headers, "cache-control": "no-cache"}
    )


async def report(request: Request) -> Response:
    """POST /s/{session}/replay: somebody says that a chapter should be looked at again."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    live = await house.service.live(request.path_params["session"])
    if stands_of(live):
        return see(f"/s/{live.session.id}/replay")
    try:
        text = clean(fields.get("text", ""), NOTE_MAX)
    except Refused as refused:
        told = sentence(words, refused.code, {"field": "text", "limit": NOTE_MAX, **(refused.params or {})})
        return await drawn(request, errors={"text": told}, status=422)
    chapter, key = fields.get("chapter", ""), fields.get("key", "")
    found = await house.service.read(outline, live)
    if len(key) < 22 or all(each.key != chapter for each in found.chapters):
        raise forms.FormRefused(400)
    place = network(request.client.host if request.client else "")
    try:
        await house.write(_report, house, place, live, chapter, mask(text).text)
    except TooMany:
        return await drawn(request, errors={"text": words.plain("replay.report_many")}, status=429)
    return see(f"/s/{live.session.id}/replay?said=reported")


def _report(conn: Connection, now: int, house: House, place: str, live: Live, chapter: str, text: str) -> None:
    house.identity.guesses.count(conn, REPORTS, "replay", place, now)
    replaying.keep(conn, live)
    row = ReplayRequest(id=new_id(now), session_id=live.session.id, key=chapter, kind="report", text=text, at=now)
    replays.ask(conn, row)


async def listing(request: Request) -> Response:
    """GET /replays: hearings that are over; with a query those in which it was asked or said."""
    house = house_of(request)
    words, district = house.words(request), await house.districts.get()
    query = Query(request.query_params.get("q", ""))
    after = position(request.query_params.get("after", ""))
    rows = await house.service.read(_closed, after)
    found: list[FoundSession] = []
    for row in rows[:PAGE]:
        title = reading.title({"ur": row.title_ur, "en": row.title_en}, words)
        card = SessionCard(row.id, title, row.phase, row.starts_at, district.host(row.office_id, words))
        if not query:
            found.append(FoundSession(card))
            continue
        live = await house.service.live(row.id)
        folder = house.settings.recordings.folder
        replay, fits = await house.service.read(_fitting, live, folder, query, district, words)
        if fits or query.fits([title, card.office]):
            named = tuple(
                FoundChapter(c.n, c.topic, c.place, c.status, c.tone, replay_reading.best_line(each, query))
                for each in fits[:CHAPTERS_NAMED]
                for c in (replay_reading.chapter(each, replay, row.id, district, words, query),)
            )
            found.append(FoundSession(card, named, len(fits) - len(named)))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    page = ReplaysPage(
        rows=tuple(found),
        query=query.text,
        older=f"{last.starts_at}.{last.id}" if last else "",
        began=after is not None,
    )
    return house.show(request, "replays.html", page, indexed=True)


def _fitting(
    conn: Connection, live: Live, folder: Path, query: Query, district: District, words: Words
) -> tuple[Replay, Sequence[Told]]:
    replay = replaying.replay(conn, live, folder)
    return replay, replay_reading.found(replay, query, district, words)


def _closed(conn: Connection, after: tuple[int, str] | None) -> list[public_sessions.PublicSession]:
    return public_sessions.listing(conn, phase="closed", after=after, limit=PAGE + 1)


def position(text: str) -> tuple[int, str] | None:
    """`starts_at.id` of the last row seen, as the link has it."""
    at, dot, id = text.partition(".")
    return (int(at), id[:64]) if dot and at.isascii() and at.isdigit() and len(at) < 16 else None
