"""Her own part of a hearing that is over: where it is, what is public of it, and taking it out of public.

Whoever holds the receipt's link may ask. From that moment nothing of the chapter is public that was not hers to leave:
a moderator looks at it again before anybody hears or reads it.
"""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from kachehri.store import Connection, replays
from kachehri.store.questions import Asked
from kachehri.store.tables import ReplayRequest
from moderation.masking import mask
from recordings import replaying
from recordings.search import Query
from rooms.base import Refused
from rooms.limits import NOTE_MAX
from rooms.text import clean
from web import forms, reading, replay_reading
from web.errors import sentence
from web.house import House, house_of, see
from web.pages.mine import opened
from web.pages.releases import LATE_MS
from web.pages.replay import stands_of
from web.replay_shapes import RemovalPage


async def show(request: Request) -> Response:
    """GET /q/{token}/replay."""
    house = house_of(request)
    asked, _ = await opened(house, request)
    return await drawn(house, request, asked)


async def drawn(
    house: House,
    request: Request,
    asked: Asked,
    *,
    text: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    words, towns = house.words(request), await house.districts.get()
    live = await house.service.live(asked.session_id)
    over = not stands_of(live)
    folder = house.settings.recordings.folder
    replay = await house.service.read(replaying.of_question, live, folder, asked.id) if over else None
    mine = [each for each in replay.chapters if asked.id in each.chapter.questions] if replay else []
    wishes = await house.service.read(replays.wishes, asked.id)
    last = wishes[-1] if wishes else None
    page = RemovalPage(
        token=request.path_params["token"],
        session=reading.head(live, words),
        reference=asked.reference,
        chapters=tuple(
            replay_reading.chapter(each, replay, asked.session_id, towns, words, Query("")) for each in mine if replay
        ),
        text=text,
        over=over,
        asked=last is not None and last.closed_at is None,
        asked_at=last.at if last else 0,
        by=last.at + LATE_MS if last else 0,
        answered_at=(last.closed_at or 0) if last else 0,
        errors=errors or {},
    )
    return house.show(request, "removal.html", page, status=status)


async def ask(request: Request) -> Response:
    """POST /q/{token}/replay."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    asked, _ = await opened(house, request)
    live = await house.service.live(asked.session_id)
    if stands_of(live):
        raise forms.FormRefused(400)
    text = fields.get("text", "")
    try:
        kept = mask(clean(text, NOTE_MAX)).text if text.strip() else ""
    except Refused as refused:
        told = sentence(words, refused.code, {"field": "text", "limit": NOTE_MAX, **(refused.params or {})})
        return await drawn(house, request, asked, text=text, errors={"text": told}, status=422)

    def write(conn: Connection, now: int) -> None:
        replaying.keep(conn, live)
        for row in replays.of_session(conn, asked.session_id):
            if row.question_id != asked.id:
                continue
            replays.hide(conn, asked.session_id, row.key, "", now)
            # Asked twice, it is one request as long as nobody has decided on it.
            mark = f"{asked.session_id}/{row.key}/{row.decided_at or 0}"
            id = hashlib.sha256(mark.encode()).hexdigest()[:16]
            replays.ask(
                conn,
                ReplayRequest(id=id, session_id=asked.session_id, key=row.key, kind="removal", text=kept, at=now),
            )

    await house.write(write)
    return see(f"/q/{request.path_params['token']}/replay")
