"""A promise is read back to the person to whom it was given: her answer, and afterwards what became of it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.store import questions as question_rows
from rooms.base import Actor
from rooms.outcomes import ReadBack
from web import forms, promising, reading
from web.house import house_of, see
from web.promise_shapes import PromisesPage

SAID = ("yes", "no")


async def show(request: Request) -> Response:
    """GET /s/{session}/promise: what was promised to whoever holds this phone, with the two answers."""
    house = house_of(request)
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    participant = house.visitors.of(request).participant(live.session.id)
    district = await house.districts.get()
    queue = live.session.queue
    asked = [queue.questions[each] for each in queue.asked_by.get(participant, ())]
    cards = [card for each in reversed(asked) if (card := promising.noted(live, each, district, words))]
    if not cards:
        return see(f"/s/{live.session.id}/live")
    page = PromisesPage(reading.head(live, words), tuple(cards), tuple(forms.new_key() for _ in cards))
    return house.show(request, "promise.html", page)


async def answer(request: Request) -> Response:
    """POST /s/{session}/promise: her yes, or her no."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    session_id = request.path_params["session"]
    await house.submit_as(request, house.visitors.of(request), session_id, command_of(fields), fields.get("key", ""))
    return see(f"/s/{session_id}/promise")


async def by_link(request: Request) -> Response:
    """POST /q/{token}/promise: the same on the question's own page; who holds the link, holds the question."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    token = request.path_params["token"]
    question = house.service.people.question_of(token)
    asked = await house.service.read(question_rows.by_id, question) if question else None
    if asked is None or fields.get("question") != asked.id:
        raise HTTPException(404)
    actor = Actor(asked.asker, "citizen")
    await house.service.submit(actor, asked.session_id, command_of(fields), fields["key"])
    return see(f"/q/{token}#outcome")


def command_of(fields: dict[str, str]) -> ReadBack:
    """What the form says.

    Raises:
        FormRefused: not a form of this page.
    """
    if fields.get("said") not in SAID or len(fields.get("key", "")) < 22:
        raise forms.FormRefused(400)
    return ReadBack(question=fields.get("question", ""), words=fields.get("words", ""), agreed=fields["said"] == "yes")
