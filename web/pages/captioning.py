"""The captioner's page: what is said, typed line by line, and the last lines put right. Works without a script."""

from __future__ import annotations

from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from kachehri.store.tables import Account
from rooms.base import Refused
from rooms.captions import CorrectCaption, Language, TypeCaption
from rooms.limits import CAPTION_MAX, CAPTION_TOOK_MAX_MS
from rooms.refusals import REFUSALS
from rooms.views import CAPTIONED
from web import forms, reading
from web.caption_shapes import CaptionPage, CaptionRow
from web.errors import sentence
from web.house import house_of, see
from web.pages import caption_files
from web.staff import guarded, submit_as

LANGUAGES: Final = ("ur", "en")


@guarded("page.captions")
async def show(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/captions."""
    return await drawn(request)


async def drawn(
    request: Request, *, language: str = "", typed: str = "", error: str = "", wrong: str = "", status: int = 200
) -> Response:
    house = house_of(request)
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    if live.session.phase == "closed":
        return await caption_files.drawn(request, live)
    kept = language or request.query_params.get("language", "")
    rows = tuple(
        CaptionRow(each.id, each.language, live.texts[each.line], each.at, each.corrected)
        for each in reversed(live.session.captions.last)
        if each.line in live.texts
    )
    page = CaptionPage(
        session=reading.head(live, words),
        language=kept if kept in LANGUAGES else words.language.code,
        rows=rows,
        key=forms.new_key(),
        typed=typed,
        error=error,
        wrong=wrong,
        limit=CAPTION_MAX,
        open=live.session.phase in CAPTIONED,
        delay_s=house.service.held_ms // 1_000,
    )
    return house.show(request, "staff/captions.html", page, status=status)


@guarded("page.captions")
async def act(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/captions: a new line, or other words for one of the last; without words it goes."""
    house = house_of(request)
    words = house.words(request)
    session_id = request.path_params["session"]
    fields = await forms.read(request, house.origins)
    language, line, key = fields.get("language", ""), fields.get("line", ""), fields.get("key", "")
    caption = fields.get("caption", "")
    if len(key) < 22 or language not in LANGUAGES:
        raise forms.FormRefused(400)
    command: TypeCaption | CorrectCaption
    if caption:
        command = CorrectCaption(caption=caption, line="" if fields.get("do") == "take" else line)
    else:
        command = TypeCaption(language=cast(Language, language), line=line, took_ms=took(fields.get("took", "")))
    try:
        await submit_as(house, request, account, session_id, command, key)
    except Refused as refused:
        if refused.code not in REFUSALS or refused.code in ("not_allowed", "key_conflict"):
            raise
        told = sentence(words, refused.code, {"field": "line", "limit": CAPTION_MAX, **(refused.params or {})})
        return await drawn(
            request, language=language, typed="" if caption else line, error=told, wrong=caption, status=422
        )
    return see(f"/sessions/{session_id}/captions?language={language}#line")


def took(text: str) -> int:
    """How long ago its typing began, in milliseconds, as the page's script says; 0 where none runs."""
    return min(int(text), CAPTION_TOOK_MAX_MS) if text.isascii() and text.isdigit() and len(text) < 8 else 0
