"""Whom a question complains about, said by the desk while the hearing is on: at the close its ticket goes around them.

A page of its own and no part of the desk's live view, since whoever it is about may be among those who follow.
"""

from __future__ import annotations

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.store.tables import Account
from rooms.base import Refused
from rooms.concerns import ConcernQuestion
from web import forms
from web.errors import sentence, status_of
from web.house import house_of, see
from web.pages.concerned import names_of
from web.routing_shapes import ConcernedPage
from web.staff import guarded, submit_as

ACTION = "question.concern"


@guarded(ACTION)
async def form(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/about/{question}."""
    return await _draw(request)


@guarded(ACTION)
async def post(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/about/{question}."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    session_id, question = request.path_params["session"], request.path_params["question"]
    about, key = fields.get("about", "")[:80], fields.get("key", "")
    try:
        command = msgspec.convert({"type": ACTION, "question": question, "about": about}, ConcernQuestion)
    except msgspec.ValidationError:
        raise HTTPException(404) from None
    if len(key) < 22:
        raise forms.FormRefused(400)
    try:
        await submit_as(house, request, account, session_id, command, key)
    except Refused as refused:
        told = sentence(house.words(request), refused.code, refused.params)
        return await _draw(request, about, told, status_of(refused.code))
    return see(f"/mod/{session_id}")


async def _draw(request: Request, about: str | None = None, error: str = "", status: int = 200) -> Response:
    house = house_of(request)
    session_id, question = request.path_params["session"], request.path_params["question"]
    live = await house.service.live(session_id)
    asked = live.session.queue.questions.get(question)
    if asked is None:
        raise HTTPException(404)
    names = await house.service.read(names_of, house.words(request))
    page = ConcernedPage(
        asked.reference,
        names.abouts(),
        asked.about if about is None else about,
        forms.new_key(),
        error,
        path=f"/sessions/{session_id}/about/{question}",
        back=f"/mod/{session_id}",
    )
    return house.show(request, "staff/concerned.html", page, status=status)
