"""What was recorded of a chapter, for the moderator who decides on it: before anybody else may hear it.

It comes from the recording itself, with what lies at the chapter's borders, and nothing keeps a copy. Each time that
somebody begins to listen is written down with how much was opened.
"""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri.store import Connection
from kachehri.store import audit as audit_rows
from kachehri.store.tables import Account
from recordings.archive import Archive, RecordingError, Segment
from recordings.cutting import Film, cut
from web import review_reading
from web.house import house_of
from web.pages.replay import only_number
from web.pages.replay_media import KINDS, ranged
from web.pages.review import look
from web.staff import guarded


@guarded("page.hear")
async def sound(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/chapters/{n}/raw/{part}.m4a."""
    return await _file(request, account, "sound")


@guarded("page.hear")
async def picture(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/chapters/{n}/raw/{part}.mp4."""
    return await _file(request, account, "light")


async def _file(request: Request, account: Account, rendition: str) -> Response:
    house = house_of(request)
    if house.broadcasting is None:
        raise HTTPException(404)
    live, found = await look(house, request)
    archive, session, told = house.broadcasting.archive, live.session.id, found.told
    parts = await asyncio.to_thread(review_reading.pieces, archive, session, rendition, told)
    n = only_number(request.path_params["part"])
    if not 0 < n <= len(parts):
        raise HTTPException(404)
    try:
        made = await asyncio.to_thread(_made, archive, session, rendition, parts[n - 1])
    except (RecordingError, ValueError):
        raise HTTPException(404) from None
    # A player fetches one file in many pieces; the first of them is the act.
    if request.headers.get("range", "bytes=0-").startswith("bytes=0-"):
        seconds = sum(each.duration_us for each in parts[n - 1]) // 1_000_000

        def write(conn: Connection, now: int) -> None:
            before = audit_rows.of_subject(conn, told.chapter.key)
            times = sum(row.action == "chapter.hear" and row.account_id == account.id for row in before) + 1
            facts = {"seconds": str(seconds), "times": str(times)}
            subject = told.chapter.key
            audit.record(
                conn, now, action="chapter.hear", subject=subject, account=account.id, session=session, facts=facts
            )

        await house.write(write)
    return ranged(request, made, KINDS[rendition])


def _made(archive: Archive, session: str, rendition: str, part: list[Segment]) -> Film:
    init = archive.read_init(session, rendition, part[0].epoch)
    # Of what nobody may have yet nothing is ever final: no player keeps any of it.
    return Film(cut(init, [archive.read(session, rendition, each.number) for each in part]), final=False)
