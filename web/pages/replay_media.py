"""The sound of a chapter, or its small picture, as one file that any browser plays: only what was released."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from recordings import replaying
from recordings.archive import RecordingError, Segment
from recordings.channels import number_of
from recordings.cutting import Film, film
from recordings.edition import Edition
from recordings.replaying import Told
from web.house import house_of
from web.pages.replay import only_number, stands_of
from web.replay_files import pieces

KINDS: Final = {"sound": "audio/mp4", "light": "video/mp4"}
#: Which segments of a rendition are taken of a chapter; none where nobody may have them.
Cut = Callable[[Edition, str, Told], Sequence[Segment]]
_RANGE: Final = re.compile(r"bytes=([0-9]{1,12})-([0-9]{1,12})?\Z")


async def sound(request: Request) -> Response:
    """GET /s/{session}/chapter/{n}.m4a; `?sound=` names an interpreter's channel."""
    wanted = request.query_params.get("sound", "sound")
    if wanted != "sound" and not number_of(wanted):
        raise HTTPException(404)
    return await released(request, wanted, pieces)


async def picture(request: Request) -> Response:
    """GET /s/{session}/chapter/{n}.mp4."""
    return await released(request, "light", pieces)


async def released(request: Request, rendition: str, cut: Cut) -> Response:
    """What a cut takes of the chapter that the address names, as a file."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    if house.broadcasting is None or stands_of(live):
        raise HTTPException(404)
    replay = await house.service.read(replaying.heard, live, house.settings.recordings.folder)
    n = only_number(request.path_params["n"])
    told = next((each for each in replay.chapters if each.n == n), None)
    if told is None:
        raise HTTPException(404)
    edition = await house.broadcasting.edition(house.service, live, replay.chapters)
    try:
        found = await asyncio.to_thread(lambda: film(edition, cut(edition, rendition, told)))
    except (RecordingError, ValueError):
        raise HTTPException(404) from None
    return ranged(request, found, KINDS.get(rendition, KINDS["sound"]))


def ranged(request: Request, found: Film, kind: str) -> Response:
    """The file, or the piece of it that a player asks for (RFC 9110 §14.2); what is no range is answered whole."""
    # What is released may be taken back: nobody keeps it for longer than a listener needs it. A border that is not made
    # yet is there at any moment.
    data, kept = found.data, "private, max-age=60" if found.final else "no-store"
    headers = {"accept-ranges": "bytes", "cache-control": kept}
    asked = _RANGE.match(request.headers.get("range", ""))
    if asked is None:
        return Response(data, media_type=kind, headers=headers)
    start, end = int(asked[1]), min(int(asked[2]), len(data) - 1) if asked[2] else len(data) - 1
    if start >= len(data) or end < start:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{len(data)}"})
    headers["content-range"] = f"bytes {start}-{end}/{len(data)}"
    return Response(data[start : end + 1], status_code=206, media_type=kind, headers=headers)
