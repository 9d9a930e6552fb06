"""The answer to one question as a file that any phone plays and hands on: only what was released."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from recordings import replaying
from recordings.archive import RecordingError
from recordings.cutting import film
from web.clip_reading import clip_pieces
from web.house import house_of
from web.pages.replay import only_number, stands_of
from web.pages.replay_media import KINDS, ranged


async def sound(request: Request) -> Response:
    """GET /s/{session}/clip/{n}.m4a."""
    return await _file(request, "sound")


async def picture(request: Request) -> Response:
    """GET /s/{session}/clip/{n}.mp4."""
    return await _file(request, "light")


async def _file(request: Request, rendition: str) -> Response:
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    if house.broadcasting is None or stands_of(live):
        raise HTTPException(404)
    replay = await house.service.read(replaying.replay, live, house.settings.recordings.folder)
    n = only_number(request.path_params["n"])
    told = next((each for each in replay.chapters if each.n == n), None)
    if told is None:
        raise HTTPException(404)
    edition = await house.broadcasting.edition(house.service, live, replay.chapters)
    try:
        found = await asyncio.to_thread(lambda: film(edition, clip_pieces(edition, rendition, told)))
    except (RecordingError, ValueError):
        raise HTTPException(404) from None
    return ranged(request, found, KINDS[rendition])
