"""The door of the program: playlists and pieces for players, and for the caches in front of them (RFC 8216bis).

An address begins with its grant and names nobody; a cookie is neither read nor set. What never changes may be kept,
a playlist for a second, and one that was waited for as long as somebody may still ask for it. Refusals are small, but
whoever opened the address as a page reads a sentence. No other site may read what is here (no CORS).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.store import StoreError
from recordings import playlists
from recordings.announce import There
from recordings.archive import Index, RecordingError
from recordings.edition import Edition
from recordings.grants import GrantRefused, Scope
from recordings.playlists import SOUND, Shape, shape_of
from rooms.base import Refused
from rooms.session import Session
from web.broadcasting import MOST_WAITING, Broadcasting, is_gone, is_on, is_over, is_taken, on_air, patience_s
from web.house import House, house_of
from web.taken_out import Known

Endpoint = Callable[[Request], Awaitable[Response]]
_LIST: Final = "application/vnd.apple.mpegurl"
_INIT: Final = re.compile(r"init-([1-9][0-9]{0,8})\.mp4\Z")
_PIECE: Final = re.compile(r"([0-9]{6,9})(?:\.([0-9]{1,3}))?\.m4s\Z")
_COUNT: Final = re.compile(r"[0-9]{1,9}\Z")
#: Seconds that caches keep pieces. What was heard may be taken out, and what is released taken back: asked again soon.
_PIECE_S: Final = 60
_RELOAD_S: Final = 1
#: A playlist that was waited for never changes its meaning: kept for six target durations (RFC 8216bis, appendix B.1).
_WAITED_TARGETS: Final = 6


class _No(Exception):
    """A refusal, by its status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _answering(endpoint: Endpoint) -> Endpoint:
    """A refusal is a page for a person who opened the address, and next to nothing for a player."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            answered = await endpoint(request)
        except _No as no:
            if "text/html" in request.headers.get("accept", ""):
                raise HTTPException(no.status) from None
            headers = {"retry-after": "1"} if no.status == 503 else {}
            if no.status == 404 and request.scope["state"].get("opened"):
                # Before a program begins, a hall full of phones asks for it: once a second will do.
                headers["cache-control"] = f"public, max-age={_RELOAD_S}"
            return Response(status_code=no.status, headers=headers)
        request.state.piece = True
        return answered

    return answer


@_answering
async def master(request: Request) -> Response:
    """All renditions, for players that choose for themselves."""
    house, door, session, scope = await _opened(request)
    spoken = []
    if scope == "live":
        seats = (await _read(house, session)).stage.seats
        on = door.channels(session, ((seat.id, seat.kind) for seat in seats.values()))
        spoken = door.spoken(session, on)
    variants = await door.files.run(door.variants, session)
    if not variants:
        raise _No(404)
    return _listed(request, playlists.master_playlist(variants, f"{scope}.m3u8", spoken), _RELOAD_S)


@_answering
async def piece(request: Request) -> Response:
    """A playlist, a header, a segment or a part of one."""
    house, door, session, scope = await _opened(request)
    rendition, name = request.path_params["rendition"], request.path_params["name"]
    shape = shape_of(rendition)
    if shape is None:
        raise _No(404)
    phase = (await _read(house, session)).phase if scope == "live" else ""
    try:
        if name == f"{scope}.m3u8":
            if scope == "replay":
                return await _replay(request, door, await _edition(house, door, session), rendition, shape)
            return await _live(request, house, door, session, rendition, shape, phase)
        if (found := _INIT.match(name)) is not None:
            return _sent(rendition, await door.files.run(door.archive.read_init, session, rendition, int(found[1])))
        if (found := _PIECE.match(name)) is None:
            raise _No(404)
        number, part = int(found[1]), int(found[2]) if found[2] else None
        if scope == "replay":
            return await _replayed(door, await _edition(house, door, session), rendition, number, part)
        index = await door.look(session, rendition)
        if is_gone(index, phase, await _now(house, door, session, phase)):
            raise _No(404)
        if part is not None and shape.low:
            index = await _awaited(door, index, shape, number, part) or index
        return await _piece(door, index, number, part, await _taken(house, door, session))
    except RecordingError as error:
        raise _No(404) from error


async def _live(
    request: Request, house: House, door: Broadcasting, session: str, rendition: str, shape: Shape, phase: str
) -> Response:
    index = await door.look(session, rendition)
    if not playlists.window(index, shape):
        raise _No(404)
    now_ms = await _now(house, door, session, phase)
    if is_gone(index, phase, now_ms):
        raise _No(404)
    over, kept = is_over(phase, index, now_ms, door.delay_ms), _RELOAD_S
    if shape.low and not over and (wanted := _wanted(request)) is not None:
        number, part = wanted
        if playlists.too_far(index, shape, number, part):
            raise _No(400)
        found = await _wait(door, index, lambda now: playlists.holds(now, number, part), shape)
        if found is None:
            raise _No(503)
        index, kept = found, _WAITED_TARGETS * shape.target_s
    reports = await door.files.run(door.reports, session, rendition) if shape.low and not over else ()
    before = await door.files.run(door.breaks_before, session, rendition)
    known = await _taken(house, door, session)  # when it goes out, not when it began to be waited for
    gone = {each.number for each in playlists.window(index, shape) if is_taken(known.covers, each)}
    text = playlists.media_playlist(index, shape, live=not over, reports=reports, breaks_before=before, gone=gone)
    return _listed(request, text, kept)


async def _taken(house: House, door: Broadcasting, session: str) -> Known:
    phase = (await _read(house, session)).phase
    try:
        return await door.taken(house.service, session, phase)
    except StoreError as error:
        raise _No(503) from error


async def _now(house: House, door: Broadcasting, session: str, phase: str) -> int:
    """The present by the clock that parts have, the database's, in milliseconds; before the close nobody needs it."""
    if not is_on(phase):
        await _taken(house, door, session)  # wherever the database is asked, the two clocks are compared
    return house.now() + door.ahead_ms


async def _edition(house: House, door: Broadcasting, session: str) -> Edition:
    try:
        return await door.edition(house.service, await house.service.live(session))
    except (Refused, StoreError) as error:
        raise _No(404 if isinstance(error, Refused) else 503) from error


async def _replay(request: Request, door: Broadcasting, edition: Edition, rendition: str, shape: Shape) -> Response:
    """The whole hearing, so that every place in it is where it was; what is not released is silence and a slate."""
    if not await door.files.run(edition.open, rendition):
        raise _No(404)
    index = await door.files.run(edition.index, rendition)
    return _listed(request, playlists.vod_playlist(index, shape), _PIECE_S)


async def _replayed(door: Broadcasting, edition: Edition, rendition: str, number: int, part: int | None) -> Response:
    def read() -> bytes:
        segment = edition.index(rendition).segment(number)
        if segment is None or part is not None or not edition.open(rendition):
            raise _No(404)
        return edition.read(segment)

    return _sent(rendition, await door.files.run(read), _PIECE_S)


async def _piece(door: Broadcasting, index: Index, number: int, part: int | None, known: Known) -> Response:
    segment = index.segment(number)
    if segment is None or (part is None and not segment.whole) or not on_air(index, segment):
        raise _No(404)
    if is_taken(known.covers, segment):
        raise _No(404)
    offset, length = 0, segment.bytes
    if part is not None:
        found = index.part(number, part)
        if found is None:
            raise _No(404)
        offset, length = found.offset, found.length
    data = await door.files.run(door.archive.read, index.session, index.rendition, number, offset, length)
    if len(data) != length:
        raise _No(404)
    return _sent(index.rendition, data, _PIECE_S - known.unread_s)


async def _awaited(door: Broadcasting, index: Index, shape: Shape, number: int, part: int) -> Index | None:
    """The hinted part is held until it is there (§6.2.6); anything later is not waited for."""
    if not index.segments or (number, part) != playlists.following(index.segments[-1]):
        return None
    return await _wait(door, index, lambda now: now.part(number, part) is not None, shape)


async def _wait(door: Broadcasting, index: Index, there: There, shape: Shape) -> Index | None:
    if there(index):
        return index
    if door.waiters >= MOST_WAITING:
        return None
    door.waiters += 1
    try:
        return await door.waiting.wait(index.session, index.rendition, there, patience_s(shape))
    finally:
        door.waiters -= 1


def _wanted(request: Request) -> tuple[int, int | None] | None:
    """What a blocking reload asks for; None where it asks for nothing. Errors: 400 for what cannot be read."""
    number, part = request.query_params.get("_HLS_msn"), request.query_params.get("_HLS_part")
    if number is None and part is None:
        return None
    if number is None or not _COUNT.match(number) or (part is not None and not _COUNT.match(part)):
        raise _No(400)
    return int(number), None if part is None else int(part)


async def _opened(request: Request) -> tuple[House, Broadcasting, str, Scope]:
    house, session = house_of(request), request.path_params["session"]
    if house.broadcasting is None:
        raise _No(404)
    try:
        scope = house.broadcasting.opens(session, request.path_params["grant"], house.now())
    except GrantRefused as refused:
        raise _No(403) from refused
    request.state.opened = True
    return house, house.broadcasting, session, scope


async def _read(house: House, session: str) -> Session:
    try:
        return (await house.service.live(session)).session
    except (Refused, StoreError) as error:
        raise _No(404 if isinstance(error, Refused) else 503) from error


def _listed(request: Request, text: str, seconds: int) -> Response:
    headers = {"cache-control": f"public, max-age={seconds}", "vary": "accept-encoding"}
    body = text.encode()
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = gzip.compress(body, 6, mtime=0), "gzip"
    return Response(body, media_type=_LIST, headers=headers)


def _sent(rendition: str, data: bytes, seconds: int = _PIECE_S) -> Response:
    kind = "audio/mp4" if shape_of(rendition) == SOUND else "video/mp4"
    return Response(data, media_type=kind, headers={"cache-control": f"public, max-age={seconds}, immutable"})
